using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>How an aggregation writes its keys and results into the columns of a batch.</summary>
internal sealed class AggregateOutput
{
    private const string Columns = AggregateColumn.Columns;
    private readonly List<Target> _targets = [];

    public AggregateOutput(AggregateState state, AggregateKeys keys, int firstKey)
    {
        int ordinal = firstKey;
        for (int i = 0; i < keys.Count; i++)
        {
            (string value, string? isNull) = keys.Output(i);
            _targets.Add(new Target(ordinal++, keys.TypeOf(i), new AggregateState.Result(keys.TypeOf(i), value) { IsNull = isNull }));
        }

        foreach (AggregateState.Result result in state.Results)
            _targets.Add(new Target(ordinal++, result.Type, result));
        KeyType = keys.TypeName;
    }

    private string KeyType { get; }

    /// <summary>The fields that hold objects.</summary>
    public IEnumerable<string> ManagedFields =>
    [
        "_output",
        .. _targets.Where(target => !target.IsPlain && !target.Result.IsManaged && target.Type.Field != FieldKind.Window).Select(target => $"_out{target.Ordinal}"),
    ];

    public void Declare(SourceWriter writer)
    {
        writer.Line($"private {Columns}ColumnBatch _output;");
        foreach (Target target in _targets)
        {
            if (target.IsPlain)
                writer.Line($"private {Columns}FixedRoom<{target.Storage}> _out{target.Ordinal};");
            else if (target.Result.IsManaged)
                continue;
            else if (target.Type.Field == FieldKind.Window)
                writer.Line($"private {Columns}FixedRoom<long> _outStart{target.Ordinal};").Line($"private {Columns}FixedRoom<long> _outEnd{target.Ordinal};");
            else
                writer.Line($"private {target.ColumnType} _out{target.Ordinal};");
        }
    }

    public void EmitMethods(SourceWriter writer)
    {
        using (writer.Block($"public void BindOutput({Columns}ColumnBatch output, int rows)"))
        {
            writer.Line("_output = output;");
            foreach (Target target in _targets)
                EmitBind(target, writer);
        }

        writer.Line();
        using (writer.Block($"public void Emit(in {KeyType} key, in Acc acc, int row)"))
        {
            foreach (Target target in _targets)
                EmitWrite(target, writer);
        }

        writer.Line();
        using (writer.Block("public void EndOutput(int rows)"))
        {
            foreach (Target target in _targets)
            {
                if (target.Result.IsManaged || !target.HasFixedWidth)
                    continue;
                if (target.Type.Field == FieldKind.Window)
                {
                    writer.Line($"(({Columns}StructColumn)_output[{target.Ordinal}]).Children[0].SetLength(rows);");
                    writer.Line($"(({Columns}StructColumn)_output[{target.Ordinal}]).Children[1].SetLength(rows);");
                }

                writer.Line($"_output[{target.Ordinal}].SetLength(rows);");
            }
        }

        writer.Line();
    }

    private static void EmitBind(Target target, SourceWriter writer)
    {
        string column = $"output[{target.Ordinal}]";
        if (target.Result.IsManaged)
            return;
        if (target.Type.Field == FieldKind.Window)
        {
            writer.Line($"_outStart{target.Ordinal} = new((({Columns}StructColumn){column}).Children[0], rows);");
            writer.Line($"_outEnd{target.Ordinal} = new((({Columns}StructColumn){column}).Children[1], rows);");
            return;
        }

        if (target.IsPlain)
        {
            writer.Line($"_out{target.Ordinal} = new({column}, rows);");
            return;
        }

        writer.Line($"{column}.EnsureCapacity(rows);");
        writer.Line($"_out{target.Ordinal} = ({target.ColumnType}){column};");
    }

    private static void EmitWrite(Target target, SourceWriter writer)
    {
        AggregateState.Result result = target.Result;
        if (result.IsManaged)
        {
            writer.Line(new RecordValueWriter("").Append(result.Type, $"_output[{target.Ordinal}]", result.Value, "aggregate") + ";");
            return;
        }

        if (result.Element is { } element)
        {
            EmitList(target, element, writer);
            return;
        }

        string value = result.Value;
        string write = target.Type.Field switch
        {
            FieldKind.String or FieldKind.Binary => $"_out{target.Ordinal}.Append({value});",
            FieldKind.Boolean => $"_out{target.Ordinal}.Set(row, {value} != 0);",
            FieldKind.Window => $"(_outStart{target.Ordinal}[row], _outEnd{target.Ordinal}[row]) = {value};",
            _ => $"_out{target.Ordinal}[row] = {Cast(target, value)};",
        };
        if (result.IsNull is null)
        {
            writer.Line(write);
            return;
        }

        using (writer.Block($"if ({result.IsNull})"))
        {
            writer.Line(target.Type.Field switch
            {
                FieldKind.String or FieldKind.Binary => $"_out{target.Ordinal}.AppendNull();",
                FieldKind.Boolean => $"_out{target.Ordinal}.Set(row, false);",
                FieldKind.Window => $"(_outStart{target.Ordinal}[row], _outEnd{target.Ordinal}[row]) = (0, 0);",
                _ => $"_out{target.Ordinal}[row] = default;",
            });
            if (target.Type.Field is not (FieldKind.String or FieldKind.Binary))
                writer.Line($"_output[{target.Ordinal}].SetNull(row);");
        }

        using (writer.Block("else"))
            writer.Line(write);
    }

    private static string Cast(Target target, string value) =>
        target.Storage.StartsWith("global::", StringComparison.Ordinal) ? value : $"({target.Storage})({value})";

    private static void EmitList(Target target, TypeSpec element, SourceWriter writer)
    {
        string cell = target.Result.Value;
        if (target.Result.SortFirst)
            writer.Line($"{cell}.SortByValue();");
        using (writer.Block($"for (int i = 0; i < {cell}.Count; i++)"))
        {
            string elements = $"_out{target.Ordinal}.Elements";
            writer.Line(element.Field switch
            {
                FieldKind.String or FieldKind.Binary =>
                    $"(({Columns}Utf8Column){elements}).Append({AggregateColumn.Operators}TextKey.View({cell}[i]));",
                FieldKind.Boolean => $"(({Columns}BoolColumn){elements}).Append({cell}[i] != 0);",
                _ => $"(({Columns}FixedColumn<{AggregateColumn.StorageOf(element.Field)}>){elements}).Append(({AggregateColumn.StorageOf(element.Field)}){cell}[i]);",
            });
        }

        writer.Line($"_out{target.Ordinal}.Commit();");
    }

    private sealed class Target(int ordinal, TypeSpec type, AggregateState.Result result)
    {
        public int Ordinal { get; } = ordinal;

        public TypeSpec Type { get; } = type;

        public AggregateState.Result Result { get; } = result;

        public bool HasFixedWidth => Type.Field is not (FieldKind.String or FieldKind.Binary or FieldKind.List);

        /// <summary>Whether values are written through a pointer.</summary>
        public bool IsPlain => HasFixedWidth && !Result.IsManaged && Type.Field is not (FieldKind.Boolean or FieldKind.Window);

        public string Storage => AggregateColumn.StorageOf(Type.Field);

        public string ColumnType => Columns + Type.Field switch
        {
            FieldKind.Boolean => "BoolColumn",
            FieldKind.List => "ListColumn",
            _ => "Utf8Column",
        };
    }
}
