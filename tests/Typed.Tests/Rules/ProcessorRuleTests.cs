extern alias generator;

using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Tests.Compilation;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>The rules on custom state: what triggers each one, at which place, and near misses that must not.</summary>
public class ProcessorRuleTests
{
    private const string Marked = "rows.WithWatermark(p => p.Time, \"10 minutes\")";
    private const string Keyed = ".GroupBy(p => p.UserId).Process(new P(), \"one\")";
    private const string Again = ".GroupBy(r => r.Key).Process(new Q(), \"two\")";

    private const string Clears = "ctx.Clear();";

    [Theory]
    [InlineData("", "", "[State] long _n;", Clears)]
    [InlineData("public sealed class P : KeyedProcessor<string, Purchase, Result>", "", "[State] long _n;", Clears, "TYPED0070 P")]
    [InlineData("public sealed partial class P<T> : KeyedProcessor<string, Purchase, Result>", "", "[State] long _n;", Clears, "TYPED0070 P")]
    [InlineData("public abstract class B : KeyedProcessor<string, Purchase, Result>; public sealed partial class P : B", "", "[State] long _n;", Clears, "TYPED0070 P")]
    [InlineData("public sealed partial class P : KeyedProcessor<string, System.Uri, Result>", "", "", "", "TYPED0070 P")]
    [InlineData("", "", "[State] List<string> _n;", Clears, "TYPED0072 _n")]
    [InlineData("", "", "[State] ListState<string> _n;", Clears)]
    [InlineData("", "", "[State] string _n;", Clears, "TYPED0072 _n")]
    [InlineData("", "", "[State] string? _n;", Clears)]
    [InlineData("", "", "[State] Result _n;", Clears, "TYPED0072 _n")]
    [InlineData("", "", "[State] ValueState<Result> _n;", Clears)]
    [InlineData("", "", "[State] ValueState<Purchase> _n;", Clears, "TYPED0072 _n")]
    [InlineData("", "", "[State] System.Uri? _n;", Clears, "TYPED0072 _n")]
    [InlineData("", "", "[State] static long _n;", Clears, "TYPED0073 _n")]
    [InlineData("", "", "[State] readonly long _n;", Clears, "TYPED0073 _n")]
    [InlineData("", "", "[field: State] public long N { get; set; }", Clears, "TYPED0073 N")]
    [InlineData("", "", "[State] long _n = 3;", Clears, "TYPED0073 _n")]
    [InlineData("", "", "[State, Id(1)] long _n; [State, Id(2)] long _m;", Clears)]
    [InlineData("", "", "[State, Id(1)] long _n; [State, Id(1)] long _m;", Clears, "TYPED0073 _m")]
    [InlineData("", "", "[State, Id(0)] long _n;", Clears, "TYPED0073 _n")]
    [InlineData("", "", "[State] long _n; [Migration(nameof(_n))] static long Of(string stored) => stored.Length;", Clears)]
    [InlineData("", "", "[State] string? _n; [Migration(nameof(_n))] static string Of(long stored) => \"\"; [Migration(nameof(_n))] static string OfInt(int stored) => \"\";", Clears)]
    [InlineData("", "", "[State] long _n; [Migration(\"_m\")] static long Of(string stored) => 1;", Clears, "TYPED0075 Of")]
    [InlineData("", "", "[State] long _n; [Migration(nameof(_n))] long Of(string stored) => 1;", Clears, "TYPED0075 Of")]
    [InlineData("", "", "[State] long _n; [Migration(nameof(_n))] static long Of(string? stored) => 1;", Clears, "TYPED0075 Of")]
    [InlineData("", "", "[State] long _n; [Migration(nameof(_n))] static int Of(string stored) => 1;", Clears, "TYPED0075 Of")]
    [InlineData("", "", "[State] long _n; [Migration(nameof(_n))] static long? Of(string stored) => 1;", Clears, "TYPED0075 Of")]
    [InlineData("", "", "[State] long _n; [Migration(nameof(_n))] static long Of(string a, string b) => 1;", Clears, "TYPED0075 Of")]
    [InlineData("", "", "[State] long _n; [Migration(nameof(_n))] static long Of(System.Uri a) => 1;", Clears, "TYPED0075 Of")]
    [InlineData("", "", "[State] long _n; [Migration(nameof(_n))] static long Of(int a) => 1; [Migration(nameof(_n))] static long Or(int a) => 1;", Clears, "TYPED0075 Or")]
    [InlineData("", "[Processor(Time = TimeMode.ProcessingTime)]", "[State(Ttl = \"1 hour\")] long _n;", Clears, "TYPED0073 \"1 hour\"")]
    [InlineData("", "", "long _n;", "", "TYPED0074 _n")]
    [InlineData("", "", "readonly long _n = 1; static long s_n; public long N { get; init; } const long M = 1;", "")]
    [InlineData("", "", "public long N { get; set; }", "", "TYPED0074 N")]
    [InlineData("", "[Processor(Time = TimeMode.EventTime)]", "[State(Ttl = \"1 hour\")] ValueState<long> _n;", Clears, "TYPED2091 \"1 hour\"")]
    [InlineData("", "", "[State(Ttl = \"1 hour\")] ValueState<long> _n;", Clears, "TYPED2091 \"1 hour\"")]
    [InlineData("", "[Processor(Time = TimeMode.ProcessingTime)]", "[State(Ttl = \"1 hour\")] ValueState<long> _n;", "")]
    [InlineData("", "[Processor(Time = TimeMode.ProcessingTime)]", "[State(Ttl = \"0 hours\")] ValueState<long> _n;", Clears, "TYPED2092 \"0 hours\"")]
    [InlineData("", "[Processor(Time = TimeMode.ProcessingTime)]", "[State(Ttl = \"-1 ms\")] MapState<string, long> _n;", Clears, "TYPED2092 \"-1 ms\"")]
    [InlineData("", "[Processor(Time = TimeMode.ProcessingTime)]", "[State(Ttl = \"1 month\")] ListState<string> _n;", Clears, "TYPED2092 \"1 month\"")]
    [InlineData("", "[Processor(OutputEventTime = \"Nope\")]", "", "", "TYPED2094 \"Nope\"")]
    [InlineData("", "[Processor(OutputEventTime = nameof(Result.Key))]", "", "", "TYPED2094 nameof(Result.Key)")]
    [InlineData("", "", "[State] long _n;", "_n++;", "TYPED2098 P")]
    [InlineData("", "", "[State] string? _n;", "_n = null;")]
    [InlineData("", "", "[State] MapState<string, long> _n;", "_n.Remove(\"\");")]
    [InlineData("", "", "", "ctx.TimerAt(ctx.Now);", "TYPED2099 TimerAt")]
    [InlineData("", "", "", "_ = ctx.Timers.Count;", "TYPED2099 Timers")]
    [InlineData("", "", "public override void OnTimer(DateTimeOffset time, Context<string, Result> ctx) { }", "", "TYPED2099 OnTimer")]
    [InlineData("", "[Processor(Time = TimeMode.ProcessingTime)]", "public override void OnTimer(DateTimeOffset time, Context<string, Result> ctx) { }", "ctx.TimerAt(ctx.Now);")]
    public void Each_rule_on_a_keyed_processor_points_at_its_cause(string header, string attribute, string members, string body, params string[] expected)
    {
        string declared = header.Length > 0 ? header : "public sealed partial class P : KeyedProcessor<string, Purchase, Result>";
        string input = declared.Contains("Uri") ? "System.Uri" : "Purchase";
        Assert.Equal(expected, InClass($$"""
            {{attribute}} {{declared}}
            {
                {{members}}
                public override void OnRows(Rows<{{input}}> rows, Context<string, Result> ctx) { {{body}} }
            }
            """));
    }

