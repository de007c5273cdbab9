using System.Globalization;
using System.Text;
using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <summary>Writes the plan of a case as a pipeline: one chain of the language's operators, rows as anonymous objects between them.</summary>
internal sealed partial class PlanWriter
{
    private const string CorruptRecord = "_corrupt_record";
    private readonly JsonElement _query;
    private readonly List<PlanInput> _sources = [];
    private readonly List<PlanInput> _tables = [];
    private readonly StringBuilder _records = new();
    private readonly StringBuilder _statements = new();
    private int _watermarks;
    private int _named;

    private PlanWriter(JsonElement query) => _query = query;

    /// <summary>Writes the plan of a query.</summary>
    /// <exception cref="NoFormException">The language has no form for it.</exception>
    /// <exception cref="CaseException">The runner does not understand the case.</exception>
    public static WrittenPlan Write(JsonElement query) => new PlanWriter(query).Write();

    private WrittenPlan Write()
    {
        JsonElement plan = _query.GetProperty("plan");
        if (_query.Text("execution") == "batch")
            throw new NoFormException("execution: batch");
        if (_query.Get("trigger")?.Text("type") is "continuous" or "real_time")
            throw new NoFormException("trigger: " + _query.Get("trigger")?.Text("type"));
        if (StaticPlan.IsStatic(plan))
            throw new NoFormException("a query without a stream");
        Rows last = Node(plan);
        RowScope scope = new("r", last.Columns);
        List<(string Name, Code Value)> values = [];
        if (_query.Get("output") is JsonElement output)
            values.AddRange(output.EnumerateArray().Select(item => (item.GetString()!, scope.Writer.Value(SqlParser.Parse(item.GetString()!)))));
        else
            values.AddRange(last.Columns.SelectMany(column => column.Type.Kind == SqlKind.Window ? new[] { column.Name + ".start", column.Name + ".end" } : [column.Name]).Select(name => (name, scope.Resolve(name))));
        List<SqlColumn> columns = [.. values.Select((value, number) => new SqlColumn(value.Name, "C" + number.ToString(CultureInfo.InvariantCulture), value.Value.Type))];
        Record("Out", columns);
        string body = $"{last.Text}\n            .Select(r => new Out({string.Join(", ", values.Select(value => value.Value.Text))}))";
        string parameters = string.Join(", ", _sources.Select(source => $"Stream<{source.Record}> {source.Parameter}")
            .Concat(_tables.Select(table => $"Table<{table.Record}> {table.Parameter}")));
        string define = $"        public static Stream<Out> Define({parameters})\n        {{\n{_statements}            return {body};\n        }}\n";
        return new WrittenPlan(_records.ToString(), define, _sources, _tables, columns) { Watermarks = _watermarks, HasProcessors = _processors > 0 };
    }

    private Rows Node(JsonElement plan)
    {
        string op = plan.Text("op")!;
        switch (op)
        {
            case "source":
                return Source(plan.Text("name")!);
            case "watermark":
                return Watermark(plan);
            case "filter":
                Rows filtered = Stream(Input(plan));
                string test = new RowScope("r", filtered.Columns).Writer.IsTrue(SqlParser.Parse(plan.Text("expr")!));
                return filtered.Then($".Where(r => {test})");
            case "select":
                return Select(plan);
            case "expect":
                return Expect(plan);
            case "explode":
                return Explode(plan);
            case "aggregate":
                return Aggregate(plan);
            case "distinct":
                Rows all = Stream(Input(plan));
                return Distinct(all);
            case "dedup" or "dedup_within_watermark":
                return Deduplicated(plan);
            case "union":
                return Union([.. plan.GetProperty("inputs").EnumerateArray()]);
            case "limit":
                return Input(plan).Then($".Take({plan.Number("n")})") with { Ordered = false };
            case "offset":
                return Stream(Input(plan)).Then($".Skip({plan.Number("n")})");
            case "sort":
                return Sort(plan);
            case "join":
                return Join(plan);
            case "fmgws":
                return GroupProcess(plan);
            case "tws":
                return KeyedProcess(plan);
            case "except":
                return Except(plan);
            default:
                // sample, analytic_window, cogroup, intersect, return_answer: Stream<T> has no such member.
                throw new NoFormException("the operator " + op);
        }
    }

    private Rows Input(JsonElement plan)
    {
        JsonElement input = plan.GetProperty("input");
        return Node(input);
    }

