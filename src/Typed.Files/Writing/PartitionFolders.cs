using System.Buffers;
using System.Text;
using Typed.Columns;
using Typed.Execution;
using Typed.Schema;

namespace Typed.Files;

/// <summary>
/// The folder of each row: <c>name=value/name=value</c>. In values, bytes that file systems or readers of such folders take for something else are
/// written as <c>%</c> and two digits; null is <c>__HIVE_DEFAULT_PARTITION__</c>, the name that other readers know.
/// </summary>
internal sealed class PartitionFolders
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(CreateSpecial());
    private readonly int[] _columns;
    private readonly byte[][] _names;
    private readonly ArrayBufferWriter<byte> _folder = new();
    private readonly ArrayBufferWriter<byte> _value = new();

    /// <summary>Finds the columns.</summary>
    /// <exception cref="QueryStartException">A column does not exist, has no single value, or no other column is left.</exception>
    internal PartitionFolders(RowSchema schema, IReadOnlyList<string> names)
    {
        PartitionColumn[] columns = [.. schema.Fields.Select(field => new PartitionColumn(field.Name, field.WrittenName, field.Type.Kind))];
        if (PartitionColumn.Problem(schema.Name, columns, names, out _) is { } problem)
            throw new QueryStartException(StartRules.Partitions, problem);
        _columns = [.. names.Select(name => PartitionColumn.Find(columns, name))];
        _names = [.. names.Select(name => Encoding.UTF8.GetBytes(name + "="))];
        Rest = [.. Enumerable.Range(0, schema.Fields.Count).Except(_columns)];
    }

    /// <summary>The columns that stand in the files.</summary>
    internal int[] Rest { get; }

    /// <summary>The folder of a row, with a <c>/</c> at its end; it lives until the next one is asked for.</summary>
    internal ReadOnlySpan<byte> Of(ColumnBatch batch, int row)
    {
        _folder.ResetWrittenCount();
        for (int i = 0; i < _columns.Length; i++)
        {
            _folder.Write(_names[i]);
            Column column = batch[_columns[i]];
            if (column.IsNull(row))
            {
                _folder.Write("__HIVE_DEFAULT_PARTITION__"u8);
            }
            else
            {
                _value.ResetWrittenCount();
                ColumnText.Write(column, row, _value);
                Escape(_value.WrittenSpan);
            }

            _folder.Write("/"u8);
        }

        return _folder.WrittenSpan;
    }

    private static byte[] CreateSpecial()
    {
        List<byte> special = [.. "\"#%'*/:=?\\{}[]^<>|\u007f"u8.ToArray()];
        for (byte control = 0; control < 0x20; control++)
            special.Add(control);
        return [.. special];
    }

    private void Escape(ReadOnlySpan<byte> value)
    {
        // A value of dots only would be another folder.
        if (value.Length > 0 && value.IndexOfAnyExcept((byte)'.') < 0)
        {
            for (int i = 0; i < value.Length; i++)
                _folder.Write("%2E"u8);
            return;
        }

        for (int at = value.IndexOfAny(Special); at >= 0; at = value.IndexOfAny(Special))
        {
            _folder.Write(value[..at]);
            Span<byte> code = _folder.GetSpan(3);
            code[0] = (byte)'%';
            code[1] = (byte)"0123456789ABCDEF"[value[at] >> 4];
            code[2] = (byte)"0123456789ABCDEF"[value[at] & 15];
            _folder.Advance(3);
            value = value[(at + 1)..];
        }

        _folder.Write(value);
    }
}
