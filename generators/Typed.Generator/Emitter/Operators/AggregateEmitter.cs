using Typed.Generator.Emitter.Text;
using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

/// <summary>
/// Writes an aggregation: a struct that reads keys, updates accumulators and writes results, which the run-time kernels take as a type
/// argument; and the operator that is made with it.
/// </summary>
internal static class AggregateEmitter
{
    private const string Operators = AggregateColumn.Operators;
    private const string Columns = AggregateColumn.Columns;

    /// <summary>Writes the struct.</summary>
    public static void EmitType(AggregateOp op, PhysicalPlan plan, SourceWriter writer)
    {
        (AggregateState state, AggregateKeys keys) = Parts(op, plan);
        bool isTimed = IsTimed(op, plan);
        bool countsRows = CountsRows(op, plan);
        List<string> interfaces = [$"{Operators}IAggregation<{Nested(op, keys.TypeName)}, {OperatorNames.Type(op)}.Acc>"];
        if (isTimed)
            interfaces.Add($"{Operators}ITimedKey<{OperatorNames.Type(op)}.Key>");
        if (countsRows)
            interfaces.Add($"{Operators}ICountedGroups<{OperatorNames.Type(op)}.Acc>");
        writer.Line($"/// <summary>{op.Name}: {Describe(op)}.</summary>");
        using (writer.Block($"internal struct {OperatorNames.Type(op)} : {string.Join(", ", interfaces)}"))
        {
            writer.Line($"public const string StateSchema = {FieldTypeText.Literal(StateSchema(op, plan))};");
            writer.Line();
            EmitBody(OperatorNames.Type(op), state, keys, op.TimeColumn >= 0 ? 1 : 0, writer);
            if (isTimed)
                keys.EmitTime(op.WatermarkKey, writer);
            if (countsRows)
                writer.Line("public static long RowsOf(in Acc acc) => acc.Rows;").Line();
        }
    }

    /// <summary>Writes the struct of the aggregates of all rows, for a kernel such as <c>BatchAggregate</c>.</summary>
    /// <param name="typeName">The name of the struct.</param>
    /// <param name="input">The rows.</param>
    /// <param name="aggregates">The aggregates.</param>
    /// <param name="writer">Where to write.</param>
    public static void EmitGlobal(string typeName, RowSpec input, EquatableArray<AggregateCallSpec> aggregates, SourceWriter writer)
    {
        AggregateState state = new(input, aggregates);
        AggregateKeys keys = new(state, []);
        using (writer.Block($"internal struct {typeName} : {Operators}IAggregation<{Operators}NoKey, {typeName}.Acc>"))
        {
            EmitBody(typeName, state, keys, 0, writer);
        }
    }

    /// <summary>The expression that makes the operator.</summary>
    public static string Construct(AggregateOp op, PhysicalPlan plan)
    {
        string type = OperatorNames.Type(op);
        string key = op.Keys.Count == 0 ? Operators + "NoKey" : type + ".Key";
        string arguments = $"<{key}, {type}.Acc, {type}>";
        string name = OperatorNames.Literal(op);
        string schema = OperatorNames.Schema(op);
        string mode = $"global::Typed.OutputMode.{plan.Pipeline.OutputMode}";
        string ops = MakeOps(type, op.Aggregates);
        if (op.Session is { } session)
        {
            string sessions = $"new {Operators}SessionSettings({op.TimeColumn}, {session.Column}, {session.Micros}L, {session.Months}, {(op.WindowIsWatermarked ? "true" : "false")})";
            return $"new {Operators}SessionAggregateOperator{arguments}({name}, {schema}, {mode}, {type}.StateSchema, {sessions}, {ops})";
        }

        if (op.TimeColumn >= 0)
        {
            string window = $"new {Operators}WindowSettings({op.TimeColumn}, {op.SizeMicros}L, {op.SlideMicros}L, {op.OffsetMicros}L, {(op.WindowIsWatermarked ? "true" : "false")})";
            if (op.SizeMicros == op.SlideMicros)
                return $"new {Operators}TumblingAggregateOperator{arguments}({name}, {schema}, {mode}, {type}.StateSchema, {window}, {ops})";
            return plan.Pipeline.OutputMode == "Append"
                ? $"new {Operators}SlidingAppendOperator{arguments}({name}, {schema}, {type}.StateSchema, {window}, {ops})"
                : $"new {Operators}SlidingUpdateOperator{arguments}({name}, {schema}, {mode}, {type}.StateSchema, {window}, {ops})";
        }

        if (op.IsGlobal)
            return $"new {Operators}GlobalAggregateOperator<{type}.Acc, {type}>({name}, {schema}, {mode}, {type}.StateSchema, {ops})";
        if (IsTimed(op, plan))
            return $"new {Operators}TimedAggregateOperator{arguments}({name}, {schema}, {mode}, {type}.StateSchema, {op.Keys[op.WatermarkKey]}, {ops})";
        return op.TtlMicros > 0
            ? $"new {Operators}ExpiringAggregateOperator{arguments}({name}, {schema}, {mode}, {type}.StateSchema, {op.TtlMicros}L, {ops})"
            : $"new {Operators}KeyedAggregateOperator{arguments}({name}, {schema}, {mode}, {type}.StateSchema, {ops})";
    }