    private Rows Source(string name)
    {
        PlanInput? source = _sources.FirstOrDefault(one => one.Name == name);
        if (source is null)
        {
            JsonElement declared = _query.Get("sources")?.Get(name) ?? throw new CaseException($"the source '{name}' is not declared");
            IReadOnlyList<SqlColumn> columns = StaticPlan.ReadColumns(declared);
            string record = "Row_" + Names.Identifier(name).TrimStart('@');
            Record(record, columns);
            source = new PlanInput(name, Names.Unique(name, _sources.Select(one => one.Parameter)), record, columns) { OnMalformed = OnMalformed(declared) };
            _sources.Add(source);
        }

        return new Rows(source.Parameter, source.Columns) { RowType = source.Record };
    }

    private static string? OnMalformed(JsonElement source) => source.Text("malformed") switch
    {
        null => null,
        "permissive" => "Permissive",
        "drop_malformed" => "Drop",
        "fail_fast" or "failfast" => "Fail",
        string other => throw new CaseException($"the mode '{other}' for malformed records is not known"),
    };

    private PlanInput Table(JsonElement plan)
    {
        StaticPlan rows = StaticPlan.Compute(plan, _query);
        string name = plan.Text("op") == "static" ? plan.Text("name")! : "table" + _tables.Count.ToString(CultureInfo.InvariantCulture);
        PlanInput? table = plan.Text("op") == "static" ? _tables.FirstOrDefault(one => one.Name == name) : null;
        if (table is null)
        {
            string record = "Table_" + Names.Identifier(name).TrimStart('@');
            Record(record, rows.Columns);
            table = new PlanInput(name, Names.Unique(name, _sources.Concat(_tables).Select(one => one.Parameter)), record, rows.Columns) { Rows = rows.Rows };
            _tables.Add(table);
        }

        return table;
    }

    private Rows Watermark(JsonElement plan)
    {
        _watermarks++;
        Rows input = Stream(Input(plan));
        Code time = new RowScope("r", input.Columns).Resolve(plan.Text("column")!);
        return input.Then($".WithWatermark(r => {time.Text}, \"{plan.Text("delay") ?? plan.Number("delay_ms") + " milliseconds"}\")");
    }

    private Rows Select(JsonElement plan)
    {
        JsonElement[] columns = [.. plan.GetProperty("columns").EnumerateArray()];
        Rows input = WithWindowTimes(Input(plan), columns.Where(column => column[1].ValueKind == JsonValueKind.Object).Select(column => column[1].GetProperty("window")));
        RowScope scope = new("r", input.Columns);
        List<(string Name, Code Value)> values = [];
        foreach (JsonElement column in columns)
        {
            values.Add((column[0].GetString()!, column[1].ValueKind == JsonValueKind.Object
                ? WindowOf(column[1].GetProperty("window"), scope)
                : scope.Writer.Value(SqlParser.Parse(column[1].GetString()!))));
        }

        return Project(input, "r", values);
    }

    private static Rows Project(Rows input, string variables, IReadOnlyList<(string Name, Code Value)> values, string call = ".Select(")
    {
        List<SqlColumn> columns = Columns(values);
        string members = string.Join(", ", values.Select((value, i) => $"{columns[i].Member} = {Typed(value.Value)}"));
        return new Rows(input.Text + $"\n            {call}{variables} => new {{ {members} }})", columns) { Ordered = input.Ordered };
    }

    // A member of an anonymous object has to have a type, which the literal null has not.
    private static string Typed(Code value) => value.Type.Kind == SqlKind.Null ? "(int?)null" : value.Text;

    private static List<SqlColumn> Columns(IReadOnlyList<(string Name, Code Value)> values)
    {
        List<SqlColumn> columns = [];
        foreach ((string name, Code value) in values)
            columns.Add(new SqlColumn(name, Names.Unique(name, columns.Select(column => column.Member)), value.Type.Kind == SqlKind.Null ? SqlType.Int : value.Type));
        return columns;
    }

    private Rows Explode(JsonElement plan)
    {
        Rows input = Stream(Input(plan));
        RowScope scope = new("r", input.Columns);
        Code text = scope.Resolve(plan.Text("column")!);
        string separator = Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(plan.Text("sep")!, true);
        string name = plan.Text("as")!;
        List<(string Name, Code Value)> values = [.. input.Columns.Where(column => column.Name != name).Select(column => (column.Name, scope.Resolve(column.Name)))];
        values.Add((name, new Code("part", SqlType.String)));
        return Project(input, "(r, part)", values, $".SelectMany(r => {text.Text}{(text.Nullable ? "?" : "")}.Split({separator}), ");
    }

