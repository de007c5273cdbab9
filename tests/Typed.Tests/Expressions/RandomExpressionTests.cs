using System.Text;

namespace Typed.Tests.Expressions;

/// <summary>
/// Random expression trees over random rows with nulls: the loop over columns, the row call of a method with the same text, and plain C#
/// give the same, failures included.
/// </summary>
public sealed class RandomExpressionTests
{
    private const string Rows = """
        public enum Color { Red, Green = 5, Blue }
        [StreamRecord] public readonly partial record struct Place(string City, int? Zip, Spot? Spot);
        [StreamRecord] public readonly partial record struct Spot(double X, double Y);
        [StreamRecord] public readonly partial record struct Row(
            int I, int I2, int? NI, long L, long? NL, short H, byte B, ulong UL, double D, double? ND, float F, [Precision(12, 2)] decimal M, [Precision(20, 3)] decimal? NM, bool O, bool? NO, string S, string? NS,
            DateTimeOffset T, DateTimeOffset? NT, DateOnly Day, TimeSpan Span, Color C, Color? NC, Place Place, Place? NPlace, List<int> Numbers, string[] Words, Dictionary<string, int> Map, Dictionary<string, string>? NMap);
        public static class Own { public static int Of(int value) => value; public static double Of(double value) => value; public static decimal Of(decimal value) => value; public static T It<T>(T value) => value; }
        public static class Rows
        {
            public static readonly Row[] All = Make();
            static Row[] Make()
            {
                Random random = new(11);
                string[] texts = ["", "a", "Hello", " a ", "x,y", "ü,😀", "12", "ab,ba", "HELLO", "ﬀ\uE000"];
                int[] numbers = [0, 1, -1, 5, 17, 49, int.MaxValue, int.MinValue, 1000];
                double[] reals = [0, -0.0, 1.5, double.NaN, double.PositiveInfinity, -2.25, 1e10, 0.1];
                T One<T>(T[] from) => from[random.Next(from.Length)];
                T? May<T>(T value) where T : struct => random.Next(3) == 0 ? null : value;
                string? Text() => random.Next(4) == 0 ? null : One(texts);
                Place Where() => new(One(texts), May(One(numbers)), May(new Spot(One(reals), One(reals))));
                DateTimeOffset When() => DateTimeOffset.UnixEpoch.AddSeconds(random.Next()).AddMilliseconds(random.Next(1000));
                return Enumerable.Range(0, 24).Select(_ => new Row(
                    One(numbers), random.Next(-60, 60), May(One(numbers)), (long)One(numbers) * One(numbers), May((long)One(numbers)), (short)random.Next(-9, 99), (byte)random.Next(256), (ulong)random.Next(), One(reals), May(One(reals)), (float)One(reals),
                    decimal.Round(random.Next(-100000, 100000) / 100m, 2) + 0.00m, May(random.Next(-100000, 100000) / 1000m + 0.000m), random.Next(2) == 0, May(random.Next(2) == 0), One(texts), Text(),
                    When(), May(When()), new DateOnly(2000, 1, 1).AddDays(random.Next(9000)), TimeSpan.FromSeconds(random.Next(-9999, 9999)), One(new[] { Color.Red, Color.Green, Color.Blue, (Color)3 }), May(Color.Green), Where(), May(Where()),
                    [.. Enumerable.Range(0, random.Next(4)).Select(_ => One(numbers))], [.. Enumerable.Range(0, random.Next(3)).Select(_ => One(texts))],
                    texts.Take(random.Next(4)).ToDictionary(text => text, text => text.Length), random.Next(3) == 0 ? null : texts.Take(random.Next(4)).ToDictionary(text => text, text => text + "!"))).ToArray();
            }
        }
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void ColumnsRowCallsAndCSharpAgree(int seed)
    {
        RandomExpressions random = new(seed);
        StringBuilder methods = new("public static class Called {\n");
        StringBuilder cases = new("public static class Cases {\n");
        for (int i = 0; i < 69; i++)
        {
            string type = RandomExpressions.Results[i % RandomExpressions.Results.Length];
            string text = random.Of(type, 1 + (i % 4));
            methods.AppendLine($"public static {type} C{i}(Row r) => {text};");
            cases.AppendLine($"public static Func<Row, {type}> C{i} = r => {text};");
            cases.AppendLine($"public static Func<Row, {type}> R{i} = r => Called.C{i}(r);");
        }

        using ExpressionBench bench = ExpressionBench.Of(Rows + methods + "}\n" + cases + "}\n");
        Assert.True(bench.Refusals.Count == 0, string.Join("\n", bench.Refusals));
        IReadOnlyList<string> differences = bench.Differences();
        Assert.True(differences.Count == 0, string.Join("\n", differences.Take(10).Select(line => line[line.LastIndexOf("}: ", StringComparison.Ordinal)..] + line)));
    }
}
