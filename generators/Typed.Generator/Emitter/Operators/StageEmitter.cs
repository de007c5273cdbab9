using Typed.Generator.Emitter.Expressions;
using Typed.Generator.Emitter.Text;
using Typed.Generator.Planner;
using Typed.Plan;
using Typed.PlanFiles;

namespace Typed.Generator.Emitter.Operators;

/// <summary>
/// Writes the class of a stage: a method that selects the rows which pass the filters, and one that shares, gathers or computes the
/// columns for them.
/// </summary>
internal static class StageEmitter
{
    private const string Operators = "global::Typed.Operators.";
    private const string Batch = "global::Typed.Columns.ColumnBatch";
    private const string Parameters = "parameters";

    /// <summary>What the stage does and how, a line for each expression.</summary>
    public static IEnumerable<StepSheet> Describe(StageOp stage) => StageText.Of(stage, (value, step) =>
    {
        bool isFilter = stage.Filters.Contains(value);
        return ColumnText(value) is not null && !isFilter
            ? step with { Tier = "shared or gathered", Why = "it is a column of a record: nothing is computed" }
            : step with { Tier = ExpressionTiers.Name(value), Calls = ExpressionTiers.Reason(value), Why = ExpressionTiers.Why(value, isFilter) };
    });

    public static string Construct(StageOp op) => $"new {OperatorNames.Type(op)}({(UsesParameters(op) ? Parameters : "")})";

    public static void EmitType(StageOp op, PhysicalPlan plan, SourceWriter writer)
    {
        MemberNames members = new();
        writer.Line();
        foreach (string line in SummaryLines(op))
            writer.Line("/// " + line);
        string parameters = UsesParameters(op) ? $"{plan.Pipeline.FullName} {Parameters}" : "";
        string tracks = op.TracksOrigin ? "true" : "false";
        using (writer.Block($"private sealed class {OperatorNames.Type(op)}({parameters}) : {Operators}StageOperator({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, tracksOrigin: {tracks})"))
        {
            if (op.Filters.Count > 0)
                EmitSelect(op, members, writer);
            EmitCompute(op, members, writer);
            members.Emit(writer);
        }
    }

    private static void EmitSelect(StageOp op, MemberNames members, SourceWriter writer)
    {
        ExpressionWriter expressions = NewWriter(members, "selection", "count", "length", "candidate", "candidates");
        expressions.Input(0, "input", "i");
        VectorComparison[] kernel = [.. op.Filters.Select(VectorPredicate.TryRead).Where(found => found is not null).SelectMany(found => found!.Comparisons)];

        // A comparison of the kernel cannot fail, so it may be done before the filters that stand in front of it.
        ExprSpec[] rest = [.. op.Filters.Where(filter => VectorPredicate.TryRead(filter) is null)];
        using (writer.Block($"protected override int Select({Batch} input, {Operators}SelectedRows selection)"))
        {
            expressions.Prepare(writer, [.. rest, .. kernel.Select(comparison => comparison.Value)]);
            if (kernel.Length > 0)
            {
                string selected = $"{Operators}FilterKernel.Select({Test(kernel, kernel.Length - 1, expressions)}, input.Length, selection)";
                writer.Line("// " + string.Join(" && ", op.Filters.Where(filter => VectorPredicate.TryRead(filter) is not null).Select(filter => ExprText.Of(filter))));
                writer.Line(rest.Length == 0 ? $"return {selected};" : $"int candidates = {selected};");
            }
            else
            {
                writer.Line("int candidates = input.Length;");
            }

            if (rest.Length > 0)
                EmitScalarSelect(rest, kernel.Length > 0, expressions, writer);
        }

        writer.Line();
    }

    private static void EmitScalarSelect(IReadOnlyList<ExprSpec> filters, bool selected, ExpressionWriter expressions, SourceWriter writer)
    {
        writer.Line("int count = 0;");
        string variable = selected ? "candidate" : "i";
        using (writer.Block($"for (int {variable} = 0; {variable} < candidates; {variable}++)"))
        {
            if (selected)
                writer.Line("int i = selection.At(candidate);");
            expressions.BeginRow();
            writer.Line("// The number is written before it is known whether it counts: a branch that is hard to foresee costs more.");
            writer.Line("selection.Set(count, i);");
            EmitConditions(filters, expressions, writer);
        }

        writer.Line().Line("return count;");
    }

    /// <summary>The test of the first comparisons up to one of them, as C#.</summary>
    private static string Test(VectorComparison[] comparisons, int last, ExpressionWriter expressions)
    {
        VectorComparison comparison = comparisons[last];
        string test = $"new {Operators}ColumnTest<{comparison.Column.Type.CSharp}, {Operators}Compare.{comparison.Kernel}>"
            + $"(input[{comparison.Column.Ordinal}], {expressions.Write(comparison.Value)})";
        return last == 0 ? test : $"{Operators}FilterKernel.Both({Test(comparisons, last - 1, expressions)}, {test})";
    }

