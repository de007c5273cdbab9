using Typed.Generator.Emitter.Expressions;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>
/// Writes what custom state needs in one pipeline besides its kernel and the processor's own part: how the object is made, how keys and typed rows come
/// out of columns, and how emitted rows become columns.
/// </summary>
internal static class ProcessEmitter
{
    private const string Operators = "global::Typed.Operators.";
    private const string Batch = "global::Typed.Columns.ColumnBatch";

    public static void EmitType(ProcessOp op, PhysicalPlan plan, SourceWriter writer)
    {
        RowSpec input = plan.Operators[op.Inputs[0]].Output;
        ProcessColumns columns = new(op.InputColumns.Concat(op.Keys).Select(ordinal => (ordinal, input.Columns[ordinal].Type)));
        string type = OperatorNames.Type(op);
        RecordValueWriter values = new("the row", "");
        writer.Line();
        writer.Line($"/// <summary>The rows of {op.Processor.Name}, as columns and as handlers see them.</summary>");
        using (writer.Block($"private struct {type} : {Operators}IProcessRows<{type}.Key, {Types(op)}>"))
        {
            AggregateKeys stored = Stored(op);
            stored.EmitType(writer);
            columns.Declare(writer);
            EmitCreate(op, plan, writer);
            writer.Line($"public static bool KeyHasText => {(stored.HasText ? "true" : "false")};").Line();
            using (writer.Block($"public void Bind({Batch} input)"))
                columns.Bind(writer);
            writer.Line();
            new AggregateKeys(op.Keys.Select(columns.Column)).EmitLoadKey(writer);
            stored.EmitEquality(writer);
            EmitKey(op, stored, writer);
            EmitReadRow(op, columns, values, writer);
            EmitAppend(op, values, writer);
            values.EmitHelpers(writer);
        }

        if (op.Initial is not null)
            EmitInitial(op, writer);
    }

    public static string Construct(ProcessOp op)
    {
        string parameters = UsesParameters(op) ? "parameters" : "";
        string table = op.Initial is { } initial ? (parameters.Length > 0 ? ", " : "") + "table" + initial.Table : "";
        return $"{OperatorNames.Type(op)}.Create({parameters}{table})";
    }

    private static void EmitCreate(ProcessOp op, PhysicalPlan plan, SourceWriter writer)
    {
        string type = OperatorNames.Type(op);
        string operatorType = $"{Operators}{op.Processor.Form}ProcessOperator<Key, {Types(op)}, {op.Processor.FullName}.Kept, {type}, {op.Processor.FullName}.Members>";
        List<string> parameters = [];
        if (UsesParameters(op))
            parameters.Add($"{plan.Pipeline.FullName} parameters");
        if (op.Initial is not null)
            parameters.Add($"{Operators}TableSlot table");
        writer.Line("// One object of the processor serves all keys.");
        using (writer.Block($"public static {operatorType} Create({string.Join(", ", parameters)})"))
        {
            EmitInstance(op, writer);
            using (writer.Block($"{Operators}ProcessSettings settings = new({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, {FieldTypeText.Literal(op.UserName)}, {FieldTypeText.Literal(op.Processor.Name)}, "
                + $"global::Typed.TimeMode.{op.Processor.Time}, global::Typed.OutputMode.{ModeOf(op, plan)}, {FieldTypeText.Literal(Stored(op).Describe(op.KeyTexts))})", "};"))
            {
                writer.Line($"TimeColumn = {op.TimeColumn},");
                writer.Line($"HasWatermark = {Word(op.HasWatermark)},");
                writer.Line($"OutputTimeColumn = {op.OutputTimeColumn},");
                if (op.Processor.Form == ProcessorForm.Group)
                    writer.Line($"OneRowPerCall = {Word(op.Processor.OneRowPerCall)},");
            }

            string initial = op.Initial is { } state
                ? $"new {Operators}{op.Processor.Form}InitialRows<Key, {Types(op)}, {state.Row.Type.CSharp}, {type}Initial>(table, processor, default)"
                : "null";
            writer.Line($"return new(settings, processor, new {op.Processor.FullName}.Members(processor), default, {initial});");
        }

        writer.Line();
    }

    private static void EmitInstance(ProcessOp op, SourceWriter writer)
    {
        ExpressionEnvironment environment = new() { Parameters = "parameters" };
        MemberNames members = new();
        ExpressionWriter expressions = new(environment, members, "parameters", "table", "processor", "settings");
        List<ExprSpec> computed = [.. op.Instance.Arguments.Concat(op.Instance.Members.Select(member => member.Value)).Where(value => value is not ParameterExpr)];
        expressions.Prepare(writer, computed);
        string Value(ExprSpec value) => value is ParameterExpr parameter ? "parameters." + CSharpName.Escape(parameter.Name) : expressions.WriteManaged(value);
        string arguments = string.Join(", ", op.Instance.Arguments.Select(Value));
        string set = string.Join(", ", op.Instance.Members.Select(member => $"{CSharpName.Escape(member.Name)} = {Value(member.Value)}"));
        writer.Line($"{op.Processor.FullName} processor = new({arguments}){(set.Length > 0 ? $" {{ {set} }}" : "")};");
    }

