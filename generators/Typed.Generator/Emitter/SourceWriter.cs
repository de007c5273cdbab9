using System.Text;

namespace Typed.Generator.Emitter;

/// <summary>Writes indented C#.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes a line; an empty one without indentation.</summary>
    public SourceWriter Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
        return this;
    }

    /// <summary>Writes several lines at the present depth.</summary>
    public SourceWriter Lines(string lines)
    {
        foreach (string line in lines.Replace("\r\n", "\n").TrimEnd('\n').Split('\n'))
            Line(line);
        return this;
    }

    /// <summary>Writes a header and an opening brace; dispose to close.</summary>
    public BlockEnd Block(string header, string end = "}")
    {
        if (header.Length > 0)
            Line(header);
        Line("{");
        _depth++;
        return new BlockEnd(this, end);
    }

    public override string ToString() => _text.ToString();

    internal readonly struct BlockEnd(SourceWriter writer, string end) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.Line(end);
        }
    }
}
