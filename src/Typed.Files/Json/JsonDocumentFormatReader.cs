using System.Globalization;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Files;

/// <summary>The records of a JSON document, which is held whole while it is read.</summary>
internal sealed class JsonDocumentFormatReader : FileFormatReader
{
    private readonly ByteWindow _window = new();
    private readonly JsonDocumentDecoder _decoder;
    private readonly int _maxDocumentBytes;

    internal JsonDocumentFormatReader(RowSchema schema, Func<JsonRecordParser> parser, JsonReadOptions options, MalformedPolicy malformed)
        : base(schema, malformed)
    {
        _decoder = new JsonDocumentDecoder(parser(), malformed, options.Rows, options.MaxRecordBytes);
        _maxDocumentBytes = options.MaxDocumentBytes;
    }

    internal override void Begin(OpenFile file)
    {
        _window.Begin(file);
        while (_window.Available <= _maxDocumentBytes && _window.Fill())
        {
        }

        if (_window.Available > _maxDocumentBytes)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The document {file.Path} has more than {_maxDocumentBytes} bytes. Raise MaxDocumentBytes if there is memory for it, or write its records on lines."));
        }

        _decoder.Begin(file.Origin, _window.Unread);
        _window.Skip(_window.Available);
    }

    internal override bool Fill(ColumnBatch batch, CancellationToken cancellation) => _decoder.Decode(batch, RowsPerBatch);

    public override void Dispose()
    {
        _window.Dispose();
        _decoder.Dispose();
        base.Dispose();
    }
}
