using System.Text;
using Typed.Plan;

namespace Typed.PlanFiles;

/// <summary>A plan as the Markdown of a plan file.</summary>
internal static class MarkdownPlan
{
    /// <summary>How the last line of a plan file begins, by which it is known.</summary>
    internal const string Mark = "<!-- Written by the build";

    /// <summary>The text of the file.</summary>
    public static string Of(PlanSheet plan)
    {
        StringBuilder text = new();
        text.Append("# ").Append(Escape(plan.Name)).Append("\n\n");
        text.Append("**").Append(plan.OutputMode).Append(" mode**: ").Append(PlanWords.Mode(plan.OutputMode)).Append(".\n\n");
        foreach (InputSheet input in plan.Inputs)
            text.Append(input.IsTable ? "- Looks up the table " : "- Reads the stream ").Append(Code(input.Name)).Append(" of ").Append(Code(input.Record)).Append(".\n");
        foreach (OutputSheet output in plan.Outputs)
        {
            text.Append("- Writes ").Append(plan.Outputs.Count == 1 ? "" : Code(output.Name) + ", ").Append(Code(output.Record)).Append(": ").Append(Columns(output.Columns));
            text.Append(output.Comment.Length == 0 ? "" : " — " + Escape(output.Comment)).Append(".\n");
        }

        Appears(plan, text);
        Operators(plan, text);
        Watermarks(plan, text);
        State(plan, text);
        Expressions(plan, text);
        Parameters(plan, text);
        Title("Delivery", text);
        foreach (GuaranteeSheet one in plan.Delivery)
            text.Append("- **").Append(one.Level).Append("** ").Append(Escape(one.Given)).Append(".\n");
        foreach (string condition in plan.Conditions)
            text.Append("- ").Append(Escape(condition)).Append('\n');
        return text.Append('\n').Append(Mark).Append(" (TypedEmitPlans): commit it, review what changes in it, do not edit it. -->\n").ToString();
    }

    private static void Appears(PlanSheet plan, StringBuilder text)
    {
        Title("When rows appear", text);
        foreach (OutputSheet output in plan.Outputs)
        {
            // A sentence a line, so that a difference shows what has changed.
            if (plan.Outputs.Count > 1)
                text.Append("- ").Append(Code(output.Name)).Append(": ");
            text.Append(string.Join(plan.Outputs.Count > 1 ? "\n  " : "\n", output.Appears.Select(Escape))).Append('\n');
        }
    }

    private static void Operators(PlanSheet plan, StringBuilder text)
    {
        Title("Operators", text);
        text.Append("In the order in which rows pass them.\n\n```text\n");
        foreach (string line in TextPlan.Table(plan, tiers: false))
            text.Append(line.TrimEnd()).Append('\n');
        text.Append("```\n\n```mermaid\n").Append(MermaidPlan.Of(plan)).Append("```\n");
    }

    private static void Watermarks(PlanSheet plan, StringBuilder text)
    {
        OperatorSheet[] marks = [.. plan.Operators.Where(one => one.Watermark is not null)];
        OperatorSheet[] late = [.. plan.Operators.Where(one => one.Late.Length > 0)];
        if (marks.Length == 0)
            return;
        Title("Watermarks", text);
        text.Append("| operator | event time | behind the latest | others wait for it | ahead of the clock |\n|---|---|---|---|---|\n");
        foreach (OperatorSheet one in marks)
        {
            string idle = one.Watermark!.IdleAfter.Length == 0 ? "as the options say" : "until it has had no rows for " + one.Watermark.IdleAfter;
            string ahead = one.Watermark.MaxAhead.Length == 0 ? "as the options say" : "at most " + one.Watermark.MaxAhead;
            Row(text, one.Name, Code(one.Watermark.Column), one.Watermark.Delay, idle, ahead);
        }

        text.Append(late.Length == 0 ? "\nNothing is late here.\n" : "\nLate rows are dropped and counted; with `LateTo` they go somewhere. Late is:\n\n");
        foreach (OperatorSheet one in late)
            text.Append("- ").Append(one.Name).Append(": ").Append(Escape(one.Late)).Append('\n');
    }

