using System.Numerics;
using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Tests.Generator;

/// <summary>The kernel against a plain loop, for every width of value and every comparison.</summary>
public class FilterKernelTests
{
    private static readonly Random Random = new(5);

    [Fact]
    public void Integers_of_every_width()
    {
        Check(FieldKind.SByte, () => (sbyte)Random.Next(-3, 4), (sbyte)1);
        Check(FieldKind.Byte, () => (byte)Random.Next(250, 256), (byte)253);
        Check(FieldKind.Int16, () => (short)Random.Next(-3, 4), (short)-1);
        Check(FieldKind.UInt16, () => (ushort)Random.Next(65_530, 65_536), (ushort)65_533);
        Check(FieldKind.Int32, () => Random.Next(-3, 4), 0);
        Check(FieldKind.UInt32, () => uint.MaxValue - (uint)Random.Next(4), uint.MaxValue - 2);
        Check(FieldKind.Int64, () => Random.NextInt64(-3, 4), 2L);
        Check(FieldKind.UInt64, () => ulong.MaxValue - (ulong)Random.Next(4), ulong.MaxValue - 2);
    }

    [Fact]
    public void Floats_with_their_odd_values()
    {
        double[] odd = [double.NaN, 0.0, -0.0, 1.5, -1.5, double.PositiveInfinity, double.NegativeInfinity];
        foreach (double value in odd)
        {
            Check(FieldKind.Double, () => odd[Random.Next(odd.Length)], value);
            Check(FieldKind.Float, () => (float)odd[Random.Next(odd.Length)], (float)value);
        }
    }

    [Fact]
    public void Both_tests_must_hold()
    {
        using PipelineRun<Line> run = new(new Between());
        Line[] rows = [.. Enumerable.Range(0, 100).Select(i => new Line("n" + (i % 3), i - 50))];
        Assert.Equal(rows.Where(row => row.Number > -10 && row.Number <= 20 && row.Name != "n1" && row.Number != 3), run.Batch(rows));
    }

    private static void Check<T>(FieldKind kind, Func<T> next, T value)
        where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        foreach (int length in (int[])[0, 1, 7, 8, 9, 100])
        {
            FixedColumn<T> column = (FixedColumn<T>)Column.Create(FieldType.Of(kind));
            for (int i = 0; i < length; i++)
                column.Append(next());
            Check<T, Compare.Less>(column, value, (left, right) => left < right);
            Check<T, Compare.LessOrEqual>(column, value, (left, right) => left <= right);
            Check<T, Compare.Greater>(column, value, (left, right) => left > right);
            Check<T, Compare.GreaterOrEqual>(column, value, (left, right) => left >= right);
            Check<T, Compare.Equal>(column, value, (left, right) => left == right);
            Check<T, Compare.NotEqual>(column, value, (left, right) => left != right);
            column.Release();
        }
    }

    private static unsafe void Check<T, TCompare>(FixedColumn<T> column, T value, Func<T, T, bool> compare)
        where T : unmanaged, IComparisonOperators<T, T, bool>
        where TCompare : struct, IComparison
    {
        // One number behind the room, which must stay as it is.
        int[] rows = new int[column.Length + 1];
        rows[^1] = -1;
        int count;
        fixed (int* room = rows)
            count = FilterKernel.Select(new ColumnTest<T, TCompare>(column, value), column.Length, new SelectedRows(room, column.Length));
        Assert.Equal(Enumerable.Range(0, column.Length).Where(row => compare(column[row], value)), rows.Take(count));
        Assert.Equal(-1, rows[^1]);
    }
}
