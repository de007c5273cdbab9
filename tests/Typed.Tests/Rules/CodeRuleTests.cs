extern alias generator;

using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Tests.Compilation;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>What the code does that a query calls for its rows: what is found behind a call, at the call, and what is nobody's harm.</summary>
public class CodeRuleTests
{
    private const string Mapped = "rows.Select(p => new Result(p.UserId, Score(p.Quantity)))";

    [Theory]
    [InlineData("static long Score(int n) => n * DateTime.UtcNow.Year;", "TYPED4002 Score(p.Quantity): Score | DateTime.UtcNow")]
    [InlineData("static long Score(int n) { return Weigh(n); } static long Weigh(int n) => n * (long)Later.Half; static class Later { public static double Half => Random.Shared.NextDouble(); }", "TYPED4002 Score(p.Quantity): Score → Weigh → get_Half | Random.Shared")]
    [InlineData("static long Score(int n) => new Random().Next(n);", "TYPED4002 Score(p.Quantity): Score | new Random()")]
    [InlineData("static long Score(int n) => new Random(n).Next(n);")]
    [InlineData("static long Score(int n) => Guid.NewGuid().GetHashCode() + n;", "TYPED4002 Score(p.Quantity): Score | Guid.NewGuid")]
    [InlineData("static long Score(int n) => \"abc\".GetHashCode() + n;", "TYPED4002 Score(p.Quantity): Score | String.GetHashCode")]
    [InlineData("static long Score(int n) => HashCode.Combine(n, 1);", "TYPED4002 Score(p.Quantity): Score | HashCode.Combine")]
    [InlineData("static long Score(int n) => n.GetHashCode() + new DateTime(2020, 1, 1).Year;")]
    [InlineData("static long Score(int n) => n < 2 ? n : Score(n - 1) + Score(n - 2);")]

    [InlineData("static int s_n; static long Score(int n) => n + s_n++;", "TYPED4003 Score(p.Quantity): Score | Query.s_n")]
    [InlineData("static int N { get; set; } static long Score(int n) => n + N;", "TYPED4003 Score(p.Quantity): Score | Query.N")]
    [InlineData("static readonly HashSet<int> s_seen = []; static long Score(int n) => s_seen.Add(n) ? 1 : 0;", "TYPED4003 Score(p.Quantity): Score | Query.s_seen")]
    [InlineData("static readonly HashSet<int> s_known = [1, 2]; static long Score(int n) => s_known.Contains(n) ? 1 : 0;")]
    [InlineData("static readonly Dictionary<int, long> s_cache = []; static long Score(int n) { if (!s_cache.TryGetValue(n, out long known)) s_cache.Add(n, known = n * n); return known; }")]
    [InlineData("static readonly int s_n = 3; const int M = 2; static int N { get; } = 4; static long Score(int n) => n + s_n + M + N;")]
    [InlineData("[ThreadStatic] static int s_scratch; static long Score(int n) { s_scratch = n; return s_scratch; }")]

    [InlineData("static long Score(int n) { System.Threading.Thread.Sleep(n); return n; }", "TYPED4004 Score(p.Quantity): Score | Thread.Sleep")]
    [InlineData("static long Score(int n) => System.IO.File.ReadAllText(\"a\").Length + n;", "TYPED4004 Score(p.Quantity): Score | File.ReadAllText")]
    [InlineData("static long Score(int n) => Ask(n).Result; static async System.Threading.Tasks.Task<long> Ask(int n) { await System.Threading.Tasks.Task.Yield(); return n; }", "TYPED4004 Score(p.Quantity): Score | Task.Result")]
    [InlineData("static long Score(int n) => Ask(n).GetAwaiter().GetResult(); static async System.Threading.Tasks.Task<long> Ask(int n) { await System.Threading.Tasks.Task.Yield(); return n; }", "TYPED4004 Score(p.Quantity): Score | TaskAwaiter.GetResult")]
    [InlineData("static long Score(int n) => System.IO.Path.GetFileName(\"a/b\").Length + n;")]

    [InlineData("static long Score(int n) { Console.WriteLine(n); return n; }", "TYPED4005 Score(p.Quantity): Score | Console.WriteLine")]
    [InlineData("static long Score(int n) { System.IO.File.AppendAllText(\"a\", \"b\"); return n; }", "TYPED4005 Score(p.Quantity): Score | File.AppendAllText")]
    [InlineData("static long Score(int n) { Console.WriteLine(n); return DateTime.Now.Year; }", "TYPED4005 Score(p.Quantity): Score | Console.WriteLine", "TYPED4002 Score(p.Quantity): Score | DateTime.Now")]
    public void A_static_method_that_a_lambda_calls(string members, params string[] expected) =>
        Assert.Equal(expected, Behind(Mapped, members));

