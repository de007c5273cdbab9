using Typed.Plan;

namespace Typed.PlanFiles;

/// <summary>A plan as JSON and back. It is the form in which a plan lies in its assembly, and what <c>--format json</c> prints.</summary>
internal static class PlanJson
{
    /// <summary>Goes up when a reader of the last form would misread the next one. New members do not count: they are passed over.</summary>
    private const long Form = 1;

    /// <summary>The text of a plan.</summary>
    public static string Write(PlanSheet plan) => JsonWriter.Write(Object(
        ("form", new JsonValue.Number(Form)),
        ("name", Text(plan.Name)),
        ("fullName", Text(plan.FullName)),
        ("outputMode", Text(plan.OutputMode)),
        ("inputs", List(plan.Inputs, one => Object(("name", Text(one.Name)), ("isTable", new JsonValue.Flag(one.IsTable)), ("record", Text(one.Record)), ("columns", Columns(one.Columns))))),
        ("parameters", List(plan.Parameters, one => Object(("name", Text(one.Name)), ("type", Text(one.Type)), ("state", Texts(one.State))))),
        ("operators", List(plan.Operators, Operator)),
        ("outputs", List(plan.Outputs, one => Object(
            ("name", Text(one.Name)), ("operator", new JsonValue.Number(one.Operator)), ("record", Text(one.Record)), ("comment", Text(one.Comment)), ("columns", Columns(one.Columns)), ("appears", Texts(one.Appears))))),
        ("delivery", List(plan.Delivery, one => Object(("level", Text(one.Level)), ("given", Text(one.Given))))),
        ("conditions", Texts(plan.Conditions))));

    /// <summary>Reads a plan.</summary>
    /// <exception cref="FormatException">It is none, or of a later form.</exception>
    public static PlanSheet Read(string text)
    {
        JsonValue.Object plan = JsonReader.Read(text) as JsonValue.Object ?? throw new FormatException("A plan is a JSON object.");
        if (Int(plan, "form") != Form)
            throw new FormatException("The plan was written by another version of Typed. Use the tool, or the package, of that version.");
        return new PlanSheet(Text(plan, "name"), Text(plan, "fullName"), Text(plan, "outputMode"))
        {
            Inputs = Read(plan, "inputs", one => new InputSheet(Text(one, "name"), Flag(one, "isTable"), Text(one, "record"), Columns(one))),
            Parameters = Read(plan, "parameters", one => new ParameterSheet(Text(one, "name"), Text(one, "type"), Texts(one, "state"))),
            Operators = Read(plan, "operators", Operator),
            Outputs = Read(plan, "outputs", one => new OutputSheet(Text(one, "name"), Int(one, "operator"), Text(one, "record"), Columns(one)) { Comment = Text(one, "comment"), Appears = Texts(one, "appears") }),
            Delivery = Read(plan, "delivery", one => new GuaranteeSheet(Text(one, "level"), Text(one, "given"))),
            Conditions = Texts(plan, "conditions"),
        };
    }

    private static JsonValue.Object Operator(OperatorSheet one) => Object(
        ("name", Text(one.Name)),
        ("kind", Text(one.Kind)),
        ("inputs", Numbers(one.Inputs)),
        ("input", Text(one.Input)),
        ("steps", List(one.Steps, step => Object(
            ("text", Text(step.Text)), ("tier", Text(step.Tier)), ("calls", Text(step.Calls)), ("why", Text(step.Why)), ("passesOn", step.PassesOn ? new JsonValue.Flag(true) : null)))),
        ("columns", Columns(one.Columns)),
        ("watermark", one.Watermark is { } mark
            ? Object(("column", Text(mark.Column)), ("delay", Text(mark.Delay)), ("idleAfter", Text(mark.IdleAfter)), ("maxAhead", Text(mark.MaxAhead)))
            : null),
        ("watermarks", Numbers(one.Watermarks)),
        ("late", Text(one.Late)),
        ("emits", Text(one.Emits)),
        ("state", List(one.State, state => Object(("keeps", Text(state.Keeps)), ("goes", Text(state.Goes)), ("isForEver", new JsonValue.Flag(state.IsForEver)), ("byWatermark", new JsonValue.Flag(state.ByWatermark)), ("why", Text(state.Why)), ("size", Text(state.Size)), ("bytes", state.Bytes < 0 ? null : new JsonValue.Number(state.Bytes))))),
        ("schema", Text(one.Schema)),
        ("tables", List(one.Tables, table => Object(("name", Text(table.Name)), ("time", Text(table.Time)), ("key", Text(table.Key)), ("value", Text(table.Value))))));

