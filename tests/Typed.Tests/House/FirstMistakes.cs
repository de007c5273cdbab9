namespace Typed.Tests.House;

/// <summary>What somebody gets wrong who has read the README and nothing else.</summary>
/// <param name="Title">The mistake.</param>
/// <param name="Advice">What to do about it.</param>
/// <param name="Edits">What stands in the README, and what was written in its place.</param>
internal sealed record FirstMistake(string Title, string Advice, params (string Right, string Wrong)[] Edits)
{
    private const string Watermark = "        .WithWatermark(p => p.Timestamp, \"10 minutes\")\n";
    private const string Group = "        .GroupBy(p => p.Category, Window.Tumbling(\"5 minutes\"))\n";
    private const string Result = "        .Select(g => new CategoryCount(g.Window.Start, g.Window.End, g.Key, g.Count()));";
    private const string Define = "    public static Stream<CategoryCount> Define(";
    private const string Fields = "(string Category, decimal Amount, [EventTime] DateTimeOffset Timestamp);";
    private const string Size = "\"5 minutes\"";

    /// <summary>In how many lines it is told: in one, unless C# itself has to tell of it in another.</summary>
    internal int Places { get; init; } = 1;

    /// <summary>The mistakes, in the order in which somebody comes to them who writes the example down.</summary>
    internal static IReadOnlyList<(string Section, FirstMistake[] Mistakes)> All { get; } =
    [
        ("Records",
        [
            new("The record is not partial", "Write `partial`: the generator adds the other part of the record, its columns.", ("partial record struct Purchase", "record struct Purchase")),
            new("The record of the rows that come in is not marked", "Write `[StreamRecord]` before the record.", ("[StreamRecord]\npublic readonly partial record struct Purchase", "public readonly partial record struct Purchase")),
            new("The record of the rows that go out is not marked", "Write `[StreamRecord]` before the record.", ("[StreamRecord]\npublic readonly partial record struct CategoryCount", "public readonly partial record struct CategoryCount")),
            new("A class in the place of a record", "Write `record` or `readonly record struct`: rows are values.", ("readonly partial record struct Purchase", "sealed partial class Purchase")),
            new("Properties in the place of positional parameters", "Write the fields in parentheses behind the name: what stands there are the columns, in that order.",
                ("public readonly partial record struct Purchase" + Fields, "public sealed partial record Purchase\n{\n    public required string Category { get; init; }\n    public decimal Amount { get; init; }\n    [EventTime] public DateTimeOffset Timestamp { get; init; }\n}")),
            new("A property beside the positional parameters", "Make it a parameter too, with a default if it may be missing.", (Fields, "(string Category, decimal Amount, [EventTime] DateTimeOffset Timestamp)\n{\n    public string? Note { get; init; }\n}")),
            new("A DateTime for the event time", "Write `DateTimeOffset`: it says which instant is meant, wherever the program runs.", ("[EventTime] DateTimeOffset", "[EventTime] DateTime")),
            new("A field of a type that no column has", "Write the nearest type of [the list](../records.md).", ("decimal Amount, [", "object Amount, [")),
            new("A generic record", "Write a record for each type of value.", ("Purchase(string Category, decimal Amount", "Purchase<T>(string Category, T Amount"), ("Stream<Purchase>", "Stream<Purchase<decimal>>"), ("In<Purchase>", "In<Purchase<decimal>>")),
        ]),
        ("The class",
        [
            new("The class is not partial", "Write `partial`: the generator adds the method `From` and the compiled plan.", ("sealed partial class", "sealed class")),
            new("The class is not marked", "Write `[Pipeline(OutputMode.Append)]` before the class: it is what the generator looks for.", ("[Pipeline(OutputMode.Append)]\n", "")) { Places = 2 },
            new("The output mode is not said", "Say it: `Append` writes rows that are final, `Update` those that changed, `Complete` all of them.", ("[Pipeline(OutputMode.Append)]", "[Pipeline]")),
            new("The method has another name", "Call it `Define`, or mark it with `[Output]`.", ("Define(", "Build(")),
            new("The method takes one row", "Declare the parameter as `Stream<Purchase>`: the query is written for all rows.", ("(Stream<Purchase> purchases)", "(Purchase purchases)")) { Places = 2 },
            new("Complete mode without an aggregation", "Use `OutputMode.Append`: rows that go through one by one are written once.",
                ("OutputMode.Append", "OutputMode.Complete"), (Watermark + Group + Result, "        .Select(p => new CategoryCount(p.Timestamp, p.Timestamp, p.Category, 1));")),
        ]),
        ("Time",
        [
            new("No watermark", "Declare it before `GroupBy`, over the event time, with the delay that late rows may have.", (Watermark, "")),
            new("The watermark behind GroupBy", "Declare it before `GroupBy`.", (Watermark + Group, Group + Watermark)),
            new("The watermark at the end", "Declare it before `GroupBy`.", (Watermark, ""), (Result, Result[..^1] + "\n        .WithWatermark(c => c.End, \"10 minutes\");")),
            new("No window", "Give `GroupBy` a window, or use `OutputMode.Update` if one count for each category is meant that goes on for ever.",
                (Group + Result, "        .GroupBy(p => p.Category)\n        .Select(g => new CategoryCount(g.Min(p => p.Timestamp), g.Max(p => p.Timestamp), g.Key, g.Count()));")),
            new("The window of a group that has none", "Give `GroupBy` a window.", (", Window.Tumbling(" + Size + "))", ")")),
            new("A Select that leaves out the time", "Keep the event time among the columns up to the operator that needs it.", (Watermark, Watermark + "        .Select(p => new { p.Category, p.Amount })\n")),
            new("A duration in letters of another language", "Write number and unit, as in `\"5 minutes\"`.", (Size, "\"5m\"")),
            new("A TimeSpan for the size of a window", "Write the duration as a text: it is part of the plan, and is checked while you type.", ("Tumbling(" + Size + ")", "Tumbling(TimeSpan.FromMinutes(5))")),
            new("A negative window", "Write a size above zero.", (Size, "\"-5 minutes\"")),
            new("Size and slide exchanged", "Write the size first, then the slide, which is at most the size.", ("Tumbling(" + Size + ")", "Sliding(\"1 minute\", \"5 minutes\")")),
        ]),
        ("Expressions",
        [
            new("A name with a typing error", "Write the name of the field.", ("p => p.Category", "p => p.Catgory")),
            new("The sum of a text", "Sum a number.", ("g.Count()", "g.Sum(p => p.Category)")),
            new("The clock of the machine", "Use `Batch.Now`, which is the same when a batch is run again.", (Watermark, Watermark + "        .Where(p => p.Timestamp > DateTime.UtcNow.AddDays(-1))\n")),
            new("A new Guid", "Make the identity from the values of the row, so that it is the same when a batch is run again.", ("string Category, long Purchases", "string Category, long Purchases, Guid Id"), ("g.Key, g.Count()", "g.Key, g.Count(), Guid.NewGuid()")),
            new("A variable of the method", "Make it a `const`, or an `init` property of the class where it is set at the start.",
                (" => purchases\n" + Watermark + Group + Result, "\n    {\n        decimal least = 10;\n        return purchases\n            .Where(p => p.Amount > least)\n" + Watermark + Group + Result + "\n    }")),
            new("A static field that can change", "Make it a `const`, or an `init` property of the class.", (Define, "    private static decimal s_least = 10;\n\n" + Define), (Watermark, Watermark + "        .Where(p => p.Amount > s_least)\n")),
            new("A message in a lambda", "Look at rows where they come out, or with `Observe`; a lambda computes a value.", (Watermark, Watermark + "        .Where(p => { Console.WriteLine(p); return true; })\n")),
            new("Waiting in a lambda", "Look rows up in a `Table<T>`, which is read once for a batch.", (Watermark, Watermark + "        .Where(async p => await Task.FromResult(p.Amount > 1))\n")),
            new("A text by the culture of the machine", "Write `ToUpperInvariant()`.", ("p => p.Category", "p => p.Category.ToUpper()")),
            new("A binary fraction as a key", "Round it to an integer, or use a decimal.", ("decimal Amount", "double Amount"), ("p => p.Category", "p => p.Amount"), ("DateTimeOffset End, string Category", "DateTimeOffset End, double Category")),
            new("An object of a class as a key", "Use the values themselves: one of them, a tuple or an anonymous object.",
                ("[Pipeline(OutputMode.Append)]", "public sealed class CategoryKey(string name)\n{\n    public string Name => name;\n}\n\n[Pipeline(OutputMode.Append)]"), ("p => p.Category", "p => new CategoryKey(p.Category)"), ("g.Key", "g.Key.Name")),
        ]),
        ("The query as a whole",
        [
            new("The result sorted", "Sort where the result is read, or use `OutputMode.Complete`.", (Result, Result[..^1] + "\n        .OrderBy(c => c.Purchases);")),
            new("The result as a list", "A stream has no end: its rows go to a sink.", (Result, Result[..^1] + "\n        .ToList();")),
            new("A loop over the stream", "Say what happens to each row with operators; a sink such as `ForeachSink.Run` runs code of yours for the rows that come out.",
                (" => purchases\n" + Watermark + Group + Result, "\n    {\n        foreach (Purchase p in purchases)\n        {\n            Console.WriteLine(p);\n        }\n\n        return purchases.Select(p => new CategoryCount(p.Timestamp, p.Timestamp, p.Category, 1));\n    }")),
            new("The result of an operator not used", "Go on from what it returns.",
                (" => purchases\n" + Watermark + Group + Result, "\n    {\n        purchases.Where(p => p.Amount > 10);\n        return purchases\n" + Watermark + Group + Result + "\n    }")),
            new("Select forgotten", "End with a `Select` that makes the record.", ("\n" + Result, ";")),
            new("Another row than the record", "Make the record that the method returns.", ("new CategoryCount(g.Window.Start, g.Window.End, g.Key, g.Count())", "new { g.Window.Start, g.Window.End, g.Key, Purchases = g.Count() }")),
        ]),
        ("The start",
        [
            new("Another record than the pipeline reads", "Give the source the record of the parameter.", ("JsonFiles.In<Purchase>", "JsonFiles.In<CategoryCount>")),
            new("Update mode into files", "Use `OutputMode.Append`: a file that is written is never changed.", ("OutputMode.Append", "OutputMode.Update"), ("ConsoleSink.Table()", "JsonFiles.Out(\"counts\")")),
            new("No sink", "Say where the rows go, before `StartAsync`.", ("            .To(ConsoleSink.Table())\n", "")),
            new("await forgotten at the start", "Write `await`: the start reads the checkpoint before it returns.", ("await CountByCategory", "CountByCategory")),
            new("Nobody waits for the end", "Write `await query.Completion`: the query runs beside your code, and stops where it is disposed of.", ("\n        await query.Completion;", "")),
        ]),
    ];
}
