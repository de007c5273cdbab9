using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Typed.Schema;

/// <summary>
/// What one record lost because it did not fit, where the record asks to keep it: values of another type and fields that are not known,
/// as the JSON object that [RescuedData] takes (semantics 17.3); in permissive mode only that there was something.
/// </summary>
internal sealed class JsonLeniency(bool rescues)
{
    private readonly ArrayBufferWriter<byte> _rescued = new();

    /// <summary>Whether a value of the record did not fit.</summary>
    public bool HasMisfits { get; private set; }

    /// <summary>The first reason why one did not fit.</summary>
    public JsonProblem Problem { get; private set; }

    /// <summary>Whether there is something to rescue.</summary>
    public bool HasRescued => _rescued.WrittenCount > 0;

    /// <summary>Starts the next record.</summary>
    public void Clear()
    {
        HasMisfits = false;
        Problem = JsonProblem.None;
        _rescued.ResetWrittenCount();
    }

    /// <summary>Takes a value that did not fit.</summary>
    public void TakeMisfit(string name, ReadOnlySpan<byte> value, JsonProblem problem)
    {
        HasMisfits = true;
        if (Problem == JsonProblem.None)
            Problem = problem;
        if (!rescues)
            return;
        Separate();
        WriteString(name);
        _rescued.Write(":"u8);
        _rescued.Write(value);
    }

    /// <summary>Takes a field that is not known: <c>"name": value</c> as it stands in the text.</summary>
    public void TakeUnknown(ReadOnlySpan<byte> field)
    {
        if (!rescues)
            return;
        Separate();
        _rescued.Write(field);
    }

    /// <summary>The object of what was rescued, with the path of the file if there is one.</summary>
    public ReadOnlySpan<byte> End(string? path)
    {
        if (path is not null)
        {
            _rescued.Write(",\"_file_path\":"u8);
            WriteString(path);
        }

        _rescued.Write("}"u8);
        return _rescued.WrittenSpan;
    }

    private void Separate() => _rescued.Write(_rescued.WrittenCount == 0 ? "{"u8 : ","u8);

    private void WriteString(string text)
    {
        _rescued.Write("\""u8);
        _rescued.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        _rescued.Write("\""u8);
    }
}