    private static OperatorSheet Operator(JsonValue.Object one) => new(
        Text(one, "name"),
        Text(one, "kind"),
        Numbers(one, "inputs"),
        Read(one, "steps", step => new StepSheet(Text(step, "text")) { Tier = Text(step, "tier"), Calls = Text(step, "calls"), Why = Text(step, "why"), PassesOn = Flag(step, "passesOn") }))
    {
        Input = Text(one, "input"),
        Columns = Columns(one),
        Watermark = one["watermark"] is JsonValue.Object mark
            ? new WatermarkSheet(Text(mark, "column"), Text(mark, "delay")) { IdleAfter = Text(mark, "idleAfter"), MaxAhead = Text(mark, "maxAhead") }
            : null,
        Watermarks = Numbers(one, "watermarks"),
        Late = Text(one, "late"),
        Emits = Text(one, "emits"),
        State = Read(one, "state", state => new StateSheet(Text(state, "keeps"), Text(state, "goes"), Flag(state, "isForEver")) { ByWatermark = Flag(state, "byWatermark"), Why = Text(state, "why"), Size = Text(state, "size"), Bytes = Long(state, "bytes") }),
        Schema = Text(one, "schema"),
        Tables = Read(one, "tables", table => new StateTableSheet(Text(table, "name"), Text(table, "time"), Text(table, "key"), Text(table, "value"))),
    };

    /// <summary>An object without the members that are nothing.</summary>
    private static JsonValue.Object Object(params (string Name, JsonValue? Value)[] members) =>
        new([.. members.Where(member => member.Value is not (null or JsonValue.Text { Value: "" })).Select(member => (member.Name, member.Value!))]);

    private static JsonValue.Text Text(string text) => new(text);

    private static JsonValue.List List<T>(EquatableArray<T> items, Func<T, JsonValue> write)
        where T : IEquatable<T> => new([.. items.Select(write)]);

    private static JsonValue.List Texts(EquatableArray<string> items) => List(items, Text);

    private static JsonValue.List Numbers(EquatableArray<int> items) => List(items, item => new JsonValue.Number(item));

    private static JsonValue.List Columns(EquatableArray<ColumnSheet> columns) => List(columns, column => Object(("name", Text(column.Name)), ("type", Text(column.Type))));

    private static string Text(JsonValue.Object from, string name) => (from[name] as JsonValue.Text)?.Value ?? "";

    private static int Int(JsonValue.Object from, string name) => (int)Long(from, name);

    private static long Long(JsonValue.Object from, string name) => (from[name] as JsonValue.Number)?.Value ?? -1;

    private static bool Flag(JsonValue.Object from, string name) => from[name] is JsonValue.Flag { Value: true };

    private static EquatableArray<string> Texts(JsonValue.Object from, string name) => Items(from, name).OfType<JsonValue.Text>().Select(item => item.Value).ToEquatable();

    private static EquatableArray<int> Numbers(JsonValue.Object from, string name) => Items(from, name).OfType<JsonValue.Number>().Select(item => (int)item.Value).ToEquatable();

    private static EquatableArray<ColumnSheet> Columns(JsonValue.Object from) => Read(from, "columns", column => new ColumnSheet(Text(column, "name"), Text(column, "type")));

    private static EquatableArray<T> Read<T>(JsonValue.Object from, string name, Func<JsonValue.Object, T> read)
        where T : IEquatable<T> => Items(from, name).OfType<JsonValue.Object>().Select(read).ToEquatable();

    private static IReadOnlyList<JsonValue> Items(JsonValue.Object from, string name) => (from[name] as JsonValue.List)?.Items ?? [];
}