    private static void State(PlanSheet plan, StringBuilder text)
    {
        OperatorSheet[] keepers = [.. plan.Operators.Where(one => one.State.Count > 0)];
        Title("State", text);
        if (keepers.Length == 0)
        {
            text.Append("None: nothing is kept between micro-batches.\n");
            return;
        }

        text.Append("| operator | keeps | how long | how much |\n|---|---|---|---|\n");
        foreach (OperatorSheet one in keepers)
        {
            foreach (StateSheet state in one.State)
                Row(text, one.Name, Escape(state.Keeps), state.IsForEver ? "**" + Escape(state.Goes) + "**" + (state.Why.Length == 0 ? "" : ": " + Escape(state.Why)) : state.Goes.Length == 0 ? "always there" : Escape(state.Goes) + By(plan, one, state), Escape(state.Size));
        }

        if (keepers.All(one => one.Tables.Count == 0))
            return;
        text.Append("\nAn entry in a checkpoint:\n\n| operator | table | key | value |\n|---|---|---|---|\n");
        foreach (OperatorSheet one in keepers)
        {
            foreach (StateTableSheet table in one.Tables)
                Row(text, one.Name, table.Name, Fields(TextPlan.Fields(table.Time, table.Key)), Fields(table.Value));
        }
    }

    // Of several watermarks the least one counts.
    private static string By(PlanSheet plan, OperatorSheet one, StateSheet state) =>
        state.ByWatermark && one.Watermarks.Count > 0 ? " (" + string.Join(", ", one.Watermarks.Select(number => plan.Operators[number].Name)) + ")" : "";

    private static void Expressions(PlanSheet plan, StringBuilder text)
    {
        if (!plan.Operators.Any(one => one.Steps.Any(step => step.Tier.Length > 0)))
            return;
        Title("Expressions", text);
        text.Append("| operator | expression | computed by | why |\n|---|---|---|---|\n");
        foreach (OperatorSheet one in plan.Operators)
        {
            foreach (StepSheet step in one.Steps.Where(step => step.Tier.Length > 0))
                Row(text, one.Name, Code(step.Text), PlanWords.Tier(step.Tier) + (step.Calls.Length == 0 ? "" : ": " + Code(step.Calls)), Escape(step.Why));
        }
    }

    private static void Parameters(PlanSheet plan, StringBuilder text)
    {
        if (plan.Parameters.Count == 0)
            return;
        Title("Parameters", text);
        foreach (ParameterSheet one in plan.Parameters)
        {
            string state = one.State.Count == 0 ? "" : $": with another value the state of {string.Join(" and ", one.State)} is another, and a start says so";
            text.Append("- ").Append(Code(one.Name)).Append(", ").Append(Code(one.Type)).Append(state).Append('\n');
        }
    }

    private static void Title(string title, StringBuilder text) => text.Append("\n## ").Append(title).Append("\n\n");

    private static void Row(StringBuilder text, params string[] cells)
    {
        foreach (string cell in cells)
            text.Append("| ").Append(cell.Replace("|", "\\|")).Append(cell.Length == 0 ? "" : " ");
        text.Append("|\n");
    }

    private static string Columns(EquatableArray<ColumnSheet> columns) => Code(string.Join(", ", columns.Select(column => column.Name + " " + column.Type)));

    private static string Fields(string fields) => fields.Length == 0 ? "" : Code(fields);

    // A code span may hold backticks if its own are more.
    private static string Code(string text)
    {
        string line = text.Replace('\n', ' ').Replace('\r', ' ');
        if (!line.Contains("`"))
            return "`" + line + "`";
        string fence = "``";
        while (line.Contains(fence))
            fence += "`";
        return fence + " " + line + " " + fence;
    }

    private static string Escape(string text)
    {
        StringBuilder escaped = new();
        foreach (char one in text)
        {
            if (one is '*' or '`' or '<' or '[' or '\\' or '#' or '_')
                escaped.Append('\\');
            escaped.Append(one is '\n' or '\r' ? ' ' : one);
        }

        return escaped.ToString();
    }
}