    /// <summary>The expression that makes the struct, with the users' aggregates in it.</summary>
    public static string MakeOps(string typeName, EquatableArray<AggregateCallSpec> aggregates)
    {
        List<string> users = [.. aggregates.Where(call => call.Function == "Aggregate").Select(call => call.UserInstance!)];
        return users.Count == 0 ? $"default({typeName})" : $"new {typeName}({string.Join(", ", users)})";
    }

    /// <summary>Whether groups end with a time among their keys.</summary>
    public static bool IsTimed(AggregateOp op, PhysicalPlan plan) =>
        op.TimeColumn < 0 && op.WatermarkKey >= 0 && plan.Pipeline.OutputMode != "Complete";

    /// <summary>What is stored of keys and of groups. The size of a struct of the user is 0: it is known when the query runs.</summary>
    public static (string Key, string Group) Layouts(AggregateOp op, PhysicalPlan plan)
    {
        (AggregateState state, AggregateKeys keys) = Parts(op, plan);
        return (keys.Layout, string.Concat(Layout(state).Split('\0').Select((piece, i) => i % 2 == 0 ? piece : "0")));
    }

    private static (AggregateState State, AggregateKeys Keys) Parts(AggregateOp op, PhysicalPlan plan)
    {
        AggregateState state = new(plan.Operators[op.Inputs[0]].Output, op.Aggregates);
        AggregateKeys keys = new(state, op.Keys);
        if (CountsRows(op, plan))
            state.Rows();
        return (state, keys);
    }

    private static bool CountsRows(AggregateOp op, PhysicalPlan plan) => IsTimed(op, plan) || op.TtlMicros > 0 || op.Session is not null;

    private static string Nested(AggregateOp op, string keyType) => keyType == "Key" ? OperatorNames.Type(op) + ".Key" : keyType;

    private static string Describe(AggregateOp op)
    {
        string aggregates = string.Join(", ", op.Aggregates.Select(call => call.Name));
        string by = op.TimeColumn < 0 ? "" : op.Session is not null ? " by sessions" : op.SizeMicros == op.SlideMicros ? " by tumbling windows" : " by sliding windows";
        return $"{(aggregates.Length == 0 ? "the distinct keys" : aggregates)}{by}{(op.IsGlobal ? " of all rows" : op.Keys.Count > 0 ? $" by {op.Keys.Count} key(s)" : "")}";
    }

    // Keys, times and what is aggregated by name or expression: others of the same types would be another state. Their places are left out: they move when a query
    // reads more or less of its input, and the state stays what it is.
    public static string StateSchema(AggregateOp op, PhysicalPlan plan)
    {
        (AggregateState state, AggregateKeys keys) = Parts(op, plan);
        string marked = op.WindowIsWatermarked ? " watermarked" : "";
        string window = op.TimeColumn < 0 ? ""
            : op.Session is { } session ? $"session {(session.Column >= 0 ? op.GapText : DurationWording.Of(session.Months, session.Micros))} over {op.TimeText}{marked}; "
            : $"window {DurationWording.Windows(op.SizeMicros, op.SlideMicros, op.OffsetMicros)} over {op.TimeText}{marked}; ";
        string time = op.TimeColumn < 0 && op.WatermarkKey >= 0 ? $"watermark in key {op.WatermarkKey}; " : "";
        string ttl = op.TtlMicros > 0 ? $"ttl {DurationWording.Of(op.TtlMicros)}; " : "";
        string parts = string.Join(", ", state.Parts.Select(part => part.Schema));
        return $"aggregate v1 {plan.Pipeline.OutputMode}; {window}{time}{ttl}keys {keys.Describe(op.KeyTexts)}; state {parts}";
    }

    private static void EmitBody(string typeName, AggregateState state, AggregateKeys keys, int firstKey, SourceWriter writer)
    {
        keys.EmitType(writer);
        using (writer.Block("internal struct Acc"))
        {
            foreach (AggregateState.Part part in state.Parts)
                writer.Line($"public {part.Type} {part.Name};");
        }

        writer.Line();
        foreach (AggregateColumn column in state.Columns)
            column.Declare(writer);
        writer.Line("private long _sequence;");
        EmitUsers(state, writer);
        AggregateOutput output = new(state, keys, firstKey);
        output.Declare(writer);
        writer.Line();
        EmitConstructor(typeName, state, output, writer);
        writer.Line($"public static bool KeyHasText => {(keys.HasText ? "true" : "false")};");
        writer.Line($"public static bool HasCells => {(state.HasCells ? "true" : "false")};");
        writer.Line($"public static bool MergesExactly => {(state.MergesExactly ? "true" : "false")};");
        writer.Line();
        using (writer.Block($"public void Bind({Columns}ColumnBatch input, long sequence)"))
        {
            writer.Line("_sequence = sequence;");
            if (state.Users.Count > 0)
                writer.Line("_input = input;");
            foreach (AggregateColumn column in state.Columns)
                column.Bind(writer);
        }

        writer.Line();
        keys.EmitMethods(writer);
        EmitAccumulator(state, writer);
        output.EmitMethods(writer);
        EmitStorage(state, keys, writer);
    }

