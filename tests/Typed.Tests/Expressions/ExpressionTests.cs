namespace Typed.Tests.Expressions;

/// <summary>Expressions over columns give what C# gives, construct by construct.</summary>
public sealed class ExpressionTests
{
    private const string Rows = """
        public enum Color { Red, Green = 5, Blue }
        [System.Flags] public enum Rights { None = 0, Read = 1, Write = 2 }
        [StreamRecord] public readonly partial record struct Place(string City, int? Zip, Spot? Spot);
        [StreamRecord] public readonly partial record struct Spot(double X, double Y);
        [StreamRecord] public sealed partial record Person(string Name, int Age);
        [StreamRecord] public readonly partial record struct Row(
            int I, int? NI, long L, long? NL, short H, byte B, uint U, ulong UL, double D, double? ND, float F, [Precision(12, 2)] decimal M, decimal? NM,
            bool O, bool? NO, string S, string? NS, DateTimeOffset T, DateTimeOffset? NT, DateOnly Day, TimeSpan Span, TimeSpan? NSpan, Guid G, Color C, Color? NC, Rights R,
            Place Place, Place? NPlace, Person? Who, List<int> Numbers, string[] Words, List<Spot>? Spots, Dictionary<string, int> Map, Dictionary<string, string>? NMap);
        public static class Rows
        {
            static readonly DateTimeOffset T0 = new(2024, 2, 29, 23, 59, 58, 123, TimeSpan.Zero);
            public static readonly Row[] All =
            [
                new(1, 2, 3, 4, 5, 6, 7, 8, 1.5, 2.5, 3.5f, 12.34m, 5.5m, true, false, "Hello, World", "  padded ", T0, T0.AddDays(1), new(2024, 2, 29), TimeSpan.FromMinutes(90), TimeSpan.FromSeconds(1),
                    new("6f9619ff-8b86-d011-b42d-00c04fc964ff"), Color.Green, Color.Blue, Rights.Read | Rights.Write, new("Oslo", 150, new(1, 2)), new("Rome", null, null), new("Ann", 30),
                    [1, 2, 3], ["a", "bb", "b"], [new(0, 1), new(5, 5)], new() { ["k"] = 1, ["z"] = 26 }, new() { ["k"] = "v" }),
                new(0, null, -3, null, -5, 0, 0, 0, double.NaN, null, float.NaN, -0.50m, null, false, null, "", null, DateTimeOffset.UnixEpoch, null, new(1970, 1, 1), TimeSpan.Zero, null,
                    Guid.Empty, Color.Red, null, Rights.None, new("", null, null), null, null, [], [], null, new(), null),
                new(int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, short.MinValue, 255, uint.MaxValue, ulong.MaxValue, -0.0, double.PositiveInfinity, 0.1f, 9999999999.99m, 0.000001m, true, true,
                    "Grüße, 😀 Welt", "İstanbul ß", T0.AddYears(-60), T0, new(1999, 12, 31), TimeSpan.FromDays(-3), TimeSpan.FromTicks(10),
                    new("00000000-0000-0000-0000-000000000001"), (Color)77, Color.Red, Rights.Write, new("Zürich", 8000, new(double.NaN, -1)), new("Köln", 50667, new(3, 4)), new("Zoë", -1),
                    [7, 7, -7], ["", "x,y"], [], new() { ["ü"] = -1 }, new() { ["a"] = "", ["k"] = "w" }),
                new(-17, 0, 100, 100, 17, 1, 1, 1, 1e300, -2.25, -1f, 0.00m, 12345.678m, false, true, "12,-7,abc", "42", T0.AddHours(5), T0.AddMilliseconds(1), new(2023, 7, 4), TimeSpan.FromHours(25), TimeSpan.FromHours(-1),
                    new("6f9619ff-8b86-d011-b42d-00c04fc964ff"), Color.Blue, Color.Green, Rights.Read, new("Rio", 0, null), new("Oslo", 1, new(0, 0)), new("", 0),
                    [0], ["Hello"], [new(1, 1)], new() { ["k"] = 0 }, new()),
            ];
        }
        """;

