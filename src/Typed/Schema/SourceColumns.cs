using System.Text;
using Typed.Columns;

namespace Typed.Schema;

/// <summary>Fills the [FromSource] fields of rows that a reader of files or messages has made.</summary>
public sealed class SourceColumns
{
    private readonly (int Column, SourceField Field)[] _columns;
    private RecordOrigin _origin = new("");
    private byte[] _path = [];

    /// <summary>The fields of a schema that the source supplies.</summary>
    public SourceColumns(RowSchema schema) =>
        _columns = [.. Enumerable.Range(0, schema.Fields.Count).Where(i => schema.Fields[i].FromSource is not null).Select(i => (i, schema.Fields[i].FromSource!.Value))];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _columns.Length == 0;

    /// <summary>Where the next rows come from.</summary>
    public RecordOrigin Origin
    {
        get => _origin;
        set
        {
            _origin = value;
            _path = Encoding.UTF8.GetBytes(value.Path);
        }
    }

    /// <summary>Appends the fields of one row.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="line">The line from 1.</param>
    /// <param name="offset">The offset in the partition.</param>
    public void Append(ColumnBatch batch, long line, long offset)
    {
        foreach ((int column, SourceField field) in _columns)
        {
            if (field == SourceField.Path)
                ((Utf8Column)batch[column]).Append(_path);
            else
                ((FixedColumn<long>)batch[column]).Append(field == SourceField.Modified ? _origin.ModifiedMicros : field == SourceField.Line ? line : offset);
        }
    }
}
