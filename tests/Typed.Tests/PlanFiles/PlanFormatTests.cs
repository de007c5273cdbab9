extern alias plans;

using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using plans::Typed.PlanFiles;
using Typed.Tests.House;

namespace Typed.Tests.PlanFiles;

/// <summary>The renderings of a plan.</summary>
public sealed class PlanFormatTests
{
    private const string Join = """
        using Typed;
        using static Typed.Durations;

        [StreamRecord] public readonly partial record struct Ad(string Id, [EventTime] DateTimeOffset Time);
        [StreamRecord] public readonly partial record struct Click(string Id, string Site, [EventTime] DateTimeOffset Time);
        [StreamRecord] public readonly partial record struct Site(string Name, string Owner);
        [StreamRecord] public readonly partial record struct Shown(string Id, DateTimeOffset Time, string? Site);
        [StreamRecord] public readonly partial record struct Other(string Id);

        [Pipeline(OutputMode.Append)]
        public sealed partial class Ads
        {
            [Output(Comment = "all ads,\n with their clicks")]
            public static Stream<Shown> Shown(Stream<Ad> ads, Stream<Click> clicks) => ads.WithWatermark(a => a.Time, "5 minutes")
                .LeftJoin(clicks.WithWatermark(c => c.Time, "1 minute"), on: (a, c) => a.Id == c.Id && c.Time >= a.Time && c.Time <= a.Time + Minutes(10),
                    select: (a, c) => new Shown(a.Id, a.Time, c?.Site));

            [Output]
            public static Stream<Other> Owned(Stream<Click> clicks, Table<Site> sites) => clicks.Join(sites, on: (c, s) => c.Site == s.Name, select: (c, s) => new Other(s.Owner));
        }
        """;

