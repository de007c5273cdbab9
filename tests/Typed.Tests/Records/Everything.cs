using System.Collections.Immutable;

namespace Typed.Tests.Records;

public enum Grade
{
    None,
    Good = 7,
    Fine = 7,
    Bad = -1,
}

[Flags]
public enum Wide : ulong
{
    One = 1,
    Top = 1UL << 63,
}

[StreamRecord]
public readonly partial record struct Place(string Street, int? Number);

[StreamRecord]
public sealed partial record Person(string Name, Place Home, Place? Second);

/// <summary>A field of every type and its nullable form.</summary>
[StreamRecord]
public sealed partial record Everything(
    bool Flag, bool? FlagOrNot,
    sbyte Tiny, sbyte? TinyOrNot,
    byte Small, byte? SmallOrNot,
    short Short, short? ShortOrNot,
    ushort UShort, ushort? UShortOrNot,
    int Int, int? IntOrNot,
    uint UInt, uint? UIntOrNot,
    long Long, long? LongOrNot,
    ulong ULong, ulong? ULongOrNot,
    float Float, float? FloatOrNot,
    double Double, double? DoubleOrNot,
    decimal Wide, [Precision(10, 2)] decimal? Money,
    string Text, string? TextOrNot,
    byte[] Bytes, ReadOnlyMemory<byte>? Memory,
    [EventTime] DateTimeOffset Time, DateTimeOffset? TimeOrNot,
    DateOnly Date, DateOnly? DateOrNot,
    TimeSpan Span, TimeSpan? SpanOrNot,
    Guid Guid, Guid? GuidOrNot,
    Grade Grade, Wide? WideOrNot,
    Place Place, Person? Person,
    int[] Ints, List<string?>? Texts, IReadOnlyList<Place> Places, ImmutableArray<double> Doubles, IEnumerable<int[]> Nested,
    Map<string, string> Map, Dictionary<string, int?>? Dictionary, IReadOnlyDictionary<string, Person> People,
    TimeWindow Window, TimeWindow? WindowOrNot);

[StreamRecord]
internal readonly partial record struct @class(int @int, string @namespace, [JsonName("the event")] string? @event);

public static partial class Outer
{
    public partial struct Inner
    {
        [StreamRecord]
        internal partial record Deep(int A, Deeper B);

        [StreamRecord]
        internal partial record struct Deeper(string? Text);
    }
}
