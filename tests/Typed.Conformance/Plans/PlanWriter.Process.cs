using System.Globalization;
using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Processors;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <content>Custom state: a class for each function or processor that a case names.</content>
internal sealed partial class PlanWriter
{
    // What checks of plans use, where what a processor does is of no interest.
    private const string Identity = "identity";
    private int _processors;

    private Rows GroupProcess(JsonElement plan)
    {
        ProcessorInput input = ProcessInput(plan);
        bool isMap = plan.IsTrue("map");
        string output = ModeOf(plan.Text("operation_output_mode") ?? plan.Text("operator_mode") ?? "append");
        string attribute = $"[GroupProcessor(Timeout = TimeMode.{TimeModeOf(plan.Text("timeout"))}, Output = OutputMode.{output}{(isMap ? ", OneRowPerCall = true" : "")})]";
        return Process(plan, input, GroupFunctions.Write(plan.Text("function") ?? Identity, plan, input), attribute, "GroupProcessor");
    }

    private Rows KeyedProcess(JsonElement plan)
    {
        ProcessorInput input = ProcessInput(plan);
        string name = plan.Text("processor") ?? Identity;
        string mode = TimeModeOf(plan.Text("time_mode"));
        string? column = plan.Text("event_time_column");
        if (column is null && name == Identity && mode != "ProcessingTime" && FindWatermark(plan.GetProperty("input")) is JsonElement watermark
            && input.Columns.FirstOrDefault(one => one.Name == watermark.Text("column")) is { } carried)
            column = carried.Name;
        string attribute = $"[Processor(Time = TimeMode.{mode}{(column is null ? "" : $", OutputEventTime = \"{Names.Identifier(column)}\"")})]";
        return Process(plan, input, KeyedFunctions.Write(name, plan, input), attribute, "KeyedProcessor");
    }

    private Rows Process(JsonElement plan, ProcessorInput input, ProcessorText text, string attribute, string form)
    {
        string number = (++_processors).ToString(CultureInfo.InvariantCulture);
        string output = "Emitted" + number;
        IReadOnlyList<SqlColumn> columns = text.Columns;
        if (plan.Get("output_columns") is JsonElement declared)
        {
            string[] names = [.. declared.EnumerateArray().Select(name => name.GetString()!)];
            if (names.Length != columns.Count)
                throw new CaseException($"{names.Length} output columns are declared, and the processor emits {columns.Count}");
            columns = [.. columns.Select((column, i) => column with { Name = names[i], Member = Names.Identifier(names[i]) })];
        }

        Record(output, columns);
        PlanInput? initial = Initial(plan, input);
        string types = $"{input.Key.Type.CSharp}, {input.RowType}, {output}{(initial is null ? "" : ", " + initial.Record)}";
        _records.Append($"    {attribute}\n    public sealed partial class Process{number} : {form}<{types}>\n    {{\n{text.Body(output, initial?.Record)}    }}\n\n");
        string table = initial is null ? "" : $", {initial.Parameter}, i => i.Key";
        Rows rows = new($"{input.Stream}\n            .GroupBy(r => r.{input.Key.Member})\n            .Process(new Process{number}(), \"process{number}\"{table})", columns) { RowType = output };

        // What such a processor emits carries no watermark on (semantics 2.2.3, 9.10), so the checks that need one declare it again.
        bool endsWatermark = form == "GroupProcessor" || plan.Text("time_mode") == "processing_time";
        if (endsWatermark && (plan.Text("function") ?? plan.Text("processor") ?? Identity) == Identity && FindWatermark(plan.GetProperty("input")) is JsonElement watermark
            && columns.FirstOrDefault(column => column.Name == watermark.Text("column")) is { } time)
        {
            _watermarks++;
            rows = rows.Then($".WithWatermark(r => r.{time.Member}, \"{watermark.Number("delay_ms")} milliseconds\")");
        }

        return rows;
    }

    /// <summary>The rows that handlers see: of a type with a name, which the objects between operators have not.</summary>
    private ProcessorInput ProcessInput(JsonElement plan)
    {
        Rows rows = Stream(Input(plan));
        if (rows.RowType is null)
        {
            string name = "Grouped" + (++_named).ToString(CultureInfo.InvariantCulture);
            Record(name, rows.Columns);
            RowScope scope = new("r", rows.Columns);
            rows = rows.Then($".Select(r => new {name}({string.Join(", ", rows.Columns.Select(column => scope.Resolve(column.Name).Text))}))") with { RowType = name };
        }

        SqlColumn key = plan.Text("key") is string wanted
            ? rows.Columns.FirstOrDefault(column => column.Name == wanted) ?? throw new CaseException($"there is no key '{wanted}'")
            : rows.Columns[0];
        return new ProcessorInput(rows.Text, rows.RowType!, rows.Columns, key);
    }

    private PlanInput? Initial(JsonElement plan, ProcessorInput input)
    {
        if (plan.Get("initial_state") is not JsonElement initial)
            return null;
        if (initial.ValueKind != JsonValueKind.Array)
            throw new NoFormException("an initial state that is no table");
        string name = "initial" + _tables.Count.ToString(CultureInfo.InvariantCulture);
        SqlColumn[] columns = [new("key", "Key", input.Key.Type), new("count", "Count", SqlType.Long.NotNull())];
        PlanInput table = new(name, name, "Initial" + _tables.Count.ToString(CultureInfo.InvariantCulture), columns) { Rows = [.. initial.EnumerateArray().Select(row => row.EnumerateArray().ToArray())] };
        Record(table.Record, columns);
        _tables.Add(table);
        return table;
    }

    private static JsonElement? FindWatermark(JsonElement plan) =>
        plan.Text("op") == "watermark" ? plan
        : plan.Get("input") is JsonElement input ? FindWatermark(input)
        : plan.Get("left") is JsonElement left ? FindWatermark(left) ?? FindWatermark(plan.GetProperty("right"))
        : null;

    private static string TimeModeOf(string? name) => name switch
    {
        null or "none" => "None",
        "processing_time" => "ProcessingTime",
        "event_time" => "EventTime",
        _ => throw new CaseException($"the time mode '{name}' is not known"),
    };

    private static string ModeOf(string name) => name switch
    {
        "append" => "Append",
        "update" => "Update",
        "complete" => "Complete",
        _ => throw new CaseException($"the output mode '{name}' is not known"),
    };
}