    [Theory]
    [InlineData("", "ctx.TimeoutAfter(\"1 hour\");", "TYPED2095 TimeoutAfter")]
    [InlineData("[GroupProcessor(Timeout = TimeMode.EventTime)]", "ctx.TimeoutAfter(\"1 hour\");", "TYPED2095 TimeoutAfter")]
    [InlineData("[GroupProcessor(Timeout = TimeMode.ProcessingTime)]", "ctx.TimeoutAt(ctx.Now);", "TYPED2095 TimeoutAt")]
    [InlineData("[GroupProcessor(Timeout = TimeMode.EventTime)]", "ctx.TimeoutAt(ctx.Watermark);")]
    [InlineData("[GroupProcessor(Timeout = TimeMode.ProcessingTime)]", "ctx.TimeoutAfter(\"1 hour\");")]
    [InlineData("[GroupProcessor(Output = OutputMode.Complete)]", "ctx.Clear();", "TYPED2083 OutputMode.Complete")]
    [InlineData("[GroupProcessor(Output = OutputMode.Update)]", "ctx.Clear();")]
    public void Each_rule_on_a_group_processor_points_at_its_cause(string attribute, string body, params string[] expected) =>
        Assert.Equal(expected, InClass($$"""
            {{attribute}} public sealed partial class P : GroupProcessor<string, Purchase, Result>
            {
                [State] long _n;
                public override void OnRows(Rows<Purchase> rows, GroupContext<string, Result> ctx) { _n++; {{body}} }
            }
            """));

