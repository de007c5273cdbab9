namespace Typed.Generator.Emitter.Expressions;

/// <summary>
/// The methods of one generated class that its expressions call: loops over lists, readers of records. Methods of several writers of
/// the class are collected here and written once.
/// </summary>
internal sealed class MemberNames
{
    private readonly List<Action<SourceWriter>> _methods = [];
    private int _next;

    /// <summary>Reads and appends whole records, lists and maps as .NET objects.</summary>
    public RecordValueWriter Values { get; } = new("the result", "");

    /// <summary>A new name.</summary>
    public string Name(string stem) => $"{stem}{++_next}";

    /// <summary>Keeps a method until the class can take it.</summary>
    public void Add(Action<SourceWriter> method) => _methods.Add(method);

    /// <summary>Writes the methods into the class.</summary>
    public void Emit(SourceWriter writer)
    {
        // A method may ask for another one while it is written.
        for (int i = 0; i < _methods.Count; i++)
            _methods[i](writer.Line());
        _methods.Clear();
        Values.EmitHelpers(writer);
    }
}