    private static void EmitUsers(AggregateState state, SourceWriter writer)
    {
        if (state.Users.Count == 0)
            return;
        writer.Line($"private {Columns}ColumnBatch _input;");
        for (int i = 0; i < state.Users.Count; i++)
            writer.Line($"private {state.Users[i].UserType} _user{i};");
    }

    private static void EmitConstructor(string typeName, AggregateState state, AggregateOutput output, SourceWriter writer)
    {
        if (state.Users.Count == 0)
            return;
        using (writer.Block($"public {typeName}({string.Join(", ", state.Users.Select((call, i) => $"{call.UserType} user{i}"))})"))
        {
            // What the kernels bind before they use it.
            foreach (string field in output.ManagedFields.Append("_input"))
                writer.Line($"{field} = null!;");
            for (int i = 0; i < state.Users.Count; i++)
                writer.Line($"_user{i} = user{i};");
        }

        writer.Line();
    }

    private static void EmitAccumulator(AggregateState state, SourceWriter writer)
    {
        writer.Line(AggregateKeys.Inline);
        using (writer.Block("public void Start(out Acc acc)"))
        {
            writer.Line("acc = default;");
            foreach (AggregateState.Part part in state.Parts.Where(part => part.Start is not null))
                writer.Line($"acc.{part.Name} = {part.Start};");
        }

        writer.Line();
        writer.Line(AggregateKeys.Inline);
        using (writer.Block($"public void Add(ref Acc acc, int row, {Columns}Arena arena)"))
        {
            foreach (IGrouping<AggregateColumn?, AggregateState.Part> parts in state.Parts.Where(part => part.Add is not null).GroupBy(part => part.Column is { Type.Nullable: true } column ? column : null))
            {
                if (parts.Key is not { } column)
                {
                    foreach (AggregateState.Part part in parts)
                        writer.Line(part.Add!);
                    continue;
                }

                using (writer.Block($"if ({column.IsValid})"))
                {
                    foreach (AggregateState.Part part in parts)
                        writer.Line(part.Add!);
                }
            }
        }

        writer.Line();
        using (writer.Block($"public void Merge(ref Acc acc, in Acc other, {Columns}Arena arena)"))
        {
            foreach (AggregateState.Part part in state.Parts.Where(part => part.Merge is not null))
                writer.Line(part.Merge!);
        }

        writer.Line();
        using (writer.Block($"public static void OwnCells(ref Acc acc, {Columns}Arena arena)"))
        {
            foreach (AggregateState.Part part in state.Parts.Where(part => part.Own is not null))
                writer.Line(part.Own!);
        }

        writer.Line();
    }

    private static void EmitStorage(AggregateState state, AggregateKeys keys, SourceWriter writer)
    {
        keys.EmitStored(writer);
        EmitLayout(state, writer);
        using (writer.Block("public static void SaveAcc(in Acc acc, global::Typed.State.StateWriter writer)"))
        {
            foreach (AggregateState.Part part in state.Parts)
                writer.Line(part.Save ?? (part.Type == "bool" ? $"writer.Write(acc.{part.Name} ? (byte)1 : (byte)0);" : $"writer.Write(acc.{part.Name});"));
        }

        writer.Line();
        using (writer.Block($"public static void LoadAcc(global::Typed.State.StateReader reader, {Columns}Arena arena, out Acc acc)"))
        {
            writer.Line("acc = default;");
            foreach (AggregateState.Part part in state.Parts)
                writer.Line(part.Load ?? (part.Type == "bool" ? $"acc.{part.Name} = reader.Read<byte>() != 0;" : $"acc.{part.Name} = reader.Read<{part.Type}>();"));
        }

        writer.Line();
    }

    // The size of a struct of the user is known when the query runs.
    private static void EmitLayout(AggregateState state, SourceWriter writer)
    {
        string[] pieces = Layout(state).Split('\0');
        for (int i = 0; i < pieces.Length; i++)
            pieces[i] = i % 2 == 0 ? FieldTypeText.Literal(pieces[i]) : $"global::System.Runtime.CompilerServices.Unsafe.SizeOf<{pieces[i]}>()";
        writer.Line($"public static string AccLayout => {string.Join(" + ", pieces)};").Line();
    }

    // Each second piece between zeros is the type of a struct.
    private static string Layout(AggregateState state) => string.Join(
        ", ", state.Parts.Select(part => StateLayoutText.Field(part.Shown, part.Layout ?? StateLayoutText.Number(part.Type) ?? $"raw(\0{part.Type}\0)")));
}