    // Semantics 3, the table; 9, 10, 20. The first processor is P, a second one Q.
    [Theory]
    [InlineData("rows" + Keyed, "Append", "KeyedProcessor", "", "", "")]
    [InlineData("rows" + Keyed, "Update", "KeyedProcessor", "", "", "")]
    [InlineData("rows" + Keyed, "Complete", "KeyedProcessor", "", "", "", "TYPED2017 OutputMode.Complete")]
    [InlineData("rows.GroupBy(p => p.UserId).Process(Made, \"one\")", "Append", "KeyedProcessor", "", "", "", "TYPED0071 Made")]
    [InlineData("rows.GroupBy(p => p.UserId).Process(new P { Limit = 3, Name = \"x\" }, \"one\")", "Append", "KeyedProcessor", "", "", "")]
    [InlineData("rows.GroupBy(p => p.UserId).Process(new P { Name = \"x\" + Batch.Id }, \"one\")", "Append", "KeyedProcessor", "", "", "", "TYPED0071 \"x\" + Batch.Id")]
    [InlineData("rows" + Keyed, "Append", "GroupProcessor", "OneRowPerCall = true", "", "", "TYPED2080 new P()")]
    [InlineData("rows" + Keyed, "Update", "GroupProcessor", "OneRowPerCall = true", "", "")]
    [InlineData("rows" + Keyed, "Append", "GroupProcessor", "Output = OutputMode.Update", "", "", "TYPED2081 new P()")]
    [InlineData("rows" + Keyed, "Update", "GroupProcessor", "Output = OutputMode.Update", "", "")]
    [InlineData("rows" + Keyed, "Update", "GroupProcessor", "", "", "", "TYPED2082 new P()")]
    [InlineData("rows" + Keyed, "Append", "GroupProcessor", "", "", "")]
    [InlineData("rows" + Keyed + ".GroupBy(r => r.Key).Select(g => new Result(g.Key, g.Count()))", "Complete", "GroupProcessor", "", "", "")]
    [InlineData("rows" + Keyed + ".GroupBy(r => r.Key).Select(g => new Result(g.Key, g.Count()))", "Complete", "GroupProcessor", "Output = OutputMode.Update", "", "", "TYPED2084 new P()")]
    [InlineData("rows" + Keyed + Again, "Update", "GroupProcessor", "OneRowPerCall = true", "GroupProcessor", "OneRowPerCall = true", "TYPED2085 new Q()")]
    [InlineData("rows" + Keyed + Again, "Update", "GroupProcessor", "OneRowPerCall = true", "GroupProcessor", "Output = OutputMode.Update", "TYPED2086 new Q()")]
    [InlineData("rows" + Keyed + Again, "Update", "GroupProcessor", "Output = OutputMode.Update", "GroupProcessor", "Output = OutputMode.Update", "TYPED2087 new Q()")]
    [InlineData("rows" + Keyed + Again, "Append", "GroupProcessor", "", "GroupProcessor", "")]
    [InlineData("rows" + Keyed + Again, "Update", "GroupProcessor", "OneRowPerCall = true", "KeyedProcessor", "")]
    [InlineData("rows" + Keyed, "Append", "GroupProcessor", "Timeout = TimeMode.EventTime", "", "", "TYPED2088 new P()")]
    [InlineData(Marked + Keyed, "Append", "GroupProcessor", "Timeout = TimeMode.EventTime", "", "")]
    [InlineData("rows" + Keyed, "Append", "KeyedProcessor", "Time = TimeMode.EventTime", "", "", "TYPED2089 new P()")]
    [InlineData(Marked + Keyed, "Append", "KeyedProcessor", "Time = TimeMode.EventTime", "", "")]
    [InlineData(Marked + Keyed + Again, "Append", "GroupProcessor", "Timeout = TimeMode.EventTime", "KeyedProcessor", "", "TYPED2090 new P()")]
    [InlineData(Marked + Keyed + Again, "Append", "GroupProcessor", "Timeout = TimeMode.ProcessingTime", "KeyedProcessor", "")]
    [InlineData(Marked + Keyed + ".Take(3)", "Append", "GroupProcessor", "Timeout = TimeMode.EventTime", "", "")]
    [InlineData("rows.GroupBy(p => p.UserId).Process(new Timed(), \"one\").Select(t => new Result(t.Key, 1))", "Append", "KeyedProcessor", "", "", "", "TYPED2093 new Timed()")]
    [InlineData(Marked + ".GroupBy(p => p.UserId).Process(new Timed(), \"one\").GroupBy(t => t.Key, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.Count()))", "Append", "KeyedProcessor", "", "", "")]
    [InlineData("rows.GroupBy(p => p.UserId).Process(new Watching(), \"one\")", "Append", "KeyedProcessor", "", "", "", "TYPED2096 new Watching()")]
    [InlineData(Marked + ".GroupBy(p => p.UserId).Process(new Watching(), \"one\")", "Append", "KeyedProcessor", "", "", "")]
    [InlineData("rows" + Keyed + ".GroupBy(r => r.Key).Process(new Q(), \"one\")", "Append", "KeyedProcessor", "", "KeyedProcessor", "", "TYPED2097 \"one\"")]
    [InlineData("rows" + Keyed + Again, "Append", "KeyedProcessor", "", "KeyedProcessor", "")]
    [InlineData(Marked + ".GroupBy(p => p.Time).Select(g => new Result(\"\", g.Count()))" + Again, "Append", "KeyedProcessor", "", "KeyedProcessor", "")]
    [InlineData(Marked + ".GroupBy(p => p.Time).Select(g => new Result(\"\", g.Count()))" + Again, "Update", "KeyedProcessor", "", "KeyedProcessor", "", "TYPED2018 Process")]

