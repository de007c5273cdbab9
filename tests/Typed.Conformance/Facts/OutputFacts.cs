using Microsoft.CodeAnalysis;
using Typed.Conformance.Cases;
using Typed.Conformance.Compilation;
using Typed.Conformance.Running;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Facts;

/// <summary>Rules on the graph of the outputs of a pipeline, which a case only names: a pipeline that breaks each, which the build has to refuse by that rule.</summary>
internal static class OutputFacts
{
    private static readonly Dictionary<string, string> Broken = new()
    {
        ["pipeline-cycle"] = "[Output] public static Stream<Row> A(Stream<Row> b) => b; [Output] public static Stream<Row> B(Stream<Row> a) => a;",
        ["pipeline-duplicate-identifier"] = "[Output] public static Stream<Row> A(Stream<Row> rows) => rows; [Output] public static Stream<Row> a(Stream<Row> rows) => rows;",
        ["pipeline-dataset-without-flow"] = "[Output] public static int A(Stream<Row> rows) => 1;",
        ["pipeline-empty"] = "",
        ["pipeline-schema-mismatch"] = "[Output] public static Stream<Row> A(Stream<Row> rows) => rows; [Output] public static Stream<Other> B(Stream<Other> a) => a;",
    };

    public static bool Knows(string? rule) => rule is not null && Broken.ContainsKey(rule);

    public static void Check(ConformanceCase one)
    {
        string rule = one.ExpectedError ?? throw new CaseException("there is no rule");
        string source =
            $$"""
            using Typed;

            namespace {{CaseSource.Namespace(one.Number)}}
            {
                [StreamRecord]
                public readonly partial record struct Row(int V);

                [StreamRecord]
                public readonly partial record struct Other(string V);

                [Pipeline(OutputMode.Append)]
                public sealed partial class Query
                {
                    {{Broken[rule]}}
                }
            }
            """;
        IReadOnlyList<Diagnostic> errors = CompiledCases.Compile(new Dictionary<int, string> { [one.Number] = source }, load: false).Errors(one.Number);
        if (!errors.Any(error => error.Descriptor.CustomTags.Contains("conformance:" + rule)))
            throw new MismatchException($"expected a refusal by rule '{rule}'\n    seen     {string.Join("; ", errors)}");
    }
}
