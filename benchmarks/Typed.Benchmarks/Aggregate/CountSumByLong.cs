using System.Runtime.CompilerServices;
using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Benchmarks.Aggregate;

/// <summary>Count, sum and average of a long by a long key, as the generator writes it.</summary>
internal unsafe struct CountSumByLong : IAggregation<CountSumByLong.Key, CountSumByLong.Acc>
{
    public static readonly RowSchema Input = new("in",
        [new Field("Time", FieldType.Of(FieldKind.Timestamp)), new Field("Id", FieldType.Of(FieldKind.Int64)), new Field("Value", FieldType.Of(FieldKind.Int64))]);

    public static readonly RowSchema Output = new("out",
    [
        new Field("Window", FieldType.Of(FieldKind.Window)), new Field("Id", FieldType.Of(FieldKind.Int64)),
        new Field("Count", FieldType.Of(FieldKind.Int64)), new Field("Sum", FieldType.Of(FieldKind.Int64)), new Field("Mean", FieldType.Of(FieldKind.Double)),
    ]);

    internal struct Key
    {
        public long Id;
    }

    internal struct Acc
    {
        public long Rows;
        public long Sum;
    }

    private long* _id;
    private long* _value;
    private ColumnBatch _output;
    private long* _outId;
    private long* _outCount;
    private long* _outSum;
    private double* _outMean;

    public static bool KeyHasText => false;

    public static bool HasCells => false;

    public void Bind(ColumnBatch input, long sequence)
    {
        _id = ((FixedColumn<long>)input[1]).Values;
        _value = ((FixedColumn<long>)input[2]).Values;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LoadKey(int row, out Key key) => key.Id = _id[row];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(in Key key) => GroupHash.Of(key.Id);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Same(in Key left, in Key right) => left.Id == right.Id;

    public static void OwnKey(ref Key key, Arena arena)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start(out Acc acc) => acc = default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ref Acc acc, int row, Arena arena)
    {
        acc.Rows++;
        acc.Sum = checked(acc.Sum + _value[row]);
    }

    public void Merge(ref Acc acc, in Acc other, Arena arena)
    {
        acc.Rows += other.Rows;
        acc.Sum = checked(acc.Sum + other.Sum);
    }

    public static void OwnCells(ref Acc acc, Arena arena)
    {
    }

    public void BindOutput(ColumnBatch output, int rows)
    {
        _output = output;
        for (int i = 1; i < 5; i++)
            output[i].EnsureCapacity(rows);
        _outId = ((FixedColumn<long>)output[1]).Values;
        _outCount = ((FixedColumn<long>)output[2]).Values;
        _outSum = ((FixedColumn<long>)output[3]).Values;
        _outMean = ((FixedColumn<double>)output[4]).Values;
    }

    public void Emit(in Key key, in Acc acc, int row)
    {
        _outId[row] = key.Id;
        _outCount[row] = acc.Rows;
        _outSum[row] = acc.Sum;
        _outMean[row] = (double)acc.Sum / acc.Rows;
    }

    public void EndOutput(int rows)
    {
        for (int i = 1; i < 5; i++)
            _output[i].SetLength(rows);
    }

    public void Save(in Key key, in Acc acc, StateWriter writer)
    {
        writer.Write(key);
        writer.Write(acc);
    }

    public void Load(StateReader reader, Arena arena, out Key key, out Acc acc)
    {
        key = reader.Read<Key>();
        acc = reader.Read<Acc>();
    }
}