    // Semantics 2.1.10: a watermark may be declared anew where a processor has ended the one before.
    [InlineData(Marked + ".GroupBy(p => p.UserId).Process(new Timed(), \"one\").WithWatermark(t => t.Time, \"1 hour\").Select(t => new Result(t.Key, 1))", "Append", "KeyedProcessor", "", "", "", "TYPED1005 WithWatermark")]
    [InlineData(Marked + ".GroupBy(p => p.UserId).Process(new Clocked(), \"one\").WithWatermark(t => t.Time, \"1 hour\").Select(t => new Result(t.Key, 1))", "Append", "KeyedProcessor", "", "", "")]
    public void Each_rule_on_a_query_points_at_its_cause(string body, string mode, string kind, string attribute, string kind2, string attribute2, params string[] expected)
    {
        string source = PlanReading.Pipeline(body, mode: mode, members: "static P Made => new();")
            + Processor("P", kind, attribute, "Purchase")
            + Processor("Q", kind2.Length == 0 ? "KeyedProcessor" : kind2, attribute2, "Result")
            + """

            [StreamRecord] public readonly partial record struct TimedResult(string Key, DateTimeOffset Time);
            [Processor(OutputEventTime = "Time")] public sealed partial class Timed : KeyedProcessor<string, Purchase, TimedResult>
            { public override void OnRows(Rows<Purchase> rows, Context<string, TimedResult> ctx) { } }
            [Processor(Time = TimeMode.ProcessingTime)] public sealed partial class Clocked : KeyedProcessor<string, Purchase, TimedResult>
            { public override void OnRows(Rows<Purchase> rows, Context<string, TimedResult> ctx) { } }
            public sealed partial class Watching : KeyedProcessor<string, Purchase, Result>
            { public override void OnRows(Rows<Purchase> rows, Context<string, Result> ctx) => ctx.Emit(new(ctx.Key, ctx.Watermark.Year)); }
            """;
        Assert.Equal(expected, PlanReading.Read(source).AllFindings().Where(finding => finding.DiagnosticId != "TYPED6009").Select(PlanReading.Place));
    }

    private static string Processor(string name, string kind, string attribute, string input)
    {
        string mark = kind == "KeyedProcessor" ? "Processor" : "GroupProcessor";
        string context = kind == "KeyedProcessor" ? "Context" : "GroupContext";
        return $$"""

            [{{mark}}({{attribute}})] public sealed partial class {{name}} : {{kind}}<string, {{input}}, Result>
            {
                public long Limit { get; init; }
                public string? Name { get; init; }
                public override void OnRows(Rows<{{input}}> rows, {{context}}<string, Result> ctx) { }
            }
            """;
    }

    private static string[] InClass(string source)
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(PlanReading.Records + source);
        INamedTypeSymbol type = compilation.GetSymbolsWithName("P", SymbolFilter.Type, TestContext.Current.CancellationToken).OfType<INamedTypeSymbol>().Single();
        return [.. ProcessorParser.Parse(type, compilation, TestContext.Current.CancellationToken).Findings.Select(PlanReading.Place)];
    }
}