    [Fact]
    public void ArithmeticIsThatOfCSharp() => Same("""
        public static Func<Row, int> A1 = r => r.I + 1, A2 = r => unchecked(r.I + 1), A3 = r => checked(r.I + 1), A4 = r => r.I / (r.I - 1), A5 = r => r.I % 5, A6 = r => -r.I, A7 = r => ~r.I;
        public static Func<Row, int?> B1 = r => r.NI + r.I, B2 = r => r.NI * 2, B3 = r => checked(r.NI - 1), B4 = r => r.NI / r.I, B5 = r => -r.NI;
        public static Func<Row, long> C1 = r => r.I * r.L, C2 = r => r.L << 3, C3 = r => r.L >> r.I, C4 = r => r.L >>> 2, C5 = r => r.L & 6 | r.I ^ 3, C6 = r => checked(r.L * 2);
        public static Func<Row, double> D1 = r => r.D / 0, D2 = r => r.D % 2, D3 = r => r.D * r.I + r.F, D4 = r => r.I / 2.0, D5 = r => -r.D, D6 = r => 0.1 + 0.2 - r.D;
        public static Func<Row, decimal> M1 = r => r.M * 3, M2 = r => r.M / 7, M3 = r => r.M - r.I, M4 = r => r.M % 1, M5 = r => -r.M;
        public static Func<Row, decimal?> M6 = r => r.NM + r.M;
        public static Func<Row, int> E1 = r => r.H + r.B, E2 = r => (short)(r.H + r.I), E3 = r => checked((byte)r.I), E4 = r => unchecked((byte)r.I), E5 = r => checked((int)r.D), E6 = r => unchecked((int)r.L), E7 = r => (int)r.M;
        public static Func<Row, ulong> F1 = r => r.UL - 9, F2 = r => checked(r.UL + r.U), F3 = r => unchecked((ulong)r.L);
        public static Func<Row, float> G1 = r => r.F * 2, G2 = r => (float)r.D, G3 = r => r.I;
        public static Func<Row, long?> H1 = r => r.NI, H2 = r => (long?)r.ND, H3 = r => checked((int?)r.NL), H4 = r => r.NL ?? r.NI, H5 = r => r.NL ?? 5;
        public static Func<Row, int> I1 = r => (int)r.C + 1, I2 = r => r.C - Color.Red, I3 = r => 'a' + r.I, I4 = r => r.NI.Value, I5 = r => r.NI!.Value + r.NI.GetValueOrDefault() + r.NI.GetValueOrDefault(9);
        public static Func<Row, Color> J1 = r => r.C + 1, J2 = r => (Color)r.I, J3 = r => r.NC ?? Color.Green, J4 = r => r.C | Color.Green;
        public static Func<Row, Color?> J5 = r => (Color?)r.NI, J6 = r => r.NC & r.C;
        public static Func<Row, int> K1 = r => { const int zero = 0; int one = 1; return r.I * one + zero; }, K2 = r => { int big = int.MaxValue; return unchecked(big + 1); }, K3 = r => { int zero = 0; return 5 / zero; };
        """);

