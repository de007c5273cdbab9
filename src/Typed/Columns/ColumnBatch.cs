using Typed.Schema;

namespace Typed.Columns;

/// <summary>
/// Rows as columns of equal length. A batch is reference-counted; the last <see cref="Release"/> gives it back to the
/// <see cref="BatchPool"/> it came from, where its own columns keep their memory for the next batch.
/// </summary>
public sealed class ColumnBatch
{
    private readonly BatchPool? _pool;
    private readonly Column?[] _own;
    private readonly Column?[] _columns;
    private int[] _originRows = [];
    private int _references = 1;

    internal ColumnBatch(RowSchema schema, BatchPool? pool)
    {
        Schema = schema;
        _pool = pool;
        _own = new Column?[schema.Fields.Count];
        _columns = new Column?[schema.Fields.Count];
    }

    /// <summary>An empty batch that belongs to no pool.</summary>
    public ColumnBatch(RowSchema schema)
        : this(schema, null)
    {
    }

    /// <summary>The names and types of the columns.</summary>
    public RowSchema Schema { get; }

    /// <summary>The number of rows: set by who fills the batch, after the columns.</summary>
    public int Length { get; set; }

    /// <summary>The bytes of the columns' buffers, those that are not filled yet included.</summary>
    public long MemoryBytes
    {
        get
        {
            long bytes = 0;
            foreach (Column? column in _columns)
                bytes += column?.MemoryBytes ?? 0;
            return bytes;
        }
    }

    /// <summary>The number of the partition that a source read these rows from; −1 where a source has none, and in what operators make.</summary>
    public int Partition { get; set; } = -1;

    /// <summary>What of a source these rows were read from, for messages: the path of a file. Null where that says nothing.</summary>
    public string? Place { get; set; }

    /// <summary>
    /// The batch these rows were computed from, and which of its rows each came from; kept while a query wants its late
    /// rows as they came in. Null where nobody asked.
    /// </summary>
    public ColumnBatch? Origin { get; private set; }

    /// <summary>The row in <see cref="Origin"/> of each row (the array may be longer); null if row i came from row i.</summary>
    public int[]? OriginRows { get; private set; }

    /// <summary>A column. One that was not shared in from another batch is the batch's own and is there to be filled.</summary>
    public Column this[int ordinal] => _columns[ordinal] ??= _own[ordinal] ??= Column.Create(Schema.Fields[ordinal].Type);

    /// <summary>Shares a column of another batch: no copy, one more reference.</summary>
    public void Share(int ordinal, Column column)
    {
        column.AddReference();
        if (_columns[ordinal] is { } old && old != _own[ordinal])
            old.Release();
        _columns[ordinal] = column;
    }

    /// <summary>Remembers where the rows came from; takes a reference to <paramref name="origin"/>.</summary>
    public void SetOrigin(ColumnBatch origin, int[]? rows)
    {
        ColumnBatch reference = origin.AddReference();
        Origin?.Release();
        Origin = reference;
        OriginRows = rows;
    }

    /// <summary>
    /// Remembers that row i was computed from row <paramref name="rows"/>[i] of <paramref name="input"/>, and so from where that one
    /// came from. The rows are copied to memory that the batch keeps for its next life.
    /// </summary>
    public void SetOriginThrough(ColumnBatch input, ReadOnlySpan<int> rows)
    {
        if (_originRows.Length < rows.Length)
            _originRows = new int[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows.Length))];
        if (input.OriginRows is { } earlier)
        {
            for (int i = 0; i < rows.Length; i++)
                _originRows[i] = earlier[rows[i]];
        }
        else
        {
            rows.CopyTo(_originRows);
        }

        SetOrigin(input.Origin ?? input, _originRows);
    }

    /// <summary>Remembers that row i was computed from row i of <paramref name="input"/>, and so from where that one came from.</summary>
    public void SetOriginThrough(ColumnBatch input)
    {
        // The array belongs to the input, which may be gone before this batch is.
        if (input.OriginRows is { } earlier)
        {
            if (_originRows.Length < input.Length)
                _originRows = new int[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)input.Length))];
            earlier.AsSpan(0, input.Length).CopyTo(_originRows);
            SetOrigin(input.Origin!, _originRows);
        }
        else
        {
            SetOrigin(input.Origin ?? input, null);
        }
    }

    /// <summary>Takes one more reference.</summary>
    public ColumnBatch AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Gives one reference back.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left < 0)
            throw new InvalidOperationException("A batch was released more often than it was referenced.");
        if (left > 0)
            return;
        Origin?.Release();
        Origin = null;
        OriginRows = null;
        Length = 0;
        Partition = -1;
        Place = null;
        for (int i = 0; i < _columns.Length; i++)
        {
            if (_columns[i] is { } column && column != _own[i])
                column.Release();
            _columns[i] = null;
        }

        if (_pool is null || !_pool.Return(this))
            Free();
    }

    internal void Revive()
    {
        _references = 1;
        for (int i = 0; i < _own.Length; i++)
        {
            if (_own[i] is not { } column)
                continue;
            if (column.References > 1)
            {
                // Somebody still reads what this column held: leave it to them.
                column.Release();
                _own[i] = null;
            }
            else
            {
                column.Reset();
            }
        }
    }

    internal void Free()
    {
        for (int i = 0; i < _own.Length; i++)
        {
            _own[i]?.Release();
            _own[i] = null;
        }
    }
}