    private Rows Union(IReadOnlyList<JsonElement> inputs)
    {
        if (inputs.Any(StaticPlan.IsStatic))
            throw new NoFormException("a union of a stream and a table");
        List<Rows> all = [.. inputs.Select(input => Stream(Node(input)))];
        Rows first = all[0];
        List<SqlColumn> columns = [.. first.Columns.Select((column, i) => column with
        {
            Type = all.Select(rows => rows.Columns[i].Type).Aggregate(CSharpWriter.Common),
        })];
        bool same = all.All(rows => rows.Text == first.Text || (rows.Columns.SequenceEqual(first.Columns) && rows.RowType == first.RowType));
        List<string> texts = [.. all.Select(rows => same ? rows.Text : Conform(rows, columns).Text)];
        string text = texts.Skip(1).Aggregate(texts[0], (left, right) => $"{left}\n            .Union({right.Replace("\n", "\n    ", StringComparison.Ordinal)})");
        return new Rows(text, same ? first.Columns : columns) { RowType = same ? first.RowType : null };
    }

    // Both sides of a union have one row type: the columns of the first, in types that hold both.
    private static Rows Conform(Rows rows, IReadOnlyList<SqlColumn> columns)
    {
        RowScope scope = new("r", rows.Columns);
        return Project(rows, "r", [.. columns.Select((column, i) => (column.Name, CSharpWriter.Exactly(scope.Resolve(rows.Columns[i].Name), column.Type)))]);
    }

    private Rows Sort(JsonElement plan)
    {
        Rows input = Stream(Input(plan));
        RowScope scope = new("r", input.Columns);
        StringBuilder text = new(input.Text);
        bool first = true;
        foreach (JsonElement key in plan.GetProperty("by").EnumerateArray())
        {
            string name = (key.ValueKind == JsonValueKind.String ? key : key[0]).GetString()!;
            bool descending = key.ValueKind == JsonValueKind.Array && key[1].GetString() == "desc";
            text.Append($"\n            .{(first ? "OrderBy" : "ThenBy")}{(descending ? "Descending" : "")}(r => {scope.Writer.Value(SqlParser.Parse(name)).Text})");
            first = false;
        }

        return new Rows(text.ToString(), input.Columns) { Ordered = true };
    }

    /// <summary>What an operator of <see cref="Stream{T}"/> can follow: sorted rows become a stream by an assignment, which needs a named row.</summary>
    private Rows Stream(Rows rows)
    {
        if (!rows.Ordered)
            return rows;
        string number = (++_named).ToString(CultureInfo.InvariantCulture);
        Record("Sorted" + number, rows.Columns);
        RowScope scope = new("r", rows.Columns);
        string values = string.Join(", ", rows.Columns.Select(column => scope.Resolve(column.Name).Text));
        _statements.Append($"            Stream<Sorted{number}> sorted{number} = {rows.Text}\n                .Select(r => new Sorted{number}({values}));\n");
        return new Rows("sorted" + number, rows.Columns) { RowType = "Sorted" + number };
    }

    private void Record(string name, IReadOnlyList<SqlColumn> columns)
    {
        IEnumerable<string> fields = columns.Select(column =>
            (column.Name == CorruptRecord ? "[CorruptRecord] " : "")
            + (column.Type.Kind == SqlKind.Decimal ? $"[Precision({column.Type.Precision}, {column.Type.Scale})] " : "") + $"{column.Type.CSharp} {column.Member}");
        _records.Append($"    [StreamRecord]\n    public readonly partial record struct {name}({string.Join(", ", fields)});\n\n");
    }

    /// <summary>A stream in C# and the columns of its rows.</summary>
    private sealed record Rows(string Text, IReadOnlyList<SqlColumn> Columns)
    {
        /// <summary>Whether it is an OrderedStream.</summary>
        public bool Ordered { get; init; }

        /// <summary>The name of the row type where it is not the anonymous object of the columns.</summary>
        public string? RowType { get; init; }

        public Rows Then(string call) => this with { Text = Text + "\n            " + call };
    }
}
