using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Tests.TableJoin;

/// <summary>Rows of both sides in the tests of the kernel: a key that may be null, a number, a text that may be null.</summary>
internal sealed record Row(long? Key, long Number, string? Text);

/// <summary>Joins rows on the key, and on the order of the numbers if <typeparamref name="TResidual"/> says so.</summary>
internal struct PlainJoin<TResidual> : ITableJoin<long>
    where TResidual : struct, IFlag
{
    public static bool HasResidual => TResidual.Value;

    public static uint Hash(in long key) => GroupHash.Of(key);

    public static bool Same(in long left, in long right) => left == right;

    public readonly void ReadStreamKeys(ColumnBatch stream, int start, Span<long> keys, Span<int> found) => Read((FixedColumn<long>)stream[0], start, keys, found);

    public readonly void ReadTableKeys(ColumnBatch table, int start, Span<long> keys, Span<int> found) => Read((FixedColumn<long>)table[0], start, keys, found);

    public readonly int Keep(ColumnBatch stream, ColumnBatch table, BatchContext context, JoinPairs pairs)
    {
        int count = 0;
        for (int pair = 0; pair < pairs.Count; pair++)
        {
            pairs.Move(count, pair);
            count += ((FixedColumn<long>)stream[1])[pairs.Left(pair)] <= ((FixedColumn<long>)table[1])[pairs.Right(pair)] ? 1 : 0;
        }

        return count;
    }

    private static void Read(FixedColumn<long> column, int start, Span<long> keys, Span<int> found)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = column[start + i];
            found[i] = column.IsNull(start + i) ? -1 : 0;
        }
    }
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
internal sealed class Identity(RowSchema schema) : StageOperator("identity", schema, false)
{
    protected override void Compute(ColumnBatch input, SelectedRows rows, ColumnBatch output)
    {
        for (int i = 0; i < Output.Fields.Count; i++)
            Pass(input[i], rows, output, i);
    }
}

/// <summary>Keeps what comes in as C# rows.</summary>
internal sealed class Collector(RowSchema schema) : StageOperator("collector", schema, false)
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

    protected override void Compute(ColumnBatch input, SelectedRows rows, ColumnBatch output)
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
