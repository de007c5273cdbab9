using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Typed.Conformance.Cases;

namespace Typed.Conformance.Metamorphic;

/// <summary>
/// Random chains of stateful operators over random rows, as cases without expectations. Every operator takes and gives rows of the same three columns, a key, a
/// time with the watermark and a value, so that any one can stand behind any other.
/// </summary>
internal sealed class RandomPlans
{
    private const int RowsPerStream = 14;
    private const long Start = 1_000_000;
    private const long Span = 40_000;
    private readonly Random _random;
    private readonly JsonObject _sources = [];
    private readonly JsonObject _rows = [];
    private int _names;

    private RandomPlans(Random random) => _random = random;

    /// <summary>Some cases; the same for the same seed.</summary>
    /// <param name="first">The number of the first one.</param>
    public static IEnumerable<ConformanceCase> Make(int seed, int first, int count) =>
        Enumerable.Range(0, count).Select(i => new RandomPlans(new Random((seed * 7919) + i)).Case(seed, first + i, i));

    private ConformanceCase Case(int seed, int number, int which)
    {
        Chain chain = Stream();
        int length = 1 + _random.Next(3);
        for (int i = 0; i < length; i++)
            chain = Next(chain);
        JsonObject query = new()
        {
            ["sources"] = _sources,
            ["static"] = JsonNode.Parse("""{"names": {"columns": [["id", "int"], ["label", "string"]], "rows": [[1, "one"], [3, "three"], [3, "again"]]}}"""),
            ["plan"] = chain.Plan,
            ["output"] = new JsonArray(chain.Key, chain.Time, chain.Value),
            ["output_mode"] = "append",
        };
        string name = string.Create(CultureInfo.InvariantCulture, $"random-{seed}-{which}");
        return new ConformanceCase(number, name, "random chain", JsonSerializer.SerializeToElement(query), [JsonSerializer.SerializeToElement(new JsonObject { ["add"] = _rows })]);
    }

    private Chain Next(Chain input) => _random.Next(12) switch
    {
        0 => Filter(input),
        1 => Unique(input),
        2 => Window(input, slide: false),
        3 => Window(input, slide: true),
        4 or 5 => Session(input),
        6 => Union(input),
        7 => Named(input),
        8 => SameWindow(input),
        _ => Join(input),
    };

    /// <summary>A new stream with a watermark, sometimes filtered or without duplicates.</summary>
    private Chain Stream()
    {
        (string source, string key, string time, string value) = (Name("s"), Name("k"), Name("t"), Name("v"));
        _sources[source] = new JsonObject { ["columns"] = new JsonArray(Pair(key, "int"), Pair(time, "timestamp_ms"), Pair(value, "int")) };
        JsonArray rows = [];
        for (int i = 0; i < RowsPerStream; i++)
            rows.Add(new JsonArray(_random.Next(12) == 0 ? null : 1 + _random.Next(3), Start + (_random.NextInt64(Span / 500) * 500), _random.Next(10) == 0 ? null : _random.Next(-3, 9)));
        _rows[source] = rows;
        Chain chain = new(new JsonObject { ["op"] = "source", ["name"] = source }, key, time, value);
        if (_random.Next(5) == 0)
            chain = Filter(chain);
        chain = chain with { Plan = new JsonObject { ["op"] = "watermark", ["input"] = chain.Plan, ["column"] = time, ["delay_ms"] = 2000 * (1 + _random.Next(4)) } };
        return _random.Next(5) switch
        {
            0 => chain with { Plan = new JsonObject { ["op"] = "dedup", ["input"] = chain.Plan, ["columns"] = new JsonArray(key, time) } },
            1 when _random.Next(3) == 0 => chain with { Plan = new JsonObject { ["op"] = "dedup_within_watermark", ["input"] = chain.Plan, ["columns"] = new JsonArray(key, value) } },
            _ => chain,
        };
    }

    private Chain Filter(Chain input)
    {
        string test = _random.Next(3) switch { 0 => $"{input.Value} > 0", 1 => $"{input.Key} < 3", _ => $"{input.Key} is not null" };
        return input with { Plan = new JsonObject { ["op"] = "filter", ["input"] = input.Plan, ["expr"] = test } };
    }

    // Over all columns: which of several rows with the same key survives would depend on the streams' order.
    private Chain Unique(Chain input)
    {
        Chain three = Select(input.Plan, input.Key, input.Time, input.Value);
        return three with { Plan = new JsonObject { ["op"] = "dedup", ["input"] = three.Plan, ["columns"] = null } };
    }

    private Chain Window(Chain input, bool slide)
    {
        long size = 2000 * (1 + _random.Next(4));
        JsonObject window = new() { ["column"] = input.Time, ["size_ms"] = size };
        if (slide)
            window["slide_ms"] = size / 2;
        if (_random.Next(3) == 0)
            window["offset_ms"] = 700;
        return Grouped(input, "window", window);
    }