    /// <summary>Filters one after the other, as they are written; those that cost little and cannot fail are looked at all at once.</summary>
    private static void EmitConditions(IReadOnlyList<ExprSpec> filters, ExpressionWriter expressions, SourceWriter writer)
    {
        bool together = filters.All(filter => Predicates.IsCheap(filter) && !Predicates.CanThrow(filter));
        string[] conditions = [.. filters.Select(expressions.Write)];
        if (conditions.Length == 1)
        {
            writer.Line($"count += {conditions[0]} ? 1 : 0;");
            return;
        }

        for (int i = 0; i < conditions.Length; i++)
        {
            string start = i == 0 ? "bool passes = " : together ? "    & " : "    && ";
            writer.Line(start + "(" + conditions[i] + ")" + (i == conditions.Length - 1 ? ";" : ""));
        }

        writer.Line("count += passes ? 1 : 0;");
    }

    private static void EmitCompute(StageOp op, MemberNames members, SourceWriter writer)
    {
        int[] computed = [.. Enumerable.Range(0, op.Values.Count).Where(i => PlainColumn(op, i) is null)];
        using (writer.Block($"protected override void Compute({Batch} input, {Operators}SelectedRows rows, {Batch} output)"))
        {
            for (int i = 0; i < op.Values.Count; i++)
            {
                if (PlainColumn(op, i) is { } column)
                    writer.Line($"Pass({column}, rows, output, {i}); // {op.Output.Columns[i].Name}");
            }

            if (computed.Length > 0 && op.Filters.Count > 0)
            {
                writer.Line("if (rows.IsAll)").Line($"    ComputeRows(input, default({Operators}AllRows), rows.Count, output);");
                writer.Line("else").Line("    ComputeRows(input, rows, rows.Count, output);");
            }
            else if (computed.Length > 0)
            {
                writer.Line($"ComputeRows(input, default({Operators}AllRows), rows.Count, output);");
            }
        }

        if (computed.Length > 0)
            EmitComputeRows(op, computed, members, writer);
    }

    private static void EmitComputeRows(StageOp op, int[] computed, MemberNames members, SourceWriter writer)
    {
        ExpressionWriter expressions = NewWriter(members, "rows", "count", "row");
        expressions.Input(0, "input", "i");
        writer.Line();
        writer.Line("private void ComputeRows<TRows>(" + Batch + " input, TRows rows, int count, " + Batch + " output)");
        using (writer.Block($"    where TRows : struct, {Operators}IRowOrder"))
        {
            expressions.Prepare(writer, computed.Select(i => op.Values[i]));
            foreach (int i in computed)
                expressions.Output(writer, "output", i, op.Output.Columns[i].Name, op.Output.Columns[i].Type, "count");
            using (writer.Block("for (int row = 0; row < count; row++)"))
            {
                writer.Line("int i = rows.At(row);");
                expressions.BeginRow();
                foreach (int i in computed)
                {
                    writer.Line($"// {op.Output.Columns[i].Name} = {ExprText.Of(op.Values[i])} [{TierText(op.Values[i])}]");
                    expressions.Store(writer, i, op.Values[i], "row");
                }
            }

            writer.Line();
            expressions.Finish(writer, "count");
        }
    }

    private static ExpressionWriter NewWriter(MemberNames members, params string[] locals) =>
        new(new ExpressionEnvironment { Parameters = Parameters }, members, [.. locals, "input", "output", "i", Parameters]);

    /// <summary>The column that a value passes on unchanged, as C#; null if it has to be computed.</summary>
    private static string? PlainColumn(StageOp op, int ordinal)
    {
        ExprSpec value = op.Values[ordinal];
        return StageFusion.SameStorage(value.Type, op.Output.Columns[ordinal].Type) ? ColumnText(value) : null;
    }

    /// <summary>A column, or a column inside of one of records that are all there.</summary>
    private static string? ColumnText(ExprSpec value) => value switch
    {
        ColumnExpr column => $"input[{column.Ordinal}]",
        MemberExpr { Target: { Type: { Nullable: false, Members.Count: > 0 } record } target } member
            when Field(record, member.Name) is >= 0 and int field && ColumnText(target) is { } outer =>
                $"((global::Typed.Columns.StructColumn){outer}).Children[{field}]",
        _ => null,
    };

    private static int Field(TypeSpec record, string name)
    {
        for (int i = 0; i < record.Members.Count; i++)
        {
            if (record.Members[i].Name == name)
                return i;
        }

        return -1;
    }

    private static bool UsesParameters(StageOp op) => op.Filters.Concat(op.Values).Any(expr => expr.Nodes().Any(node => node is ParameterExpr));

    private static string TierText(ExprSpec expr) => ExpressionTiers.Name(expr) + (ExpressionTiers.Reason(expr) is { Length: > 0 } calls ? ": " + calls : "");

    private static IEnumerable<string> SummaryLines(StageOp op)
    {
        string[] lines = [.. Describe(op).Select(step => TextPlan.Step(step).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;"))];
        return lines.Length == 0 ? ["<summary>Passes columns on.</summary>"]
            : lines.Length == 1 ? [$"<summary>{lines[0]}</summary>"]
            : ["<summary>", .. lines.Select((line, i) => line + (i == lines.Length - 1 ? "" : "<br/>")), "</summary>"];
    }
}
