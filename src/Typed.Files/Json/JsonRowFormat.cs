using System.Buffers;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Files;

/// <summary>Rows as JSON, one object on each line.</summary>
internal sealed class JsonRowFormat : RowFormat
{
    private JsonRowWriter? _writer;

    internal override string Extension => ".json";

    internal override void Start(RowSchema schema, int[] columns) => _writer = new JsonRowWriter(schema, columns);

    internal override void WriteRow(ColumnBatch batch, int row, ArrayBufferWriter<byte> to)
    {
        _writer!.Write(batch, row, to);
        to.Write("\n"u8);
    }
}
