using Typed.Columns;
using Typed.Connect;
using Typed.Schema;
using Unicode = System.Text.Unicode.Utf8;

namespace Typed.Files;

/// <summary>Lines into a string column.</summary>
internal sealed class TextFormatReader : FileFormatReader
{
    private readonly LineReader _lines;
    private readonly int _text;
    private readonly SourceColumns _source;
    private OpenFile? _file;

    internal TextFormatReader(RowSchema schema, TextReadOptions options, MalformedPolicy malformed)
        : base(schema, malformed)
    {
        _lines = new LineReader(options.MaxRecordBytes);
        _source = new SourceColumns(schema);
        List<Field> data = [.. schema.Fields.Where(field => field.IsData)];
        if (data.Count != 1 || data[0].Type.Kind != FieldKind.String || schema.Fields.Any(field => field.IsCorruptRecord || field.IsRescuedData))
        {
            throw new QueryStartException(
                "text-record", $"Lines of text need a record with one string (and fields marked [FromSource], if wanted), but {schema} is another. Use TextLine.");
        }

        _text = schema.IndexOf(data[0].Name);
    }

    internal override void Begin(OpenFile file)
    {
        _file = file;
        _source.Origin = file.Origin;
        _lines.Begin(file);
    }

    internal override bool Fill(ColumnBatch batch, CancellationToken cancellation)
    {
        Utf8Column text = (Utf8Column)batch[_text];
        LineKind kind = LineKind.Line;
        while (text.Length < RowsPerBatch && text.DataLength < MaxBatchBytes && (kind = _lines.Next()) != LineKind.End)
        {
            if (kind == LineKind.TooLong)
            {
                Malformed.Take(_file!.Path, _lines.Number, "the line is longer than MaxRecordBytes", _lines.Span);
            }
            else if (!Unicode.IsValid(_lines.Span))
            {
                Malformed.Take(_file!.Path, _lines.Number, "the line is not UTF-8", _lines.Span);
            }
            else
            {
                text.Append(_lines.Span);
                if (!_source.IsEmpty)
                    _source.Append(batch, _lines.Number, _lines.Number);
            }
        }

        batch.Length = text.Length;
        Malformed.Count(text.Length);
        return kind != LineKind.End;
    }

    public override void Dispose()
    {
        _lines.Dispose();
        base.Dispose();
    }
}
