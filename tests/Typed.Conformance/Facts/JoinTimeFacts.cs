extern alias generator;

using System.Text.Json;
using generator::Typed.Generator.Planner;
using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Typed.Conformance.Cases;
using Typed.Conformance.Compilation;
using Typed.Conformance.Plans;
using Typed.Conformance.Running;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Facts;

/// <summary>What follows from the time conditions of a join: the state watermark of a side, the watermark behind the join. The condition is written as C# and planned.</summary>
internal static class JoinTimeFacts
{
    public static void Check(ConformanceCase one)
    {
        StreamJoinOp join = Plan(one);
        foreach (JsonElement step in one.Steps)
        {
            if (step.Has("expect_state_watermark_ms"))
            {
                JoinSideSpec side = one.Query.Text("find_for")!.StartsWith("left", StringComparison.Ordinal) ? join.Left : join.Right;
                long watermark = one.Query.Number("other_side_watermark_ms") ?? throw new CaseException("there is no watermark");
                Expect(step.Number("expect_state_watermark_ms"), watermark - side.StateDelayMillis);
            }
            else if (step.Number("expect_output_watermark_ms") is long expected)
            {
                long input = one.Query.Number("input_watermark_ms") ?? throw new CaseException("there is no watermark");
                Expect(expected, new[] { input, input - join.Left.StateDelayMillis, input - join.Right.StateDelayMillis }.Min());
            }
            else
            {
                throw new CaseException($"the step {step.GetRawText()} is not known");
            }
        }
    }

    private static StreamJoinOp Plan(ConformanceCase one)
    {
        string conditions = (one.Query.Get("time_conditions") ?? one.Query.GetProperty("join_time_conditions")).GetRawText();
        using JsonDocument query = JsonDocument.Parse($$"""
            {
              "sources": {
                "left": { "columns": [["lk", "int"], ["lt", "timestamp_ms"]] },
                "right": { "columns": [["rk", "int"], ["rt", "timestamp_ms"]] }
              },
              "plan": {
                "op": "join", "type": "inner", "on": [["lk", "rk"]], "time_conditions": {{conditions}},
                "left": { "op": "watermark", "input": { "op": "source", "name": "left" }, "column": "lt", "delay_ms": 0 },
                "right": { "op": "watermark", "input": { "op": "source", "name": "right" }, "column": "rt", "delay_ms": 0 }
              }
            }
            """);
        WrittenPlan plan = PlanWriter.Write(query.RootElement);
        Microsoft.CodeAnalysis.Compilation compilation = CompiledCases.Compilation(CaseSource.Write(one, plan, "Append"));
        INamedTypeSymbol pipeline = compilation.GetTypeByMetadataName(CaseSource.Namespace(one.Number) + ".Query") ?? throw new CaseException("the pipeline was not compiled");
        PipelineSpec spec = PipelineParser.Parse(pipeline, compilation, CancellationToken.None).Spec ?? throw new CaseException("the pipeline cannot be read");
        return PlanBuilder.Build(spec).Operators.OfType<StreamJoinOp>().Single();
    }

    private static void Expect(long? expected, long? seen)
    {
        if (expected != seen)
            throw new MismatchException($"expected the watermark {expected?.ToString(null, null) ?? "none"}\n    seen         {seen?.ToString(null, null) ?? "none"}");
    }
}
