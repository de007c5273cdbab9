using System.Globalization;
using System.Text;
using Typed.Conformance.Cases;
using Typed.Conformance.Plans;

namespace Typed.Conformance.Compilation;

/// <summary>A case as a file of C#: its records, the pipeline and a class through which the runner, which knows no record type, feeds and reads it.</summary>
internal static class CaseSource
{
    /// <summary>The start of the name of the namespace of each case; the number of the case follows.</summary>
    public const string NamespacePrefix = "TypedCase";

    /// <summary>Where the pipeline ends and the class begins that runs it.</summary>
    public const string ProgramDeclaration = "public sealed class Program : CaseProgram";

    /// <summary>The namespace, inside that of the case, of what is started in its place at a restart.</summary>
    public const string Changed = "Changed";

    private const string FaultClass =
        """

            internal static class Fault
            {
                public static bool IsNext { get; set; }

                public static void Strike()
                {
                    if (!IsNext)
                        return;
                    IsNext = false;
                    throw new InvalidOperationException("The case lets this call fail.");
                }
            }

        """;

    public static string Namespace(int number) => NamespacePrefix + number.ToString("D5", CultureInfo.InvariantCulture);

    /// <summary>Writes a case.</summary>
    /// <param name="one">The case.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="outputMode">Its output mode.</param>
    /// <param name="changed">What is started in its place at a restart, with its output mode; null if it stays as it is.</param>
    public static string Write(ConformanceCase one, WrittenPlan plan, string outputMode, (WrittenPlan Plan, string OutputMode)? changed = null)
    {
        StringBuilder text = new();
        text.Append("using System;\nusing System.Collections.Generic;\nusing System.Linq;\nusing Typed;\nusing Typed.Conformance.Running;\n\n");
        Pipeline(text, Namespace(one.Number), plan, outputMode);
        if (changed is { } then)
            Pipeline(text, Namespace(one.Number) + "." + Changed, then.Plan, then.OutputMode);
        return text.ToString();
    }

    private static void Pipeline(StringBuilder text, string space, WrittenPlan plan, string outputMode)
    {
        text.Append($"namespace {space}\n{{\n");
        text.Append(plan.Declarations);
        text.Append($"    [Pipeline(OutputMode.{outputMode})]\n    public sealed partial class Query\n    {{\n{plan.Define}    }}\n\n");
        text.Append(Program(plan));
        if (plan.HasProcessors)
            text.Append(FaultClass);
        text.Append("}\n");
    }

    private static string Program(WrittenPlan plan)
    {
        StringBuilder text = new();
        text.Append($"    {ProgramDeclaration}\n    {{\n");
        List<PlanInput> fed = [.. plan.Sources.Where(source => source.OnMalformed is null)];
        foreach (PlanInput source in fed)
            text.Append($"        private readonly FedSource<{source.Record}> {Field(source)} = new();\n");
        foreach (PlanInput table in plan.Tables)
            text.Append($"        private readonly MemoryTable<{table.Record}> {Field(table)} = new();\n");
        text.Append("        private MemorySink<Out> _sink = NewSink();\n\n");
        Switch(text, "Add(string source, object?[][] rows)", "source", fed, input => $"{Field(input)}.Add(Array.ConvertAll(rows, {Constructor(input)}))");
        Switch(text, "Set(string table, object?[][] rows)", "table", plan.Tables, input => $"{Field(input)}.Set(Array.ConvertAll(rows, {Constructor(input)}))");
        string bound = string.Join(", ", plan.Sources.Concat(plan.Tables).Select(Binding));
        text.Append($"        public override System.Threading.Tasks.Task<StreamingQuery> StartAsync(QueryOptions options) => Query.From({bound}).To(_sink).StartAsync(options);\n\n");
        text.Append("        public override void ClearSink() => _sink = NewSink();\n\n");
        string values = string.Join(", ", plan.Output.Select(column => "row." + column.Member));
        text.Append("        public override IReadOnlyList<WrittenBatch> Written() => [.. _sink.Batches.Select(batch => new WrittenBatch(batch.BatchId, [.. batch.Rows.Select(row => new object?[] { " + values + " })]))];\n\n");
        if (plan.HasProcessors)
            text.Append("        public override void FailNextCall() => Fault.IsNext = true;\n\n");
        text.Append("        private static MemorySink<Out> NewSink() => new() { SurvivesRestart = true };\n");
        text.Append("    }\n");
        return text.ToString();
    }

    private static void Switch(StringBuilder text, string signature, string on, IReadOnlyList<PlanInput> inputs, Func<PlanInput, string> call)
    {
        text.Append($"        public override void {signature}\n        {{\n            switch ({on})\n            {{\n");
        foreach (PlanInput input in inputs)
            text.Append($"                case \"{input.Name}\":\n                    {call(input)};\n                    break;\n");
        text.Append($"                default:\n                    throw new InvalidOperationException(\"There is no \" + {on});\n            }}\n        }}\n\n");
    }

    private static string Binding(PlanInput input) => input.OnMalformed is null
        ? Field(input)
        : $"JsonFiles.In<{input.Record}>(Folder, new JsonReadOptions {{ OnMalformed = OnMalformed.{input.OnMalformed} }})";

    private static string Field(PlanInput input) => "_" + input.Parameter.TrimStart('@');

    private static string Constructor(PlanInput input)
    {
        IEnumerable<string> values = input.Columns.Select((column, i) => $"({column.Type.CSharp})row[{i.ToString(CultureInfo.InvariantCulture)}]");
        return $"row => new {input.Record}({string.Join(", ", values)})";
    }
}