    [Fact]
    public void ComparisonAndLogicAreThreeValuedWhereCSharpIs() => Same("""
        public static Func<Row, bool> A1 = r => r.I > 0, A2 = r => r.NI > 0, A3 = r => !(r.NI > 0), A4 = r => r.NI == null, A5 = r => r.NI != r.I, A6 = r => r.D == r.D, A7 = r => r.D != double.NaN, A8 = r => r.D < r.ND, A9 = r => r.ND == r.ND;
        public static Func<Row, bool> B1 = r => r.M > 0 && r.I > 0, B2 = r => r.O || r.I / r.NI > 0, B3 = r => r.O ^ r.I > 0, B4 = r => r.O & r.I > 3 | r.L < 0, B5 = r => r.NO == true, B6 = r => r.NO ?? true, B7 = r => r.NO is null, B8 = r => r.NO.HasValue;
        public static Func<Row, bool?> C1 = r => r.NO & r.O, C2 = r => r.NO | r.O, C3 = r => !r.NO, C4 = r => r.NO ^ true, C5 = r => r.NO & r.NI > 0, C6 = r => r.NO | null;
        public static Func<Row, bool> D1 = r => r.T > DateTimeOffset.UnixEpoch, D2 = r => r.T == r.NT, D3 = r => r.Day >= new DateOnly(1999, 12, 31), D4 = r => r.Span < Minutes(5), D5 = r => r.G == Guid.Empty, D6 = r => r.C == Color.Green, D7 = r => r.NC != Color.Red, D8 = r => r.C > Color.Red, D9 = r => r.R.HasFlag(Rights.Write);
        public static Func<Row, bool> E1 = r => NullSafe.Equal(r.NI, 0), E2 = r => NullSafe.Equal(r.NS, null), E3 = r => NullSafe.Equal(r.D, double.NaN), E4 = r => (r.I, r.S) == (1, "Hello, World"), E5 = r => (r.D, 1) != (r.D, 1), E6 = r => r.Place == new Place("Rio", 0, r.Place.Spot) ? true : false;
        """);

    [Fact]
    public void NullsPassAsCSharpHasIt() => Same("""
        public static Func<Row, int?> A1 = r => r.NS?.Length, A2 = r => r.NPlace?.Zip, A3 = r => r.NPlace?.City.Length, A4 = r => r.NI ?? r.NPlace?.Zip, A5 = r => r.Who?.Age, A6 = r => r.Spots?.Count, A7 = r => r.NMap?.Count;
        public static Func<Row, string?> B1 = r => r.NPlace?.City, B2 = r => r.NS ?? "none", B3 = r => r.NS?.Trim()?.ToUpperInvariant(), B4 = r => r.Who?.Name ?? r.NS, B5 = r => r.NMap?["k"], B6 = r => r.Who == null ? null : r.Who.Name + "!";
        public static Func<Row, double?> C1 = r => r.NPlace?.Spot?.X, C2 = r => r.Place.Spot?.Y, C3 = r => r.Place.Spot!.Value.X, C4 = r => r.Spots?[0].X;
        public static Func<Row, int> D1 = r => r.NS!.Length, D2 = r => r.Who!.Age, D3 = r => r.NPlace!.Value.City.Length, D4 = r => r.NT.HasValue ? 1 : 0, D5 = r => r.Spots!.Count;
        public static Func<Row, Place?> E1 = r => r.NPlace, E2 = r => r.O ? r.Place : null, E3 = r => r.NPlace ?? r.Place, E4 = r => r.I > 0 ? new Place(r.S, r.NI, r.Place.Spot) : r.NPlace;
        public static Func<Row, Person?> F1 = r => r.Who ?? new Person("nobody", r.I);
        """);

    [Fact]
    public void ChoicesAndPatternsFitWhatCSharpFits() => Same("""
        public static Func<Row, string?> A1 = r => r.NM switch { null => null, < 1 => "small", < 100 => "medium", _ => "large" },
            A2 = r => r.C switch { Color.Red => "r", Color.Green or Color.Blue => "gb", _ => "other" },
            A3 = r => r.NS switch { null => "none", "42" => "answer", { Length: > 8 } long1 => long1, var s => s + "?" },
            A4 = r => (r.O, r.NO) switch { (true, true) => "tt", (true, _) => "t", (false, null) => "f?", _ => "f" },
            A5 = r => r.Place switch { { Zip: null } => "nozip", { Spot: { X: > 2 } spot } => "right", { City.Length: > 3, Zip: var zip } => "long" + zip, _ => "rest" },
            A6 = r => r.D switch { double.NaN => "nan", > 0 => "pos", 0 => "zero", _ => "neg" };
        public static Func<Row, int> B1 = r => r.I is > 0 and < 10 ? 1 : r.I is < 0 or 17 ? 2 : 3, B2 = r => r.NI is { } n ? n + 1 : -1, B3 = r => r.NI is not null ? 1 : 0, B4 = r => r.NI is int x && x > 1 ? x : 0,
            B5 = r => r.NS is { Length: var length } && length > 2 ? length : -1, B6 = r => r.T.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1 : 0, B7 = r => r.NS is "42" ? 1 : 0, B8 = r => r.NPlace is { Spot: not null } ? 1 : 0,
            B9 = r => r.NPlace is { Spot: { X: 3 } } ? 1 : r.Who is { Age: > 0, Name: "Ann" } ? 2 : 0;
        public static Func<Row, string> C1 = r => r.C switch { Color.Red => "r", Color.Green => "g", Color.Blue => "b" };
        public static Func<Row, int> D1 = r => { var half = r.I / 2; var twice = half * 2; if (twice == r.I) return 0; if (r.O) { return 1; } else { return twice; } }, D2 = r => r.I switch { var n when n % 2 == 0 => n, > 5 when r.O => 5, _ => -1 };
        """);

