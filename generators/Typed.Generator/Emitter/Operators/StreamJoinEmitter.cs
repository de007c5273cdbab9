using System.Globalization;
using Typed.Generator.Emitter.Expressions;
using Typed.Generator.Emitter.Text;
using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

/// <summary>Writes what a join of two streams needs besides its kernel: a struct that reads the keys of both sides and tests pairs.</summary>
internal static class StreamJoinEmitter
{
    private const string Operators = "global::Typed.Operators.";
    private const string Columns = "global::Typed.Columns.";
    private const string Parameters = "parameters";

    public static void EmitType(StreamJoinOp op, PhysicalPlan plan, SourceWriter writer)
    {
        JoinKeyType keys = Keys(op, plan);
        MemberNames members = new();
        string parameters = UsesParameters(op) ? $"({plan.Pipeline.FullName} {Parameters})" : "";
        writer.Line();
        writer.Line($"/// <summary>How rows of {op.Name} find each other.</summary>");
        using (writer.Block($"private struct {OperatorNames.Type(op)}{parameters} : {Operators}IStreamJoin<{keys.TypeName}>"))
        {
            keys.EmitType(writer);
            writer.Line($"public static bool HasResidual => {Word(op.Residual is not null)};").Line();
            writer.Line($"public static bool KeyHasText => {Word(keys.HasText)};").Line();
            keys.EmitMethods(writer);
            keys.EmitOwn(writer);
            keys.EmitStored(writer);
            keys.EmitReadLeft("ReadLeftKeys", "left", writer);
            keys.EmitReadRight("ReadRightKeys", "right", writer);
            EmitKeep(op, members, writer);
            members.Emit(writer);
        }
    }

    public static string Construct(StreamJoinOp op, PhysicalPlan plan)
    {
        string type = OperatorNames.Type(op);
        string join = $"new {type}({(UsesParameters(op) ? Parameters : "")})";
        string bounds = op.LeastDistanceMicros is null && op.GreatestDistanceMicros is null ? ""
            : $", leastDistance: {Number(op.LeastDistanceMicros)}, greatestDistance: {Number(op.GreatestDistanceMicros)}";
        return $"new {Operators}StreamJoinOperator<{Keys(op, plan).TypeName}, {type}>({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, "
            + $"{Operators}StreamJoinKind.{op.Kind}, {join}, "
            + $"{Side(op, op.Left, 0, plan)}, {Side(op, op.Right, 1, plan)}, {FieldTypeText.Literal(Condition(op))}{bounds})";
    }

    private static string Side(StreamJoinOp op, JoinSideSpec side, int input, PhysicalPlan plan)
    {
        List<string> members = [];
        if (side.TimeColumn >= 0)
            members.Add($"TimeColumn = {side.TimeColumn}");
        if (op.EvictionKey >= 0)
            members.Add($"EvictionColumn = {(input == 0 ? op.Keys[op.EvictionKey].Left : op.Keys[op.EvictionKey].Right)}");
        if (op.EvictionKey < 0 && side.StateDelayMillis is { } delay)
            members.Add($"StateDelayMillis = {Number(delay)}");
        if (op.EvictionKey < 0 && side.StateCapMillis is { } cap)
            members.Add($"StateCapMillis = {Number(cap)}");
        if (side.CanMatchColumn >= 0)
            members.Add($"CanMatchColumn = {side.CanMatchColumn}");
        string schema = OperatorNames.Schema(plan.Operators[op.Inputs[input]]);
        string more = members.Count == 0 ? "" : $" {{ {string.Join(", ", members)} }}";
        return $"new {Operators}JoinSide({schema}, {Ordinals(side.Columns)}, {Ordinals(Stored(op, side, input))}){more}";
    }

    /// <summary>The columns of a side that are kept.</summary>
    public static IReadOnlyCollection<int> Stored(StreamJoinOp op, JoinSideSpec side, int input)
    {
        SortedSet<int> stored = [.. side.Columns, .. op.Keys.Select(key => input == 0 ? key.Left : key.Right)];
        if (op.Residual is { } residual)
            stored.UnionWith(residual.Columns(input).Select(column => column.Ordinal));
        return stored;
    }

    /// <summary>As the operator says it at run time.</summary>
    public static string StateSchema(StreamJoinOp op, PhysicalPlan plan)
    {
        string Columns(JoinSideSpec side, int input) => string.Join(
            ", ", Stored(op, side, input).Select(ordinal => plan.Operators[op.Inputs[input]].Output.Columns[ordinal]).Select(column => $"{column.Name} {FieldTypeText.Words(column.Type)}"));
        return $"{op.Kind} join on {Condition(op)}; left {Columns(op.Left, 0)}; right {Columns(op.Right, 1)}";
    }

    private static void EmitKeep(StreamJoinOp op, MemberNames members, SourceWriter writer)
    {
        using (writer.Block($"public readonly int Keep({Columns}ColumnBatch left, {Columns}ColumnBatch right, {Operators}BatchContext context, {Operators}JoinPairs pairs)"))
        {
            if (op.Residual is not { } residual)
            {
                writer.Line("return pairs.Count;");
                return;
            }

            ExpressionEnvironment environment = new() { Context = "context", Scratch = "context.Scratch", Parameters = Parameters };
            ExpressionWriter expressions = new(environment, members, "left", "right", "context", "pairs", "pair", "count", "i", "j", Parameters);
            expressions.Input(0, "left", "i", "left");
            expressions.Input(1, "right", "j", "right");
            expressions.Prepare(writer, [residual]);
            writer.Line($"// {ExprText.Of(residual, "right")}");
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

    // Keys of a full outer join are compared as values: nulls of both sides match (semantics 6.1.3).
    public static JoinKeyType Keys(StreamJoinOp op, PhysicalPlan plan) => new(
        OperatorNames.Type(op),
        op.Keys.Select(key => key with { NullSafe = key.NullSafe || op.Kind == StreamJoinKind.FullOuter }).ToEquatable(),
        plan.Operators[op.Inputs[0]].Output,
        plan.Operators[op.Inputs[1]].Output) { IsStored = true };

    // Part of the schema of what is stored. In which order the parts of the condition are written makes no difference but for the keys, which are stored in theirs.
    private static string Condition(StreamJoinOp op) => string.Join(" and ", op.KeyTexts
        .Select((text, i) => text + (op.Keys[i].NullSafe ? " (null equals null)" : ""))
        .Concat((op.Residual?.Conjuncts() ?? []).Select(part => ExprText.ExactOver(part, "right")).OrderBy(text => text, StringComparer.Ordinal)));

    private static bool UsesParameters(StreamJoinOp op) => op.Residual is { } residual && residual.Nodes().Any(node => node is ParameterExpr);

    private static string Ordinals(IReadOnlyCollection<int> ordinals) =>
        ordinals.Count == 0 ? "global::System.Array.Empty<int>()" : $"new int[] {{ {string.Join(", ", ordinals)} }}";

    private static string Number(long? value) => value is { } number ? number.ToString(CultureInfo.InvariantCulture) + "L" : "null";

    private static string Word(bool value) => value ? "true" : "false";
}
