using Typed.Generator.Emitter.Expressions;
using Typed.Generator.Emitter.Text;
using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

/// <summary>
/// Writes what a join with a table needs besides its kernel: the stage of the table's own rows, and a struct that reads the keys of
/// both sides and tests pairs.
/// </summary>
internal static class TableJoinEmitter
{
    private const string Operators = "global::Typed.Operators.";
    private const string Batch = "global::Typed.Columns.ColumnBatch";
    private const string Parameters = "parameters";

    public static void EmitType(TableJoinOp op, PhysicalPlan plan, SourceWriter writer)
    {
        StageEmitter.EmitType(op.TableStage, plan, writer);
        JoinKeyType keys = Keys(op, plan);
        MemberNames members = new();
        bool usesParameters = UsesParameters(op);
        string parameters = usesParameters ? $"({plan.Pipeline.FullName} {Parameters})" : "";
        writer.Line();
        writer.Line($"/// <summary>How rows of {op.TableStage.Name} are found.</summary>");
        using (writer.Block($"private struct {OperatorNames.Type(op)}{parameters} : {Operators}ITableJoin<{keys.TypeName}>"))
        {
            keys.EmitType(writer);
            writer.Line($"public static bool HasResidual => {(op.Residual is null ? "false" : "true")};").Line();
            keys.EmitMethods(writer);
            keys.EmitReadLeft("ReadStreamKeys", "stream", writer);
            keys.EmitReadRight("ReadTableKeys", "table", writer);
            EmitKeep(op, members, writer);
            members.Emit(writer);
        }
    }

    public static string Construct(TableJoinOp op, PhysicalPlan plan)
    {
        JoinKeyType keys = Keys(op, plan);
        string type = OperatorNames.Type(op);
        return $"new {Operators}TableJoinOperator<{keys.TypeName}, {type}>({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, "
            + $"{Operators}TableJoinMode.{op.Kind}, new {type}({(UsesParameters(op) ? Parameters : "")}), table{op.Table}, {StageEmitter.Construct(op.TableStage)}, "
            + $"streamColumns: {Ordinals(op.LeftColumns)}, tableColumns: {Ordinals(op.RightColumns)}, "
            + $"readsBatch: {Word(ReadsBatch(op.TableStage))}, tracksOrigin: {Word(op.TracksOrigin)})";
    }

    private static JoinKeyType Keys(TableJoinOp op, PhysicalPlan plan) =>
        new(OperatorNames.Type(op), op.Keys, plan.Operators[op.Inputs[0]].Output, op.TableStage.Output);

    private static void EmitKeep(TableJoinOp op, MemberNames members, SourceWriter writer)
    {
        using (writer.Block($"public readonly int Keep({Batch} stream, {Batch} table, {Operators}BatchContext context, {Operators}JoinPairs pairs)"))
        {
            if (op.Residual is not { } residual)
            {
                writer.Line("return pairs.Count;");
                return;
            }

            ExpressionEnvironment environment = new() { Context = "context", Scratch = "context.Scratch", Parameters = Parameters };
            ExpressionWriter expressions = new(environment, members, "stream", "table", "context", "pairs", "pair", "count", "i", "j", Parameters);
            expressions.Input(0, "stream", "i", "stream");
            expressions.Input(1, "table", "j", "table");
            expressions.Prepare(writer, [residual]);
            writer.Line($"// {ExprText.Of(residual)}");
            writer.Line("int count = 0;");
            using (writer.Block("for (int pair = 0; pair < pairs.Count; pair++)"))
            {
                writer.Line("int i = pairs.Left(pair);").Line("int j = pairs.Right(pair);");
                expressions.BeginRow();
                writer.Line("pairs.Move(count, pair);");
                writer.Line($"count += {expressions.Write(residual)} ? 1 : 0;");
            }

            writer.Line().Line("return count;");
        }
    }

    private static bool UsesParameters(TableJoinOp op) => op.Residual is { } residual && residual.Nodes().Any(node => node is ParameterExpr);

    // A table that is filtered or computed by the clock is another one in each batch.
    private static bool ReadsBatch(StageOp stage) => stage.Filters.Concat(stage.Values).Any(expr => expr.Nodes().Any(node => node is BatchExpr));

    private static string Ordinals(EquatableArray<int> ordinals) =>
        ordinals.Count == 0 ? "global::System.Array.Empty<int>()" : $"new int[] {{ {string.Join(", ", ordinals)} }}";

    private static string Word(bool value) => value ? "true" : "false";
}
