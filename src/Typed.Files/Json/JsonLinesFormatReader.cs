using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Files;

/// <summary>JSON lines straight from the window into columns.</summary>
internal sealed class JsonLinesFormatReader : FileFormatReader
{
    private readonly ByteWindow _window = new();
    private readonly JsonLinesDecoder _decoder;

    internal JsonLinesFormatReader(RowSchema schema, Func<JsonRecordParser> parser, JsonReadOptions options, MalformedPolicy malformed)
        : base(schema, malformed) => _decoder = new JsonLinesDecoder(parser(), malformed, options.MaxRecordBytes);

    internal override void Begin(OpenFile file)
    {
        _window.Begin(file);
        _decoder.Begin(file.Origin);
    }

    internal override bool Fill(ColumnBatch batch, CancellationToken cancellation)
    {
        long bytes = 0;
        while (bytes < MaxBatchBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            int used = _decoder.Decode(_window.Unread, _window.AtEnd, batch, RowsPerBatch);
            _window.Skip(used);
            bytes += used;
            if (batch.Length >= RowsPerBatch)
                return true;
            if (!_window.Fill() && _window.Available == 0)
                return false;
        }

        return true;
    }

    public override void Dispose()
    {
        _window.Dispose();
        _decoder.Dispose();
        base.Dispose();
    }
}
