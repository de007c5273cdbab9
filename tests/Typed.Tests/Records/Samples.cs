namespace Typed.Tests.Records;

internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2024, 2, 29, 12, 0, 0, 123, 456, TimeSpan.Zero);

    public static readonly Everything Full = new(
        true, false, -1, 2, 3, 4, -5, 6, 7, 8, -9, 10, 11, 12, -13, 14, 15, 16, 1.5f, -2.5f, 3.25, -4.125,
        12345.678m, 99999999.99m, "naïve ‘text’ 😀", "\"quoted\\\n", [1, 2, 3], new byte[] { 255, 0 },
        Noon, Noon.AddDays(-40_000), new DateOnly(2024, 2, 29), new DateOnly(1, 1, 1), TimeSpan.FromMicroseconds(123_456_789), -TimeSpan.FromDays(3),
        new Guid("6f9619ff-8b86-d011-b42d-00c04fc964ff"), Guid.Empty, Grade.Good, Records.Wide.Top | Records.Wide.One,
        new Place("Elm Street", 13), new Person("Ann", new Place("a", null), new Place("b", 2)),
        [1, -2, 3], ["x", null, ""], [new Place("p", 1), new Place("q", null)], [0.5, -0.25], [[1], [], [2, 3]],
        new Map<string, string>([new("k", "v"), new("k2", "")]), new Dictionary<string, int?> { ["one"] = 1, ["none"] = null },
        new Dictionary<string, Person> { ["me"] = new Person("I", new Place("here", 0), null) },
        new TimeWindow(Noon, Noon.AddHours(1)), new TimeWindow(Noon.AddHours(-1), Noon));

    public static readonly Everything Sparse = new(
        false, null, 0, null, 0, null, 0, null, 0, null, 0, null, 0, null, 0, null, 0, null, 0, null, 0, null,
        0, null, "", null, [], null, DateTimeOffset.UnixEpoch, null, new DateOnly(1970, 1, 1), null, TimeSpan.Zero, null,
        Guid.Empty, null, Grade.None, null, new Place("", null), null,
        [], null, [], [], [], Map<string, string>.Empty, null, new Dictionary<string, Person>(),
        new TimeWindow(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch), null);

    public static readonly Everything Extreme = Full with
    {
        Tiny = sbyte.MinValue, Small = byte.MaxValue, Short = short.MinValue, UShort = ushort.MaxValue, Int = int.MinValue, UInt = uint.MaxValue,
        Long = long.MinValue, LongOrNot = long.MaxValue, ULong = ulong.MaxValue, Float = float.MaxValue, FloatOrNot = float.Epsilon,
        Double = double.MaxValue, DoubleOrNot = double.Epsilon, Wide = 9_999_999_999.999999999999999999m, Money = -99_999_999.99m,
        Text = new string('ä', 10_000), Time = new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeOrNot = new DateTimeOffset(9999, 12, 31, 23, 59, 59, 999, 999, TimeSpan.Zero),
        Date = DateOnly.MaxValue, Span = TimeSpan.FromMicroseconds(long.MinValue / 10), Grade = Grade.Bad,
    };
}
