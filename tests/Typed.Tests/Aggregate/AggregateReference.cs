using System.Globalization;
using Typed.Columns;

namespace Typed.Tests.Aggregate;

/// <summary>A row of the tests, with the number of its arrival.</summary>
internal sealed record TestRow(long Sequence, object?[] Values)
{
    public long? Time => (long?)Values[AggregateShape.Time];
}

/// <summary>The results that aggregates have by their definition: computed from all rows of a group each time.</summary>
internal static class AggregateReference
{
    public static string Results(AggregateShape shape, IReadOnlyList<TestRow> rows) =>
        string.Join("|", shape.Calls.Select(call => Render(Result(call, rows))));

    public static string KeyOf(AggregateShape shape, TestRow row) => string.Join("|", shape.Keys.Select(key => Render(row.Values[key])));

    /// <summary>A value as text; doubles to nine digits, since sums are added in another order.</summary>
    public static string Render(object? value) => value switch
    {
        null => "null",
        double number when number == 0 => "0",
        double number => number.ToString("E7", CultureInfo.InvariantCulture),
        float number => Render((double)number),
        (long start, long end) => $"[{start},{end})",
        IEnumerable<object?> list => "(" + string.Join(",", list.Select(Render)) + ")",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>A value of a column as the tests hold it.</summary>
    public static object? Read(Column column, int row)
    {
        if (column.IsNull(row))
            return null;
        return column switch
        {
            FixedColumn<long> values => values[row],
            FixedColumn<ulong> values => values[row],
            FixedColumn<int> values => values[row],
            FixedColumn<double> values => values[row],
            FixedColumn<float> values => values[row],
            FixedColumn<Int128> values => values[row],
            FixedColumn<Guid> values => values[row],
            BoolColumn values => values[row],
            Utf8Column values => values[row].ToManaged(),
            StructColumn window => ((long)Read(window.Children[0], row)!, (long)Read(window.Children[1], row)!),
            ListColumn list => Enumerable.Range(list.Start(row), list.Count(row)).Select(i => Read(list.Elements, i)).ToList(),
            _ => throw new InvalidOperationException(column.GetType().Name),
        };
    }

    /// <summary>Appends a value as the tests hold it.</summary>
    public static void Append(Column column, object? value)
    {
        switch (column)
        {
            case var _ when value is null: column.AppendNull(); break;
            case FixedColumn<long> values: values.Append((long)value); break;
            case FixedColumn<ulong> values: values.Append((ulong)value); break;
            case FixedColumn<int> values: values.Append((int)value); break;
            case FixedColumn<double> values: values.Append((double)value); break;
            case FixedColumn<float> values: values.Append((float)value); break;
            case FixedColumn<Int128> values: values.Append((Int128)value); break;
            case FixedColumn<Guid> values: values.Append((Guid)value); break;
            case BoolColumn values: values.Append((bool)value); break;
            case Utf8Column values: values.Append(System.Text.Encoding.UTF8.GetBytes((string)value)); break;
            case StructColumn window:
                (long start, long end) = ((long, long))value;
                Append(window.Children[0], start);
                Append(window.Children[1], end);
                window.Commit();
                break;
            default: throw new InvalidOperationException(column.GetType().Name);
        }
    }

    private static object? Result(Call call, IReadOnlyList<TestRow> rows)
    {
        List<object?> all = call.Columns.Length == 0 ? [] : [.. rows.OrderBy(row => row.Sequence).Select(row => row.Values[call.Columns[0]])];
        List<object> values = [.. all.Where(value => value is not null).Select(value => value!)];
        switch (call.Function)
        {
            case "Count" when call.Columns.Length == 0: return (long)rows.Count;
            case "Count": return (long)values.Count(value => (bool)value);
            case "CountNotNull": return (long)values.Count;
            case "Aggregate": return values.Sum(value => (long)(int)value) + 1000;
            case "CountDistinct": return (long)values.Select(Render).Distinct().Count();
            case "Collect": return values.Take((int)call.Constants[0]).Cast<object?>().ToList();
            case "CollectSet": return values.DistinctBy(Render).Take((int)call.Constants[0]).Order(Comparer<object>.Create(Compare)).Cast<object?>().ToList();
        }

        if (call.Function is "MinBy" or "MaxBy")
            return By(call, rows);
        if (values.Count == 0)
            return null;
        switch (call.Function)
        {
            case "Sum" when values[0] is Int128: return values.Aggregate(Int128.Zero, (sum, value) => sum + (Int128)value);
            case "Sum" when values[0] is double or float: return values.Sum(Number);
            case "Sum": return values.Sum(value => Convert.ToInt64(value, CultureInfo.InvariantCulture));
            case "Average" when values[0] is Int128:
                decimal mean = values.Sum(value => (decimal)(Int128)value) / values.Count * 10_000;
                return (Int128)Math.Round(mean, MidpointRounding.AwayFromZero);
            case "Average": return values.Average(Number);
            case "Min" or "All": return values.Min(Comparer<object>.Create(Compare));
            case "Max" or "Any": return values.Max(Comparer<object>.Create(Compare));
            case "First": return values[0];
            case "Last": return values[^1];
        }

        double middle = values.Average(Number);
        double squares = values.Sum(value => (Number(value) - middle) * (Number(value) - middle));
        return call.Function switch
        {
            "VariancePopulation" => squares / values.Count,
            "StandardDeviationPopulation" => Math.Sqrt(squares / values.Count),
            _ when values.Count < 2 => null,
            "VarianceSample" => squares / (values.Count - 1),
            "StandardDeviationSample" => Math.Sqrt(squares / (values.Count - 1)),
            _ => throw new InvalidOperationException(call.Function),
        };
    }

    private static object? By(Call call, IReadOnlyList<TestRow> rows)
    {
        int sign = call.Function == "MinBy" ? 1 : -1;
        TestRow? best = null;
        foreach (TestRow row in rows.OrderBy(row => row.Sequence).Where(row => row.Values[call.Columns[1]] is not null))
        {
            if (best is null || Compare(row.Values[call.Columns[1]]!, best.Values[call.Columns[1]]!) * sign < 0)
                best = row;
        }

        return best?.Values[call.Columns[0]];
    }

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static int Compare(object left, object right) => (left, right) switch
    {
        (string a, string b) => System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)),

        // .NET puts NaN first, Spark last.
        (double a, double b) when double.IsNaN(a) || double.IsNaN(b) => double.IsNaN(a).CompareTo(double.IsNaN(b)),
        (float a, float b) when float.IsNaN(a) || float.IsNaN(b) => float.IsNaN(a).CompareTo(float.IsNaN(b)),
        (double a, double b) when a == b => 0,
        _ => Comparer<object>.Default.Compare(left, right),
    };
}