    [Fact]
    public void TextIsWhatStringsGive() => Same("""
        public static Func<Row, bool> A1 = r => r.S == r.NS, A2 = r => r.S != "", A3 = r => string.Equals(r.S, r.NS), A4 = r => r.S.Equals("HELLO, WORLD", StringComparison.OrdinalIgnoreCase), A5 = r => r.S.StartsWith("Hell", StringComparison.Ordinal),
            A6 = r => r.S.EndsWith('d'), A7 = r => r.S.Contains("lo"), A8 = r => r.S.Contains('ü'), A9 = r => r.NS!.Contains("İ", StringComparison.OrdinalIgnoreCase), B1 = r => string.IsNullOrEmpty(r.NS), B2 = r => string.IsNullOrWhiteSpace(r.NS), B3 = r => r.S.StartsWith(r.NS!, StringComparison.Ordinal), B4 = r => r.S.EndsWith("WORLD", StringComparison.OrdinalIgnoreCase), B5 = r => string.CompareOrdinal(r.S, "H") < 0, B6 = r => string.Equals(r.S, r.NS, StringComparison.OrdinalIgnoreCase);
        public static Func<Row, int> C1 = r => r.S.Length, C2 = r => r.S.IndexOf("l", StringComparison.Ordinal), C3 = r => r.S.IndexOf('W'), C4 = r => r.S.LastIndexOf('l'), C5 = r => string.CompareOrdinal(r.S, r.NS), C6 = r => string.Compare(r.S, "Grüsse", StringComparison.Ordinal), C7 = r => r.S[0], C8 = r => r.S[^1], C9 = r => r.S.IndexOf(',', 3), D0 = r => r.S.Split(',').Length, D1 = r => string.Compare(r.S, r.NS, StringComparison.OrdinalIgnoreCase) < 0 ? 1 : 0;
        public static Func<Row, string> E1 = r => r.S.ToUpperInvariant(), E2 = r => r.S.ToLowerInvariant(), E3 = r => r.NS!.Trim(), E4 = r => r.NS!.TrimStart() + "|", E5 = r => r.NS!.TrimEnd(), E6 = r => r.S.Substring(3), E7 = r => r.S.Substring(1, 4), E8 = r => r.S[1..3], E9 = r => r.S[..^1], F0 = r => r.S[^3..],
            F1 = r => r.S.Replace("l", "LL"), F2 = r => r.S.Replace('o', 'ö'), F3 = r => r.S + r.NS, F4 = r => r.I + "/" + r.D + "/" + r.M + r.NI + 'x' + r.O, F5 = r => $"{r.S}: {r.I:D5} {r.D:F2} {r.NI} {r.C} {r.T:yyyy-MM-dd} {r.G} {r.Span} {r.Day:O}", F6 = r => r.S.Split(',')[1], F7 = r => r.S.Split(", ")[0], F8 = r => r.S.Trim('H'), F9 = r => string.Concat(r.S, "-", r.NS),
            G1 = r => r.I.ToString(), G2 = r => r.D.ToString(CultureInfo.InvariantCulture), G3 = r => r.M.ToString("F1", CultureInfo.InvariantCulture), G4 = r => r.NI.ToString()!, G5 = r => r.C.ToString(), G6 = r => r.G.ToString("N"), G7 = r => r.O.ToString(), G8 = r => r.T.ToString("O", CultureInfo.InvariantCulture), G9 = r => r.S.PadLeft(20).Insert(2, "!"), H1 = r => "" + r.NS, H2 = r => r.NC + "";
        """);

