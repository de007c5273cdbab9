using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Tests.TableJoin;

/// <summary>Rows of both sides in the tests of the kernel: a key that may be null, a number, a text that may be null.</summary>
internal sealed record Row(long? Key, long Number, string? Text);

/// <summary>Joins rows on the key, and on the order of the numbers if <typeparamref name="TResidual"/> says so.</summary>
internal unsafe struct PlainJoin<TResidual> : ITableJoin<long>
    where TResidual : struct, IFlag
{
    private FixedColumn<long> _tableKeys;
    private long* _tableNumbers;
    private FixedColumn<long> _streamKeys;
    private long* _streamNumbers;

    public static bool HasResidual => TResidual.Value;

    public static uint Hash(in long key) => GroupHash.Of(key);

    public static bool Same(in long left, in long right) => left == right;

    public void BindTable(ColumnBatch table)
    {
        _tableKeys = (FixedColumn<long>)table[0];
        _tableNumbers = ((FixedColumn<long>)table[1]).Values;
    }

    public readonly bool LoadTableKey(int row, out long key)
    {
        key = _tableKeys.Values[row];
        return !_tableKeys.IsNull(row);
    }

    public void BindStream(ColumnBatch stream, BatchContext context)
    {
        _streamKeys = (FixedColumn<long>)stream[0];
        _streamNumbers = ((FixedColumn<long>)stream[1]).Values;
    }

    public readonly bool LoadStreamKey(int row, out long key)
    {
        key = _streamKeys.Values[row];
        return !_streamKeys.IsNull(row);
    }

    public readonly bool Matches(int streamRow, int tableRow) => _streamNumbers[streamRow] <= _tableNumbers[tableRow];
}

internal interface IFlag
{
    static abstract bool Value { get; }
}

internal struct Yes : IFlag
{
    public static bool Value => true;
}

internal struct No : IFlag
{
    public static bool Value => false;
}

/// <summary>Passes all rows on, as a table without filter does.</summary>
internal sealed unsafe class Identity(RowSchema schema) : StageOperator("identity", schema, false)
{
    protected override void Compute(ColumnBatch input, int* selection, int count, ColumnBatch output)
    {
        for (int i = 0; i < Output.Fields.Count; i++)
            Pass(input[i], selection, count, output, i);
    }
}

/// <summary>Keeps what comes in as C# rows.</summary>
internal sealed unsafe class Collector(RowSchema schema) : StageOperator("collector", schema, false)
{
    public List<(Row Stream, Row? Table)> Rows { get; } = [];

    public int Batches { get; private set; }

    public static ColumnBatch Batch(RowSchema schema, IReadOnlyList<Row> rows)
    {
        ColumnBatch batch = new(schema);
        foreach (Row row in rows)
        {
            if (row.Key is { } key)
                ((FixedColumn<long>)batch[0]).Append(key);
            else
                batch[0].AppendNull();
            ((FixedColumn<long>)batch[1]).Append(row.Number);
            if (row.Text is { } text)
                ((Utf8Column)batch[2]).Append(System.Text.Encoding.UTF8.GetBytes(text));
            else
                batch[2].AppendNull();
        }

        batch.Length = rows.Count;
        return batch;
    }

    protected override void Compute(ColumnBatch input, int* selection, int count, ColumnBatch output)
    {
        Batches++;
        for (int row = 0; row < input.Length; row++)
            Rows.Add((Read(input, 0, row)!, input.Schema.Fields.Count > 3 ? Read(input, 3, row) : null));
    }

    private static Row? Read(ColumnBatch batch, int column, int row)
    {
        FixedColumn<long> keys = (FixedColumn<long>)batch[column];
        FixedColumn<long> numbers = (FixedColumn<long>)batch[column + 1];
        Utf8Column texts = (Utf8Column)batch[column + 2];
        if (numbers.IsNull(row))
        {
            // A number is null only where the whole row is.
            Assert.True(keys.IsNull(row) && texts.IsNull(row));
            return null;
        }

        return new Row(keys.IsNull(row) ? null : keys[row], numbers[row], texts.IsNull(row) ? null : texts.Value(row).ToString());
    }
}
