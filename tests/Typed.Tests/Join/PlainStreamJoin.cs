using System.Text;
using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Tests.Join;

internal struct PlainKey
{
    public TextKey Text;
    public long Time;
    public bool HasNoTime;
}

/// <summary>The glue for <see cref="JoinCase"/>, as the generator would write it.</summary>
internal struct PlainStreamJoin(JoinCase join) : IStreamJoin<PlainKey>
{
    public static readonly RowSchema Side = new("side",
    [
        new Field("Key", FieldType.Of(FieldKind.String, nullable: true)),
        new Field("Time", FieldType.Of(FieldKind.Timestamp, nullable: true)),
        new Field("Number", FieldType.Of(FieldKind.Int64)),
        new Field("CanMatch", FieldType.Of(FieldKind.Boolean, nullable: true)),
    ]);

    public static bool HasResidual => true;

    public static bool KeyHasText => true;

    public static uint Hash(in PlainKey key) => GroupHash.Combine(TextKey.Hash(key.Text), GroupHash.Of(key.Time));

    public static bool Same(in PlainKey left, in PlainKey right) =>
        TextKey.Same(left.Text, right.Text) && left.Time == right.Time && left.HasNoTime == right.HasNoTime;

    public static void OwnKey(ref PlainKey key, Arena arena) => key.Text = key.Text.Own(arena);

    public static string KeyLayout => "Key string, Time nullafter(timestamp)";

    public static void SaveKey(in PlainKey key, StateWriter writer)
    {
        writer.Write(TextKey.View(key.Text));
        writer.Write(key.Time);
        writer.Write(key.HasNoTime ? (byte)1 : (byte)0);
    }

    public static void LoadKey(StateReader reader, Arena arena, out PlainKey key) =>
        key = new PlainKey { Text = TextKey.Of(reader.ReadUtf8(arena)), Time = reader.Read<long>(), HasNoTime = reader.Read<byte>() != 0 };

    public static ColumnBatch Batch(IReadOnlyList<JoinRow> rows)
    {
        ColumnBatch batch = new(Side);
        foreach (JoinRow row in rows)
        {
            if (row.Key is { } key)
                ((Utf8Column)batch[0]).Append(Encoding.UTF8.GetBytes(key));
            else
                batch[0].AppendNull();
            if (row.Time is { } time)
                ((FixedColumn<long>)batch[1]).Append(time);
            else
                batch[1].AppendNull();
            ((FixedColumn<long>)batch[2]).Append(row.Number);
            if (row.CanMatch)
                ((BoolColumn)batch[3]).Append(true);
            else if (row.Number % 2 == 0)
                ((BoolColumn)batch[3]).Append(false);
            else
                batch[3].AppendNull();
        }

        batch.Length = rows.Count;
        return batch;
    }

    public readonly void ReadLeftKeys(ColumnBatch left, int start, Span<PlainKey> keys, Span<int> found)
    {
        Utf8Column texts = (Utf8Column)left[0];
        FixedColumn<long> times = (FixedColumn<long>)left[1];
        for (int i = 0; i < keys.Length; i++)
        {
            int row = start + i;
            bool hasNoTime = join.ByKey && times.IsNull(row);
            keys[i] = new PlainKey { Text = TextKey.Of(texts[row]), Time = join.ByKey && !hasNoTime ? times[row] : 0, HasNoTime = hasNoTime };
            found[i] = !join.NullSafe && (texts.IsNull(row) || hasNoTime) ? -1 : 0;
        }
    }

    public readonly void ReadRightKeys(ColumnBatch right, int start, Span<PlainKey> keys, Span<int> found) => ReadLeftKeys(right, start, keys, found);

    public readonly int Keep(ColumnBatch left, ColumnBatch right, BatchContext context, JoinPairs pairs)
    {
        FixedColumn<long> leftTimes = (FixedColumn<long>)left[1];
        FixedColumn<long> rightTimes = (FixedColumn<long>)right[1];
        int count = 0;
        for (int pair = 0; pair < pairs.Count; pair++)
        {
            int i = pairs.Left(pair);
            int j = pairs.Right(pair);
            bool fits = (((FixedColumn<long>)left[2])[i] + ((FixedColumn<long>)right[2])[j]) % 7 != 0;
            if (join.Least is not null || join.Greatest is not null)
            {
                long distance = rightTimes[j] - leftTimes[i];
                fits &= leftTimes.IsValid(i) && rightTimes.IsValid(j) && distance >= (join.Least ?? long.MinValue) && distance <= (join.Greatest ?? long.MaxValue);
            }

            pairs.Move(count, pair);
            count += fits ? 1 : 0;
        }

        return count;
    }
}

/// <summary>Keeps what comes in as C# rows.</summary>
internal sealed class PairCollector(RowSchema schema) : StageOperator("collector", schema, false)
{
    public List<(JoinRow? Left, JoinRow? Right)> Rows { get; } = [];

    protected override void Compute(ColumnBatch input, SelectedRows rows, ColumnBatch output)
    {
        for (int row = 0; row < input.Length; row++)
            Rows.Add((Read(input, 0, row), input.Schema.Fields.Count > 4 ? Read(input, 4, row) : null));
    }

    private static JoinRow? Read(ColumnBatch batch, int column, int row)
    {
        Utf8Column keys = (Utf8Column)batch[column];
        FixedColumn<long> times = (FixedColumn<long>)batch[column + 1];
        FixedColumn<long> numbers = (FixedColumn<long>)batch[column + 2];
        BoolColumn canMatch = (BoolColumn)batch[column + 3];
        if (numbers.IsNull(row))
        {
            // A number is null only where the whole row is.
            Assert.True(keys.IsNull(row) && times.IsNull(row) && canMatch.IsNull(row));
            return null;
        }

        return new JoinRow(
            keys.IsNull(row) ? null : keys.Value(row).ToString(), times.IsNull(row) ? null : times[row], numbers[row], canMatch.IsValid(row) && canMatch[row]);
    }
}