    [Fact]
    public void Json_is_read_back_as_the_same_plan()
    {
        foreach (PlanSheet plan in (PlanSheet[])[PlannedSource.Sheet(PlannedSource.Hours), PlannedSource.Sheet(Join)])
        {
            string text = PlanJson.Write(plan);
            Assert.Equal(plan, PlanJson.Read(text));
            using JsonDocument parsed = JsonDocument.Parse(text);
            Assert.Equal(plan.Operators.Count, parsed.RootElement.GetProperty("operators").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"\" \\ \n \t \r \u0001 \u2028 \ud83d\ude00 é")]
    [InlineData("\ud83d half \ude00")]
    public void Json_holds_any_text(string text)
    {
        PlanSheet plan = new("A" + text, "A", "Append") { Conditions = new([text]) };
        string json = PlanJson.Write(plan);
        Assert.Equal(plan, PlanJson.Read(json));
        Assert.DoesNotContain('\u2028', json);
    }

    [Theory]
    [InlineData("{ \"form\": 2 }")]
    [InlineData("{ \"form\": 1")]
    [InlineData("[]")]
    [InlineData("")]
    public void What_is_no_plan_of_this_form_is_refused(string json) => Assert.Throws<FormatException>(() => PlanJson.Read(json));

    [Fact]
    public void What_a_later_version_adds_is_passed_over() =>
        Assert.Equal("A", PlanJson.Read("""{ "form": 1, "name": "A", "new": { "x": [1, null, true] }, "operators": [] }""").Name);

    [Fact]
    public void Text_begins_as_the_generated_class_does()
    {
        PlanSheet plan = PlannedSource.Sheet(PlannedSource.Hours);
        string text = PlanFormats.Render(plan, PlanFormat.Text);
        Assert.StartsWith(TextPlan.Operators(plan), text);
        Assert.Contains(
            """

            When rows appear
              A row for each group appears once, in the first micro-batch whose watermark has reached the end of its window.
              The watermark is 10 minutes behind the latest Time.
              So the window from 10:00 to 11:00 closes once an event of 11:10 or later has been read.
              While no later event comes, the watermark stands still, and what waits for it waits.

            Late rows
              aggregate-1: rows of windows that end at or before the watermark

            State
              aggregate-1, table groups: key begin of the slice, Stall string; value Rows int64

            """,
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_shows_text_as_it_is()
    {
        string text = PlanFormats.Render(PlannedSource.Sheet(PlannedSource.Hours), PlanFormat.Markdown);
        Assert.Contains("| stage-1 | `keeps rows where Note != \"<b>\\|*\"` | loop over columns |", text, StringComparison.Ordinal);
        Assert.Contains("| stage-1 | `keeps rows where Count > 1` | vector kernel |", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void Each_output_says_when_its_rows_appear()
    {
        PlanSheet plan = PlannedSource.Sheet(Join);
        Assert.Equal(
            [
                "A pair appears in the micro-batch in which the second of its rows comes, a left row without a match in the first micro-batch whose watermark passes 10 minutes after Time.",
                "The watermark is the least of those of all inputs: 5 minutes behind the latest Time of ads, 1 minute behind the latest Time of clicks.",
                "While no later event comes, the watermark stands still, and what waits for it waits.",
            ],
            plan.Outputs[0].Appears);
        Assert.Equal(["A row appears in the micro-batch that reads it."], plan.Outputs[1].Appears);
        Assert.Equal("all ads, with their clicks", plan.Outputs[0].Comment);
    }

    [Fact]
    public void Mermaid_has_a_node_for_each_box_and_escapes_labels()
    {
        PlanSheet plan = PlannedSource.Sheet(Join);
        string text = PlanFormats.Render(plan, PlanFormat.Mermaid);
        Assert.StartsWith("flowchart TD\n", text);
        Assert.Equal(plan.Operators.Count, text.Split('\n').Count(line => line.StartsWith("    op", StringComparison.Ordinal) && line.Contains('"', StringComparison.Ordinal)));
        Assert.Contains("[(\"<b>sites</b><br/>table of Site\")]", text, StringComparison.Ordinal);
        Assert.Contains(" -.-> ", text, StringComparison.Ordinal);
        string labels = PlanFormats.Render(PlannedSource.Sheet(PlannedSource.Hours), PlanFormat.Mermaid);
        Assert.Contains("Note != #34;#60;b#62;|#42;#34;", labels, StringComparison.Ordinal);
    }

    [Fact]
    public void Svg_is_xml_whose_boxes_lie_apart_and_inside()
    {
        using PlannedSource sample = new(SampleTests.Sources("LateData"));
        foreach (PlanSheet plan in (PlanSheet[])[PlannedSource.Sheet(PlannedSource.Hours), PlannedSource.Sheet(Join), .. sample.Sheets])
        {
            XElement svg = XElement.Parse(PlanFormats.Render(plan, PlanFormat.Svg));
            Assert.Contains("prefers-color-scheme: dark", svg.Value, StringComparison.Ordinal);
            DiagramLayout layout = DiagramLayout.Of(plan);
            Assert.Equal(layout.Boxes.Count, svg.Elements().Count(element => element.Name.LocalName == "rect"));
            Assert.Equal(layout.Edges.Count, svg.Elements().Count(element => element.Name.LocalName == "path"));
            foreach (DiagramBox box in layout.Boxes)
            {
                Assert.True(box.X >= 0 && box.Y >= 0 && box.X + box.Width <= layout.Width && box.Y + box.Height <= layout.Height);
                Assert.DoesNotContain(layout.Boxes, other => !ReferenceEquals(other, box) && other.X < box.X + box.Width && box.X < other.X + other.Width && other.Y < box.Y + box.Height && box.Y < other.Y + other.Height);
            }

            Assert.All(layout.Edges, edge => Assert.True(layout.Boxes[edge.From].Y + layout.Boxes[edge.From].Height <= layout.Boxes[edge.To].Y));
        }
    }

    [Fact]
    public void A_plan_is_the_same_in_any_culture_and_each_time()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            string[] texts = [.. ((string[])["-", "~"]).Select(sign =>
            {
                // The tests run without the data of cultures, so one is made up.
                CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
                culture.NumberFormat.NegativeSign = sign;
                culture.NumberFormat.NumberDecimalSeparator = sign == "~" ? "," : ".";
                CultureInfo.CurrentCulture = culture;
                PlanSheet plan = PlannedSource.Sheet(Join);
                return string.Concat(Enum.GetValues<PlanFormat>().Select(format => PlanFormats.Render(plan, format)));
            })];
            Assert.All(texts, text => Assert.Equal(texts[0], text));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
