using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>A column to sort by.</summary>
/// <param name="Column">The column.</param>
/// <param name="Descending">Whether greater values come first.</param>
public readonly record struct SortKey(int Column, bool Descending);

/// <summary>
/// Sorts the result of a micro-batch (semantics 3.12): nulls are smallest, strings compare by their UTF-8 bytes, rows that are equal in
/// all keys keep their order.
/// </summary>
/// <remarks>
/// The keys of a row are written one after the other so that comparing bytes compares rows (<see cref="SortKeyWriter"/>); what is
/// sorted is a list of references to them.
/// </remarks>
public sealed unsafe class SortOperator : Operator
{
    private readonly SortKey[] _keys;
    private readonly List<ColumnBatch> _batches = [];
    private readonly Arena _arena = new();
    private Entry[] _entries = [];
    private int[] _rows = [];

    /// <summary>Makes the operator.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="schema">The rows.</param>
    /// <param name="keys">The columns to sort by, the first one first.</param>
    /// <exception cref="ArgumentException">There is no order for the values of a key.</exception>
    public SortOperator(string name, RowSchema schema, SortKey[] keys)
        : base(name, schema)
    {
        foreach (SortKey key in keys)
            SortKeyWriter.Check(schema.Fields[key.Column]);
        _keys = keys;
    }

    internal override bool NeedsAllRows => true;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        ReleaseBatches();
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        _batches.Add(batch.AddReference());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        ReleaseBatches();
        _arena.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (_batches.Count == 0)
            return;
        ColumnBatch all = Together();
        ReleaseBatches();
        try
        {
            Order(all);
            ColumnBatch sorted = Pool.Rent();
            for (int i = 0; i < Output.Fields.Count; i++)
                sorted[i].Gather(all[i], _rows.AsSpan(0, all.Length));
            sorted.Length = all.Length;
            Emit(sorted);
        }
        finally
        {
            all.Release();
            _arena.Reset();
        }
    }

    private ColumnBatch Together()
    {
        if (_batches.Count == 1)
            return _batches[0].AddReference();
        ColumnBatch all = Pool.Rent();
        int length = 0;
        foreach (ColumnBatch batch in _batches)
        {
            for (int i = 0; i < Output.Fields.Count; i++)
                all[i].AppendRange(batch[i], 0, batch.Length);
            length += batch.Length;
        }

        all.Length = length;
        return all;
    }

    private void Order(ColumnBatch all)
    {
        int length = all.Length;
        if (_entries.Length < length)
        {
            _entries = new Entry[length];
            _rows = new int[length];
        }

        SortKeyWriter writer = new(_arena);
        for (int row = 0; row < length; row++)
        {
            writer.Start();
            foreach (SortKey key in _keys)
                writer.Write(all[key.Column], row, key.Descending);
            Utf8 bytes = writer.Finish();
            _entries[row] = new Entry(bytes, row);
        }

        _entries.AsSpan(0, length).Sort();
        for (int i = 0; i < length; i++)
            _rows[i] = _entries[i].Row;
    }

    private void ReleaseBatches()
    {
        foreach (ColumnBatch batch in _batches)
            batch.Release();
        _batches.Clear();
    }

    private readonly struct Entry(Utf8 key, int row) : IComparable<Entry>
    {
        private readonly Utf8 _key = key;

        public readonly int Row = row;

        public int CompareTo(Entry other)
        {
            int order = _key.Span.SequenceCompareTo(other._key.Span);
            return order != 0 ? order : Row.CompareTo(other.Row);
        }
    }
}