    [Fact]
    public void GeneratedRegularExpressionsRun() => Same("""
        public static Func<Row, bool> A1 = r => Patterns.Digits().IsMatch(r.S), A2 = r => Patterns.Digits().Match(r.S).Success;
        public static Func<Row, string> B1 = r => Patterns.Digits().Replace(r.S, "#"), B2 = r => Patterns.Digits().Match(r.S).Value, B3 = r => Patterns.Pair().Match(r.S).Groups["right"].Value, B4 = r => Patterns.Pair().Match(r.S).Groups[1].Value, B5 = r => Patterns.Digits().Replace(r.NS!, "");
        public static Func<Row, int> C1 = r => Patterns.Digits().Count(r.S), C2 = r => Patterns.Digits().Match(r.S).Index;
        """, """
        public static class Patterns
        {
            [GeneratedRegex("[0-9]+")] public static Regex Digits() => s_digits;
            [GeneratedRegex("(\\w+), ?(?<right>\\w+)")] public static Regex Pair() => s_pair;
            static readonly Regex s_digits = new("[0-9]+"), s_pair = new("(\\w+), ?(?<right>\\w+)");
        }
        """);

    [Fact]
    public void TimesAreThoseOfDotNet() => Same("""
        public static Func<Row, int> A1 = r => r.T.Year * 10000 + r.T.Month * 100 + r.T.Day, A2 = r => r.T.Hour, A3 = r => (int)r.T.DayOfWeek, A4 = r => r.T.DayOfYear, A5 = r => r.NT!.Value.Minute, A6 = r => r.Day.Year + r.Day.DayNumber, A7 = r => r.T.Millisecond, A8 = r => r.Span.Hours;
        public static Func<Row, DateTimeOffset> B1 = r => r.T + Minutes(10), B2 = r => r.T.AddDays(1.5), B3 = r => r.T - r.Span, B4 = r => r.T.AddMonths(1), B5 = r => new DateTimeOffset(r.T.Year, r.T.Month, 1, 0, 0, 0, TimeSpan.Zero), B6 = r => DateTimeOffset.FromUnixTimeMilliseconds(r.I), B7 = r => r.T.AddYears(10000);
        public static Func<Row, DateTimeOffset?> C1 = r => r.NT + r.Span, C2 = r => r.NT?.AddHours(1), C3 = r => r.NT ?? r.T;
        public static Func<Row, TimeSpan> D1 = r => r.T - DateTimeOffset.UnixEpoch, D2 = r => TimeSpan.FromHours(r.H), D3 = r => r.Span * 2, D4 = r => r.Span.Add(new TimeSpan(1, 2, 3)), D5 = r => r.T.TimeOfDay, D6 = r => -r.Span, D7 = r => r.NSpan ?? TimeSpan.Zero;
        public static Func<Row, double> E1 = r => r.Span.TotalSeconds, E2 = r => (r.T - r.T.AddHours(-1)).TotalMinutes;
        public static Func<Row, DateOnly> F1 = r => DateOnly.FromDateTime(r.T.UtcDateTime), F2 = r => r.Day.AddDays(30), F3 = r => DateOnly.FromDateTime(r.T.Date);
        public static Func<Row, long> G1 = r => r.T.ToUnixTimeMilliseconds(), G2 = r => r.T.ToUnixTimeSeconds(), G3 = r => r.Span.Ticks;
        """);