    [Fact]
    public void A_method_group_is_a_call() =>
        Assert.Equal(
            ["TYPED4002 IsFresh: IsFresh | DateTimeOffset.UtcNow"],
            Behind("rows.Where(IsFresh).Select(p => new Result(p.UserId, 1))", "static bool IsFresh(Purchase p) => p.Time > DateTimeOffset.UtcNow;"));

    [Fact]
    public void What_nobody_calls_is_not_read() =>
        Assert.Empty(Behind("rows.Select(p => new Result(p.UserId, p.Quantity))", "static long Score(int n) => n * DateTime.UtcNow.Year;"));

    [Fact]
    public void An_aggregate_is_read()
    {
        const string Struct = """
            public struct Sampled : IAggregate<int, long, long>
            {
                public long Initial => 0;
                public void Add(ref long state, int value) { if (Random.Shared.Next(2) == 0) state += value; }
                public void Merge(ref long state, in long other) => state += other;
                public long Result(in long state) => state;
            }
            """;
        const string Body = "rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.Key, g.Aggregate<int, long, long>(new Sampled(), p => p.Quantity)))";
        Assert.Equal(["TYPED4002 new Sampled(): Add | Random.Shared"], Behind(Body, Struct, "Update"));
        Assert.Empty(Behind(Body, Struct.Replace("Random.Shared.Next(2) == 0", "value > 0"), "Update"));
    }

    [Theory]
    [InlineData("", "_ = DateTime.UtcNow;", "TYPED4002 DateTime.UtcNow: OnRows | DateTime.UtcNow")]
    [InlineData("", "_ = ctx.Now;")]
    [InlineData("", "Note();", "TYPED4005 Console.WriteLine(1): Note | Console.WriteLine")]
    [InlineData("", "Elsewhere.Note();", "TYPED4005 Elsewhere.Note(): Note | Console.WriteLine")]
    [InlineData("static long s_n;", "s_n++;", "TYPED4003 s_n: OnRows | P.s_n")]
    [InlineData("readonly DateTime _made = DateTime.UtcNow; public P() => Console.WriteLine(2);", "_ = _made;", "TYPED4005 Console.WriteLine(1): Note | Console.WriteLine")]
    public void A_processor_is_read_where_it_stands(string members, string body, params string[] expected)
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(PlanReading.Records + $$"""

            public static class Elsewhere { public static void Note() => Console.WriteLine(2); }

            public sealed partial class P : KeyedProcessor<string, Purchase, Result>
            {
                {{members}}
                public override void OnRows(Rows<Purchase> rows, Context<string, Result> ctx) { {{body}} }
                {{(expected.Any(one => one.Contains(": Note | ") && !one.Contains("Elsewhere")) ? "private static void Note() => Console.WriteLine(1);" : "")}}
            }
            """);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(expected, new CodeReader(compilation, cancellation).CheckClass(compilation.GetTypeByMetadataName("P")!).Select(Described));
    }

    [Fact]
    public void The_analyzer_says_it()
    {
        string source = PlanReading.Records + PlanReading.Pipeline(Mapped, members: "static long Score(int n) => n * DateTime.UtcNow.Year;");
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        Diagnostic one = Assert.Single(compiled.Diagnostics, one => one.Id == "TYPED4002");
        Assert.Equal(DiagnosticSeverity.Warning, one.Severity);
        Assert.Equal(
            "'Score' reads 'DateTime.UtcNow', so a batch that is run again after a failure would write other rows. "
            + "Take the time of the row, or the clock of the batch: Batch.Now in a lambda, ctx.Now in a processor.",
            one.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("{ var large = rows.Where(p => p.Quantity > 3); return rows.Select(p => new Result(p.UserId, 1)); }", "TYPED6016 large")]
    [InlineData("{ var a = rows.Where(p => p.Quantity > 3); var b = a.Take(3); return rows.Select(p => new Result(p.UserId, 1)); }", "TYPED6016 a", "TYPED6016 b")]
    [InlineData("{ var byUser = rows.GroupBy(p => p.UserId); return rows.Select(p => new Result(p.UserId, 1)); }", "TYPED6016 byUser")]
    [InlineData("{ var large = rows.Where(p => p.Quantity > 3); return large.Select(p => new Result(p.UserId, 1)); }")]
    [InlineData("{ string delay = \"1 minute\"; return rows.Select(p => new Result(p.UserId, 1)); }")]
    public void A_stream_that_nobody_reads(string body, params string[] expected) => Assert.Equal(expected, PlanReading.Found(body));

    private static string[] Behind(string body, string members, string mode = "Append")
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(PlanReading.Records + PlanReading.Pipeline(body, mode: mode, members: members));
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ParsedPipeline parsed = PipelineParser.Parse(compilation.GetTypeByMetadataName("Query")!, compilation, cancellation);
        return [.. new CodeReader(compilation, cancellation).Check(parsed.Calls).Select(Described)];
    }

    private static string Described(LocatedFinding finding) => $"{PlanReading.Place(finding)}: {finding.Arguments[0]} | {finding.Arguments[1]}";
}