    private static void EmitKey(ProcessOp op, AggregateKeys stored, SourceWriter writer)
    {
        ExprSpec key = RowShape.IsRow(op.KeyRow.Type) && !op.KeyRow.Type.Is(FieldKind.Window)
            ? RowShape.Parts(op.KeyRow.Type, op.KeyRow, 0)
            : new ColumnExpr(op.KeyRow.Columns[0].Type, 0, 0, op.KeyRow.Columns[0].Name);
        using (writer.Block($"public static {op.KeyRow.Type.Declared} KeyOf(in Key key, {Operators}TextCache texts)"))
            writer.Line($"return {ProcessColumns.Managed(key, column => KeyPart(stored, column))};");
        writer.Line();
        stored.EmitLayout(writer);
        using (writer.Block("public static void SaveKey(in Key key, global::Typed.State.StateWriter writer)"))
            stored.EmitSave(writer);
        writer.Line();
        using (writer.Block("public static void LoadKey(global::Typed.State.StateReader reader, global::Typed.Columns.Arena arena, out Key key)"))
            stored.EmitLoadState(writer);
        writer.Line();
    }

    // A part of the key as .NET has it.
    private static string KeyPart(AggregateKeys stored, ColumnExpr column)
    {
        (string value, string? isNull) = stored.Output(column.Ordinal);
        string part = column.Type.Field == FieldKind.Window
            ? $"new global::Typed.TimeWindow({ProcessColumns.Instant}.FromMicros(key.Start{column.Ordinal}), {ProcessColumns.Instant}.FromMicros(key.End{column.Ordinal}))"
            : ProcessColumns.FromStorage(column.Type, column.Type.Field == FieldKind.Boolean ? $"key.Part{column.Ordinal} != 0" : value);
        return isNull is null ? part : $"({isNull} ? ({column.Type.AsNullable().Declared})null : {part})";
    }

    private static void EmitReadRow(ProcessOp op, ProcessColumns columns, RecordValueWriter values, SourceWriter writer)
    {
        ExprSpec row = RowShape.Value(0, op.InputRow);
        using (writer.Block($"public {op.InputRow.Type.Declared} ReadRow(int row, {Operators}TextCache texts)"))
            writer.Line($"return {ProcessColumns.Managed(row, column => columns.Read(op.InputColumns[column.Ordinal], column.Type, values))};");
        writer.Line();
    }

    private static void EmitAppend(ProcessOp op, RecordValueWriter values, SourceWriter writer)
    {
        using (writer.Block($"public static void Append(in {op.Output.Type.Declared} value, {Batch} output)"))
        {
            for (int i = 0; i < op.Output.Columns.Count; i++)
            {
                ColumnSpec column = op.Output.Columns[i];
                string member = op.Output.IsScalar ? "value" : "value." + string.Join(".", column.Name.Split('.').Select(CSharpName.Escape));
                writer.Line(values.Append(column.Type, $"output[{i}]", member, column.Name) + ";");
            }
        }
    }

    private static void EmitInitial(ProcessOp op, SourceWriter writer)
    {
        InitialStateSpec initial = op.Initial!;
        string type = OperatorNames.Type(op);
        ProcessColumns columns = new(initial.Row.Columns.Select((column, i) => (i, column.Type)));
        RecordValueWriter values = new("the row", "");
        writer.Line();
        writer.Line($"/// <summary>The rows of {initial.TableName}, with which {op.Processor.Name} begins.</summary>");
        using (writer.Block($"private struct {type}Initial : {Operators}IInitialRow<{type}.Key, {initial.Row.Type.CSharp}>"))
        {
            columns.Declare(writer);
            using (writer.Block($"public void Bind({Batch} input)"))
                columns.Bind(writer);
            writer.Line();
            new AggregateKeys(initial.Keys.Select(columns.Column)).EmitLoadKey(writer, type + ".Key");
            ExprSpec row = RowShape.Value(0, initial.Row);
            using (writer.Block($"public {initial.Row.Type.CSharp} ReadRow(int row, {Operators}TextCache texts)"))
                writer.Line($"return {ProcessColumns.Managed(row, column => columns.Read(column.Ordinal, column.Type, values))};");
            values.EmitHelpers(writer);
        }
    }

    /// <summary>The key as it is stored: whether a part may be null is said by both the stream and the table of the initial state.</summary>
    public static AggregateKeys Stored(ProcessOp op) => new(op.KeyRow.Columns.Select((column, i) => new AggregateColumn(i, column.Type) { Name = column.Name.Length > 0 ? column.Name : "Key" }));

    /// <summary>What the rows that go out are to the query.</summary>
    public static string ModeOf(ProcessOp op, PhysicalPlan plan) => op.Processor.Form == ProcessorForm.Group ? op.Processor.OutputMode : plan.Pipeline.OutputMode;

    // Of the key, the rows that come in, the rows that go out.
    private static string Types(ProcessOp op) => $"{op.KeyRow.Type.Declared}, {op.InputRow.Type.Declared}, {op.Output.Type.Declared}";

    private static bool UsesParameters(ProcessOp op) =>
        op.Instance.Arguments.Concat(op.Instance.Members.Select(member => member.Value)).Any(value => value.Nodes().Any(node => node is ParameterExpr));

    private static string Word(bool value) => value ? "true" : "false";
}