    private Chain Session(Chain input) => Grouped(input, "session", new JsonObject { ["column"] = input.Time, ["gap_ms"] = 1000 * (1 + _random.Next(5)) });

    private Chain Grouped(Chain input, string kind, JsonObject window)
    {
        (string name, string count, string sum) = (Name("w"), Name("n"), Name("a"));
        JsonObject plan = new()
        {
            ["op"] = "aggregate",
            ["input"] = input.Plan,
            ["keys"] = new JsonArray(new JsonObject { [kind] = window, ["as"] = name }, input.Key),
            ["aggs"] = new JsonArray(new JsonArray(count, "count"), new JsonArray(sum, _random.Next(2) == 0 ? "sum" : "max", input.Value)),
        };
        return Select(plan, input.Key, "window_time:" + name, _random.Next(2) == 0 ? count : sum);
    }

    private Chain Union(Chain input)
    {
        Chain other = Stream();
        Chain left = Select(input.Plan, input.Key, input.Time, input.Value);
        return left with { Plan = new JsonObject { ["op"] = "union", ["inputs"] = new JsonArray(left.Plan, Select(other.Plan, other.Key, other.Time, other.Value, left).Plan) } };
    }

    private Chain Named(Chain input)
    {
        string type = new[] { "inner", "left_outer", "left_semi", "left_anti" }[_random.Next(4)];
        JsonObject plan = new()
        {
            ["op"] = "join", ["type"] = type, ["left"] = input.Plan, ["right"] = new JsonObject { ["op"] = "static", ["name"] = "names" }, ["on"] = new JsonArray(Pair(input.Key, "id")),
        };
        return Select(plan, input.Key, input.Time, input.Value);
    }

    /// <summary>Both streams in the same windows, joined by window and key.</summary>
    private Chain SameWindow(Chain input)
    {
        long size = 2000 * (1 + _random.Next(3));
        Chain other = Stream();
        (string left, string right) = (Name("w"), Name("w"));
        (string n, string m) = (Name("n"), Name("m"));
        JsonObject plan = new()
        {
            ["op"] = "join", ["type"] = _random.Next(2) == 0 ? "inner" : "left_outer", ["left"] = Counted(input, left, n), ["right"] = Counted(other, right, m),
            ["on"] = new JsonArray(Pair(left, right), Pair(input.Key, other.Key)), ["time_conditions"] = new JsonArray(),
        };
        return Select(plan, input.Key, "window_time:" + left, _random.Next(2) == 0 ? n : m);

        JsonObject Counted(Chain chain, string window, string count) => new()
        {
            ["op"] = "aggregate",
            ["input"] = chain.Plan,
            ["keys"] = new JsonArray(new JsonObject { ["window"] = new JsonObject { ["column"] = chain.Time, ["size_ms"] = size }, ["as"] = window }, chain.Key),
            ["aggs"] = new JsonArray(new JsonArray(count, "count")),
        };
    }

    private Chain Join(Chain input)
    {
        Chain other = Stream();
        string type = new[] { "inner", "left_outer", "right_outer", "left_semi" }[_random.Next(4)];
        JsonObject plan = new()
        {
            ["op"] = "join", ["type"] = type, ["left"] = input.Plan, ["right"] = other.Plan, ["on"] = new JsonArray(Pair(input.Key, other.Key)),
            ["time_conditions"] = new JsonArray(Bound(">=", -1000 * _random.Next(4)), Bound(_random.Next(2) == 0 ? "<=" : "<", 1000 * (1 + _random.Next(4)))),
        };
        return type switch
        {
            "left_semi" => Select(plan, input.Key, input.Time, input.Value),
            "right_outer" => Select(plan, other.Key, other.Time, input.Value),
            _ => Select(plan, input.Key, input.Time, other.Value),
        };

        JsonObject Bound(string op, long plus) => new() { ["left"] = input.Time, ["op"] = op, ["right"] = other.Time, ["plus_ms"] = plus };
    }

    private Chain Select(JsonObject plan, string key, string time, string value, Chain? named = null)
    {
        Chain output = named ?? new Chain(plan, Name("k"), Name("t"), Name("v"));
        return output with
        {
            Plan = new JsonObject { ["op"] = "select", ["input"] = plan, ["columns"] = new JsonArray(Pair(output.Key, key), Pair(output.Time, time), Pair(output.Value, value)) },
        };
    }

    private static JsonArray Pair(string one, string other) => new(one, other);

    private string Name(string prefix) => prefix + (++_names).ToString(CultureInfo.InvariantCulture);

    /// <summary>A plan and the names of its columns.</summary>
    private sealed record Chain(JsonObject Plan, string Key, string Time, string Value);
}