    [Fact]
    public void MathAndParsingAreThoseOfDotNet() => Same("""
        public static Func<Row, double> A1 = r => Math.Sqrt(r.D), A2 = r => Math.Round(r.D, 1), A3 = r => Math.Max(r.D, r.I), A4 = r => Math.Pow(r.I, 2), A5 = r => Math.Floor(r.D), A6 = r => double.Abs(r.D), A7 = r => Math.PI * r.I;
        public static Func<Row, int> B1 = r => Math.Abs(r.I), B2 = r => Math.Clamp(r.I, -5, 5), B3 = r => Math.Sign(r.M), B4 = r => int.Max(r.I, r.H);
        public static Func<Row, decimal> C1 = r => Math.Round(r.M, 1), C2 = r => decimal.Truncate(r.M), C3 = r => Math.Min(r.M, 1m);
        public static Func<Row, bool> D1 = r => double.IsNaN(r.D), D2 = r => char.IsDigit(r.S[0]), D3 = r => float.IsFinite(r.F);
        public static Func<Row, int?> E1 = r => Parse.Int32OrNull(r.NS), E2 = r => Parse.Int32OrNull(r.S.Split(',')[0]);
        public static Func<Row, int> F1 = r => int.Parse(r.NS!, CultureInfo.InvariantCulture), F2 = r => int.Parse(r.S.Split(',')[1], CultureInfo.InvariantCulture);
        public static Func<Row, double?> G1 = r => Parse.DoubleOrNull(r.NS);
        public static Func<Row, double> G2 = r => double.Parse(r.D.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        public static Func<Row, Guid> H1 = r => Guid.Parse(r.G.ToString());
        public static Func<Row, Color> I1 = r => Enum.Parse<Color>(r.C.ToString()), I2 = r => Enum.Parse<Color>("green", true);
        public static Func<Row, Color?> I3 = r => Parse.EnumOrNull<Color>(r.NS), I4 = r => Parse.EnumOrNull<Color>("Blue");
        public static Func<Row, DateTimeOffset?> J1 = r => Parse.TimestampOrNull("2024-05-06T07:08:09Z"), J2 = r => Parse.TimestampOrNull(r.S);
        public static Func<Row, DateTimeOffset> J3 = r => DateTimeOffset.Parse(r.T.ToString("O", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);
        """);

    [Fact]
    public void ListsAndMapsAreSearched() => Same("""
        public static Func<Row, int> A1 = r => r.Numbers.Count, A2 = r => r.Words.Length, A3 = r => r.Numbers[1], A4 = r => r.Numbers.First(), A5 = r => r.Words[0].Length, A6 = r => r.Map["k"], A7 = r => r.Map.GetValueOrDefault("z"), A8 = r => r.Map.GetValueOrDefault("z", -9), A9 = r => r.Numbers[^1];
        public static Func<Row, bool> B1 = r => r.Numbers.Any(), B2 = r => r.Numbers.Any(n => n > r.I), B3 = r => r.Numbers.All(n => n != 7), B4 = r => r.Numbers.Contains(7), B5 = r => r.Words.Contains("bb"), B6 = r => r.Words.Any(w => w.StartsWith('b') && w.Length == r.B - 4), B7 = r => r.Map.ContainsKey("k"), B8 = r => r.Spots!.Any(s => s.X == s.Y),
            B9 = r => new[] { "Rio", "Oslo" }.Contains(r.Place.City), C1 = r => r.S.Split(',').Any(part => part.Length > 3), C2 = r => r.Spots != null && r.Spots.All(s => r.Numbers.Any(n => n > s.X)), C3 = r => r.Words.Contains(r.NS);
        public static Func<Row, string?> D1 = r => r.NMap!.GetValueOrDefault("k"), D2 = r => r.Words[0], D3 = r => r.NMap!["k"];
        public static Func<Row, List<int>> E1 = r => r.Numbers;
        public static Func<Row, string[]> F1 = r => r.S.Split(','), F2 = r => r.O ? r.Words : r.S.Split('l');
        public static Func<Row, Dictionary<string, int>> G1 = r => r.Map;
        """);

