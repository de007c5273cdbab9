using System.Globalization;
using System.Text.RegularExpressions;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Processors;

/// <summary>What comes into a processor.</summary>
/// <param name="Stream">The stream in C#.</param>
/// <param name="RowType">The type of its rows.</param>
/// <param name="Columns">Their columns.</param>
/// <param name="Key">The column by which they are grouped.</param>
internal sealed record ProcessorInput(string Stream, string RowType, IReadOnlyList<SqlColumn> Columns, SqlColumn Key)
{
    /// <summary>The time of a row in ms, as C# over the variable <c>row</c>.</summary>
    public string Millis
    {
        get
        {
            SqlColumn time = Columns.FirstOrDefault(column => column.Type.Kind == SqlKind.Timestamp) ?? throw new CaseException("there is no column of a time");
            return $"row.{time.Member}{(time.Type.Nullable ? "!.Value" : "")}.ToUnixTimeMilliseconds()";
        }
    }
}

/// <summary>The inside of a processor, which is the same for all names of its types but a few.</summary>
/// <param name="Columns">The columns of the rows that it emits.</param>
/// <param name="Fields">Its state.</param>
/// <param name="OnRows">The body of OnRows, over <c>rows</c> and <c>ctx</c>.</param>
internal sealed record ProcessorText(IReadOnlyList<SqlColumn> Columns, string Fields, string OnRows)
{
    /// <summary>Stands for the type of the emitted rows.</summary>
    public const string Out = "$OUT$";

    private readonly ProcessorInput? _input;
    private readonly bool _isKeyed;

    /// <summary>A processor over some rows.</summary>
    public ProcessorText(ProcessorInput input, bool isKeyed, IReadOnlyList<SqlColumn> columns, string fields, string onRows)
        : this(columns, fields, onRows)
    {
        _input = input;
        _isKeyed = isKeyed;
    }

    /// <summary>The body of OnTimer, over <c>time</c> and <c>ctx</c>, or of OnTimeout, over <c>ctx</c>; null if there is none.</summary>
    public string? OnTime { get; init; }

    /// <summary>The body of OnInitial, over <c>row</c> and, where there are timers, <c>ctx</c>; null if the processor takes no initial state.</summary>
    public string? OnInitial { get; init; }

    /// <summary>Further members.</summary>
    public string More { get; init; } = "";

    public static SqlColumn Column(string name, SqlType type) => new(name, name, type);

    /// <summary>Whether a name is of a family, and the number in it.</summary>
    public static bool Is(string name, string pattern, out long number)
    {
        Match match = Regex.Match(name, "^" + pattern + "$", RegexOptions.CultureInvariant);
        number = match.Success && match.Groups.Count > 1 && match.Groups[1].Success ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return match.Success;
    }

    /// <summary>The members of the class.</summary>
    public string Body(string output, string? initial)
    {
        string context = $"{(_isKeyed ? "Context" : "GroupContext")}<{_input!.Key.Type.CSharp}, {output}> ctx";
        string text = Fields.Length == 0 ? "" : $"        {Fields.Replace("\n", "\n        ", StringComparison.Ordinal)}\n\n";
        text += Method($"OnRows(Rows<{_input.RowType}> rows, {context})", "Fault.Strike();\n" + OnRows);
        if (OnTime is not null)
            text += Method(_isKeyed ? $"OnTimer(DateTimeOffset time, {context})" : $"OnTimeout({context})", OnTime);
        if (initial is not null)
            text += Method(_isKeyed ? $"OnInitial({initial} row, {context})" : $"OnInitial({initial} row)", OnInitial ?? throw new CaseException("the processor takes no initial state"));
        if (More.Length > 0)
            text += $"        {More.Replace("\n", "\n        ", StringComparison.Ordinal)}\n";
        return text.Replace(Out, output, StringComparison.Ordinal);
    }

    private static string Method(string signature, string body) =>
        $"        public override void {signature}\n        {{\n            {body.TrimEnd().Replace("\n", "\n            ", StringComparison.Ordinal)}\n        }}\n\n";
}
