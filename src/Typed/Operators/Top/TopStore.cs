using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// Rows by number, in columns. They are only ever appended; a row that is no longer wanted stays until more rows are unwanted than wanted, and
/// then those that are wanted are copied. So a row is copied a constant number of times, whatever its columns are.
/// <code>
/// part 0:  | column | column | …        2^18 rows each, so that no column of text comes near its limit of 2 GiB
/// part 1:  | column | column | …
/// </code>
/// </summary>
internal sealed class TopStore(RowSchema schema) : IDisposable
{
    private const int PartBits = 18;
    private const int PartRows = 1 << PartBits;
    private const int FewestUnwanted = 4096;
    private readonly int _columns = schema.Fields.Count;
    private readonly List<ColumnBatch> _parts = [];

    /// <summary>How many rows there are, the unwanted ones among them.</summary>
    public int Length { get; private set; }

    /// <summary>The columns as <see cref="Save"/> writes them.</summary>
    public IEnumerable<string> Layout => schema.Fields.Select(column => new StateField(column.Name, StateType.OfRow(column.Type)).ToString());

    /// <summary>Whether it is time to copy, if so many are wanted.</summary>
    public bool IsWasteful(long wanted) => Length > (wanted * 2) + FewestUnwanted;

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes
    {
        get
        {
            long bytes = 0;
            foreach (ColumnBatch part in _parts)
            {
                for (int column = 0; column < _columns; column++)
                    bytes += ColumnSize.BytesOf(part[column]);
            }

            return bytes;
        }
    }

    /// <summary>Appends rows of a batch; their numbers follow one another.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="columns">Which of its columns.</param>
    /// <param name="rows">Which rows.</param>
    public void Append(ColumnBatch batch, ReadOnlySpan<int> columns, ReadOnlySpan<int> rows)
    {
        while (rows.Length > 0)
        {
            ColumnBatch part = Part();
            ReadOnlySpan<int> fitting = rows[..Math.Min(rows.Length, PartRows - part.Length)];
            for (int i = 0; i < columns.Length; i++)
                part[i].Gather(batch[columns[i]], fitting);
            part.Length += fitting.Length;
            Length = checked(Length + fitting.Length);
            rows = rows[fitting.Length..];
        }
    }

    /// <summary>Appends stored rows to a batch, whose columns begin with those of the store.</summary>
    /// <param name="rows">Their numbers; made into places within a part.</param>
    /// <param name="output">The batch.</param>
    public void Gather(Span<int> rows, ColumnBatch output)
    {
        for (int from = 0; from < rows.Length;)
        {
            int part = rows[from] >> PartBits;
            int end = from;
            for (; end < rows.Length && rows[end] >> PartBits == part; end++)
                rows[end] &= PartRows - 1;
            for (int i = 0; i < _columns; i++)
                output[i].Gather(_parts[part][i], rows[from..end]);
            from = end;
        }
    }

    /// <summary>Replaces the rows by some of them, whose new numbers are their places in the list.</summary>
    public void Keep(Span<int> rows)
    {
        List<ColumnBatch> old = [.. _parts];
        _parts.Clear();
        Length = 0;
        int[] columns = [.. Enumerable.Range(0, _columns)];
        for (int from = 0; from < rows.Length;)
        {
            int part = rows[from] >> PartBits;
            int end = from;
            for (; end < rows.Length && rows[end] >> PartBits == part; end++)
                rows[end] &= PartRows - 1;
            Append(old[part], columns, rows[from..end]);
            from = end;
        }

        foreach (ColumnBatch part in old)
            part.Release();
    }

    /// <summary>Writes the fields of a row.</summary>
    public void Save(int row, StateWriter writer)
    {
        ColumnBatch part = _parts[row >> PartBits];
        for (int i = 0; i < _columns; i++)
            RowState.Write(writer, part[i], row & (PartRows - 1));
    }

    /// <summary>Appends a row that <see cref="Save"/> wrote.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public int Load(StateReader reader)
    {
        ColumnBatch part = Part();
        for (int i = 0; i < _columns; i++)
            RowState.Read(reader, part[i]);
        part.Length++;
        return checked(Length++);
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        foreach (ColumnBatch part in _parts)
            part.Release();
        _parts.Clear();
        Length = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private ColumnBatch Part()
    {
        if (_parts.Count == 0 || _parts[^1].Length == PartRows)
            _parts.Add(new ColumnBatch(schema));
        return _parts[^1];
    }
}