    [Fact]
    public void RowsAreTakenApartAndPutTogether() => Same("""
        public static Func<Row, Place> A1 = r => new Place(r.S, r.I, new Spot(r.D, 1)), A2 = r => r.Place with { City = r.S }, A3 = r => r.Place with { Spot = null, Zip = r.NI }, A4 = r => new Place(City: "x", Spot: r.Place.Spot, Zip: 1);
        public static Func<Row, string> B1 = r => new { A = r.S, B = r.I }.A, B2 = r => (r.S, r.I).Item1, B3 = r => { var t = (Name: r.S.Trim(), Size: r.S.Length); return t.Name + t.Size; }, B4 = r => { var one = r.O ? new { N = 1, T = "x" } : new { N = r.I, T = r.S }; return one.T + one.N; };
        public static Func<Row, double> C2 = r => (r.Place.Spot ?? new Spot(r.I, 2)).X;
        public static Func<Row, Person> D1 = r => new Person(r.S, r.I) with { Age = 3 };
        """);

    [Fact]
    public void OwnMethodsAreCalledWithNetValues() => Same("""
        public static Func<Row, int> A1 = r => Own.Twice(r.I), A2 = r => Own.Twice(Own.Count(r.NS)), A3 = r => Own.Sum(r.Numbers) + Own.Sum(r.Numbers), A4 = r => Own.Whole(r), A5 = r => Own.Score(r.Place, r.NPlace), A6 = r => r.S.Measure(), A7 = r => Own.Generic<int>(r.I), A8 = r => Own.Limit + (int)Own.Gap.TotalSeconds, A9 = Own.Whole;
        public static Func<Row, string?> B1 = r => Own.Reverse(r.S), B2 = r => Own.Reverse(r.NS)?.ToUpperInvariant(), B3 = r => Own.Find(r.S).City, B4 = r => Own.MayFind(r.O)?.City, B5 = r => Own.Words(r.S)[0], B6 = r => Own.Name;
        public static Func<Row, Place> C1 = r => Own.Find(r.S), C2 = r => Own.Find(r.S) with { Zip = 9 };
        public static Func<Row, string[]> D1 = r => Own.Words(r.S);
        public static Func<Row, bool> E1 = r => Own.Words(r.S).Any(w => w.Length > 4), E2 = r => Own.MayFind(r.O) is { Zip: > 0 };
        public static Func<Row, Place?> F1 = r => Own.MayFind(r.O), F2 = r => Own.MayFind(r.O) ?? r.Place;
        """, """
        public static class Own
        {
            public const int Limit = 10; public static readonly TimeSpan Gap = TimeSpan.FromSeconds(5); public static readonly string Name = "näme";
            public static int Twice(int n) => unchecked(n * 2);
            public static int Count(string? text) => text?.Length ?? -1;
            public static int Sum(List<int> numbers) => numbers.Sum();
            public static int Whole(Row row) => row.Words.Length + row.S.Length + (row.NPlace?.Zip ?? 0) + row.Map.Count + (row.Spots?.Count ?? 5);
            public static int Score(Place place, Place? other) => place.City.Length * 10 + (other?.City.Length ?? 1);
            public static int Measure(this string text) => text.Length;
            public static T Generic<T>(T value) => value;
            public static string? Reverse(string? text) => text is null ? null : new string(text.Where(c => c < 128).Reverse().ToArray());
            public static Place Find(string text) => new(text + "!", text.Length, null);
            public static Place? MayFind(bool found) => found ? new Place("found", 1, new Spot(1, 2)) : null;
            public static string[] Words(string text) => text.Split(' ');
        }
        """);

    [Fact]
    public void TheBatchClockIsThatOfTheBatch()
    {
        using ExpressionBench bench = ExpressionBench.Of(Rows + """
            public static class Cases { public static Func<Row, bool> A = r => r.T <= Batch.Now && Batch.Id == 7 && Batch.Today == new DateOnly(2023, 11, 14); }
            """);
        Assert.True(bench.Refusals.Count == 0, string.Join("\n", bench.Refusals));
        Assert.Contains("batchNow", bench.Text, StringComparison.Ordinal);
    }

    private static void Same(string cases, string own = "")
    {
        using ExpressionBench bench = ExpressionBench.Of(Rows + own + "public static class Cases {\n" + cases + "\n}");
        Assert.True(bench.Refusals.Count == 0, string.Join("\n", bench.Refusals));
        IReadOnlyList<string> differences = bench.Differences();
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }
}
