namespace Typed.Tests.Expressions;

/// <summary>What expressions do not have is refused at its own place, with the way out.</summary>
public sealed class RefusedExpressionTests
{
    private const string Rows = """
        public class Box { public int Value; }
        [StreamRecord] public readonly partial record struct Row(int I, int? NI, string S, string? NS, DateTimeOffset T, double D, List<int> Numbers, byte[] Bytes);
        public static class Rows { public static readonly Row[] All = []; }
        public static class Own { public static int Counter; public static int Setting { get; set; } public static readonly List<int> Shared = []; public static int Out(int value, out int other) => other = value; public static void Nothing() { } public static async Task<int> Later(int value) { await Task.Yield(); return value; } public static int Take(object value) => 1; }

        """;

    [Theory]
    [InlineData("DateTimeOffset", "r => DateTimeOffset.UtcNow", "TYPED4001", "DateTimeOffset.UtcNow", "Batch.Now")]
    [InlineData("bool", "r => r.T < DateTime.Now", "TYPED4001", "DateTime.Now", "Batch.Now")]
    [InlineData("Guid", "r => Guid.NewGuid()", "TYPED4001", "Guid.NewGuid()", "values of the row")]
    [InlineData("int", "r => Random.Shared.Next()", "TYPED4001", "Random.Shared.Next()", "value of the row")]
    [InlineData("int", "r => HashCode.Combine(r.I)", "TYPED4001", "HashCode.Combine(r.I)", "Combine the values")]
    [InlineData("int", "r => r.T.LocalDateTime.Hour", "TYPED4001", "r.T.LocalDateTime", "UtcDateTime")]
    [InlineData("int", "r => Own.Counter + r.I", "TYPED4011", "Own.Counter", "init")]
    [InlineData("int", "r => Own.Setting", "TYPED4011", "Own.Setting", "init")]
    [InlineData("int", "r => Own.Shared.Count", "TYPED4011", "Own.Shared", "static method")]
    [InlineData("string", "r => r.S.ToUpper()", "TYPED3053", "r.S.ToUpper()", "ToUpperInvariant")]
    [InlineData("string", "r => r.S.ToLower(CultureInfo.CurrentCulture)", "TYPED3053", "r.S.ToLower(CultureInfo.CurrentCulture)", "ToLowerInvariant")]
    [InlineData("int", "r => r.S.CompareTo(r.NS)", "TYPED3053", "r.S.CompareTo(r.NS)", "CompareOrdinal")]
    [InlineData("int", "r => string.Compare(r.S, r.NS, true)", "TYPED3053", "string.Compare(r.S, r.NS, true)", "CompareOrdinal")]
    [InlineData("bool", "r => r.S.StartsWith(\"a\", StringComparison.CurrentCulture)", "TYPED3053", "StringComparison.CurrentCulture", "Ordinal")]
    [InlineData("string", "r => r.D.ToString()", "TYPED3053", "r.D.ToString()", "InvariantCulture")]
    [InlineData("double", "r => double.Parse(r.S)", "TYPED3053", "double.Parse(r.S)", "InvariantCulture")]
    [InlineData("DateTimeOffset", "r => DateTimeOffset.Parse(r.S, CultureInfo.InvariantCulture)", "TYPED4001", "DateTimeOffset.Parse(r.S, CultureInfo.InvariantCulture)", "AssumeUniversal")]
    [InlineData("DateTimeOffset", "r => new DateTimeOffset(r.T.DateTime)", "TYPED4001", "new DateTimeOffset(r.T.DateTime)", "TimeSpan.Zero")]
    [InlineData("int", "r => int.TryParse(r.S, out int n) ? n : 0", "TYPED3050", "int.TryParse(r.S, out int n)", "Parse.Int32OrNull")]
    [InlineData("bool", "r => Regex.IsMatch(r.S, \"a\")", "TYPED3050", "Regex.IsMatch(r.S, \"a\")", "GeneratedRegex")]
    [InlineData("bool", "r => new Regex(\"a\").IsMatch(r.S)", "TYPED3050", "new Regex(\"a\").IsMatch(r.S)", "GeneratedRegex")]
    [InlineData("int", "r => Own.Out(r.I, out _)", "TYPED3050", "Own.Out(r.I, out _)", "Return the value")]
    [InlineData("int", "r => Own.Later(r.I).Result", "TYPED3050", "Own.Later(r.I)", "Table<T>")]
    [InlineData("int", "r => Own.Take(new { r.I })", "TYPED3050", "Own.Take(new { r.I })", "record")]
    [InlineData("int", "r => r.Numbers.Sum()", "TYPED3051", "r.Numbers.Sum()", "static method")]
    [InlineData("int", "r => r.Numbers.Where(n => n > 1).Count()", "TYPED3051", "r.Numbers.Where(n => n > 1)", "static method")]
    [InlineData("bool", "r => r.Numbers == r.Numbers", "TYPED3050", "r.Numbers == r.Numbers", "All")]
    [InlineData("int", "r => new Box().Value", "TYPED3052", "new Box()", "record")]
    [InlineData("int", "r => r.NI ?? throw new Exception()", "TYPED3050", "throw new Exception()", "Expect")]
    [InlineData("int", "r => { int sum = 0; for (int i = 0; i < 3; i++) sum += i; return sum; }", "TYPED3050", "for (int i = 0; i < 3; i++) sum += i;", "static method")]
    [InlineData("int", "r => { int x = 1; x = 2; return x; }", "TYPED3050", "x = 2;", "static method")]
    [InlineData("bool", "r => r.S is ['a', ..]", "TYPED3050", "['a', ..]", "Use constants")]
    [InlineData("string", "r => $\"{r.I,10}\"", "TYPED3050", "{r.I,10}", "PadLeft")]
    [InlineData("string", "r => string.Join(',', r.Numbers)", "TYPED3051", "string.Join(',', r.Numbers)", "static method")]
    [InlineData("int", "r => r.GetHashCode()", "TYPED3051", "r.GetHashCode()", "static method")]
    [InlineData("int", "r => { int Local(int n) => n; return Local(r.I); }", "TYPED3050", "int Local(int n) => n;", "static method")]
    public void RefusedAtItsPlace(string type, string lambda, string id, string place, string wayOut)
    {
        using ExpressionBench bench = ExpressionBench.Of(Rows + $"public static class Cases {{ public static Func<Row, {type}> Case = {lambda}; }}");
        ExpressionBench.Refusal refusal = bench.Refusals[0];
        Assert.Equal((id, place), (refusal.Id, refusal.Place));
        Assert.Contains(wayOut, string.Join(" ", refusal.Arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryProblemOfAnExpressionIsReported()
    {
        using ExpressionBench bench = ExpressionBench.Of(Rows + "public static class Cases { public static Func<Row, string> Case = r => r.S.ToUpper() + Own.Counter + DateTime.Now; }");
        Assert.Equal(["TYPED3053", "TYPED4011", "TYPED4001"], bench.Refusals.Select(refusal => refusal.Id));
    }

    [Fact]
    public void CapturedLocalsAreNamed()
    {
        using ExpressionBench bench = ExpressionBench.Of(Rows + "public static class Cases { public static Func<Row, Func<Row, int>> Case = q => (r => r.I + q.I); }");
        Assert.NotEmpty(bench.Refusals);
    }
}
