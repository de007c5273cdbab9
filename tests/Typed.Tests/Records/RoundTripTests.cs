using System.Collections;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Tests.Records;

public class RoundTripTests
{
    [Fact]
    public void Every_type_comes_back_from_columns()
    {
        Everything[] rows = [Samples.Full, Samples.Sparse, Samples.Full, Samples.Extreme];
        Everything[] back = ThroughColumns(rows);
        for (int i = 0; i < rows.Length; i++)
            Same(rows[i], back[i]);
    }

    [Fact]
    public void Names_that_are_keywords_and_nested_types_work()
    {
        Assert.Equal([new @class(1, "a", "b")], ThroughColumns([new @class(1, "a", "b")]));
        Assert.Equal("namespace", RowSchema.Of<@class>().Fields[1].Name);
        Assert.Equal("the event", RowSchema.Of<@class>().Fields[2].WrittenName);
        Outer.Inner.Deep deep = new(1, new Outer.Inner.Deeper(null));
        Assert.Equal([deep], ThroughColumns([deep]));
    }

    [Fact]
    public void The_schema_says_what_the_attributes_said()
    {
        RowSchema schema = RowSchema.Of<Everything>();
        Assert.Equal("Everything", schema.Name);
        Assert.Equal("Time", Assert.Single(schema.Fields, field => field.IsEventTime).Name);
        Assert.Equal("decimal(38,18)", schema.Fields[schema.IndexOf("Wide")].Type.ToString());
        Assert.Equal("decimal(10,2)?", schema.Fields[schema.IndexOf("Money")].Type.ToString());
        Assert.Equal("list<string?>?", schema.Fields[schema.IndexOf("Texts")].Type.ToString());
        Assert.Equal("map<string,Person{Name:string,Home:Place{Street:string,Number:int32?},Second:Place{Street:string,Number:int32?}?}>", schema.Fields[schema.IndexOf("People")].Type.ToString());
    }

    [Fact]
    public void Null_in_a_field_that_is_not_nullable_is_refused()
    {
        ColumnBatch batch = new(RowSchema.Of<Place>());
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Append(new Place(null!, 1), batch));
        Assert.Contains("Place.Street is null", thrown.Message);
        batch.Release();
    }

    [Fact]
    public void A_decimal_that_does_not_fit_is_refused_and_one_with_more_digits_is_rounded_half_up()
    {
        Assert.Equal(12.35m, ThroughColumns([Samples.Full with { Money = 12.345m }])[0].Money);
        Assert.Equal(-12.35m, ThroughColumns([Samples.Full with { Money = -12.345m }])[0].Money);
        Assert.Contains("decimal(10,2)", Assert.Throws<ArgumentException>(() => ThroughColumns([Samples.Full with { Money = 123456789m }])).Message);
    }

    internal static T[] ThroughColumns<T>(T[] rows)
        where T : IStreamRecord<T>
    {
        long before = BufferPool.Outstanding;
        ColumnBatch batch = new(RowSchema.Of<T>());
        foreach (T row in rows)
            Append(row, batch);
        batch.Length = rows.Length;
        T[] back = [.. Enumerable.Range(0, rows.Length).Select(row => T.Read(batch, row))];
        batch.Release();
        return back;
    }

    internal static void Append<T>(T value, ColumnBatch batch)
        where T : IStreamRecord<T> => T.Append(value, batch);

    /// <summary>Compares member by member, lists and maps by their content.</summary>
    internal static void Same(Everything expected, Everything actual)
    {
        foreach (System.Reflection.PropertyInfo property in typeof(Everything).GetProperties())
        {
            object? left = Plain(property.GetValue(expected));
            object? right = Plain(property.GetValue(actual));
            Assert.True(Equals(left, right) || (left is string[] a && right is string[] b && a.SequenceEqual(b)), $"{property.Name}: {Show(left)} came back as {Show(right)}");
        }
    }

    private static object? Plain(object? value) => value switch
    {
        ReadOnlyMemory<byte> memory => Convert.ToHexString(memory.Span),
        string text => text,
        IEnumerable items => items.Cast<object?>().Select(item => Show(Plain(item))).ToArray(),
        _ => value,
    };

    private static string Show(object? value) => value is string[] items ? "[" + string.Join("|", items) + "]" : value?.ToString() ?? "null";
}
