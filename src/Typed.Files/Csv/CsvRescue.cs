using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Typed.Files;

/// <summary>What of a record did not fit, as the JSON object that <see cref="RescuedDataAttribute"/> takes (semantics 17.3).</summary>
internal sealed class CsvRescue
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly Utf8JsonWriter _json;
    private bool _open;

    internal CsvRescue() => _json = new Utf8JsonWriter(_text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    internal bool IsEmpty => !_open;

    internal void Add(string name, ReadOnlySpan<byte> value)
    {
        if (!_open)
        {
            Clear();
            _json.WriteStartObject();
            _open = true;
        }

        if (System.Text.Unicode.Utf8.IsValid(value))
            _json.WriteString(name, value);
        else
            _json.WriteBase64String(name, value);
    }

    /// <summary>Ends the object with the path of the file.</summary>
    internal ReadOnlySpan<byte> End(string path)
    {
        _json.WriteString("_file_path"u8, path);
        _json.WriteEndObject();
        _json.Flush();
        _open = false;
        return _text.WrittenSpan;
    }

    internal void Clear()
    {
        _json.Reset();
        _text.ResetWrittenCount();
        _open = false;
    }
}
