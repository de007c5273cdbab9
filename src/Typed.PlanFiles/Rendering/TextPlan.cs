using System.Text;

namespace Typed.PlanFiles;

/// <summary>A plan as plain text.</summary>
internal static class TextPlan
{
    /// <summary>All of it.</summary>
    public static string Of(PlanSheet plan)
    {
        StringBuilder text = new(Operators(plan));
        foreach (OutputSheet output in plan.Outputs)
            Section(plan.Outputs.Count == 1 ? "When rows appear" : $"When rows of {output.Name} appear", output.Appears, text);
        Section("Late rows", plan.Operators.Where(one => one.Late.Length > 0).Select(one => $"{one.Name}: {one.Late}"), text);
        Section("State", plan.Operators.SelectMany(one => one.Tables.Select(table => $"{one.Name}, {Entries(table)}")), text);
        Section("Size of state", plan.Operators.SelectMany(one => one.State.Where(state => state.Size.Length > 0).Select(state => $"{one.Name}: {state.Keeps}: {state.Size}")), text);
        Section("Tiers", plan.Operators.SelectMany(one => one.Steps.Where(step => step.Why.Length > 0).Select(step => $"{one.Name}: {step.Text}: {step.Why}")), text);
        Section("Parameters", plan.Parameters.Select(one => one.Name + " " + one.Type + (one.State.Count == 0 ? "" : ", with another value of which the state of " + string.Join(" and ", one.State) + " is another")), text);
        Section("Delivery", plan.Delivery.Select(one => one.Level + ": " + one.Given).Concat(plan.Conditions), text);
        return text.ToString();
    }

    /// <summary>The operators, as they stand above the generated class.</summary>
    public static string Operators(PlanSheet plan)
    {
        StringBuilder text = new();
        text.Append(plan.Name.Substring(plan.Name.LastIndexOf('.') + 1)).Append(", ").Append(plan.OutputMode.ToLowerInvariant()).Append(" mode\n");
        foreach (string line in Table(plan, tiers: true))
            text.Append("  ").Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>A line for each thing that an operator does, behind its name; and for several outputs, which operators they are.</summary>
    public static IEnumerable<string> Table(PlanSheet plan, bool tiers)
    {
        int width = plan.Operators.Max(one => one.Name.Length) + 2;
        for (int number = 0; number < plan.Operators.Count; number++)
        {
            string name = plan.Operators[number].Name.PadRight(width);
            foreach (string line in Lines(plan, number, tiers))
            {
                yield return name + line;
                name = new string(' ', width);
            }
        }

        foreach (OutputSheet output in plan.Outputs.Where(_ => plan.Outputs.Count > 1))
            yield return $"output {output.Name}: {plan.Operators[output.Operator].Name}{(output.Comment.Length == 0 ? "" : ", " + output.Comment)}";
    }

    /// <summary>One operator, without its name.</summary>
    public static IEnumerable<string> Lines(PlanSheet plan, int number, bool tiers)
    {
        OperatorSheet one = plan.Operators[number];
        string read = one.Inputs.Count == 0 || (one.Inputs.Count == 1 && one.Inputs[0] == number - 1)
            ? ""
            : "reads " + string.Join(" and ", one.Inputs.Select(input => plan.Operators[input].Name)) + ": ";
        foreach (string line in one.Steps.Select(step => tiers ? Step(step) : step.Text).Concat(one.State.Select(State)))
        {
            yield return read + line;
            read = "";
        }
    }

    /// <summary>A step and its tier.</summary>
    public static string Step(StepSheet step) => step.Text + (step.Tier.Length == 0 ? "" : " [" + step.Tier + (step.Calls.Length == 0 ? "" : ": " + step.Calls) + "]");

    /// <summary>What is kept, until when and why, and how much it is where that is known.</summary>
    public static string State(StateSheet state) =>
        "state: " + state.Keeps + (state.Goes.Length == 0 ? "" : ", " + state.Goes) + (state.Why.Length == 0 ? "" : $" (\"{state.Why}\")") + (state.Bytes < 0 ? "" : "; " + state.Size);

    private static string Entries(StateTableSheet table) => $"table {table.Name}: key {Fields(table.Time, table.Key)}; value {(table.Value.Length == 0 ? "none" : table.Value)}";

    /// <summary>What tells an entry from others.</summary>
    public static string Fields(string time, string key) => time.Length == 0 ? key.Length == 0 ? "none" : key : key.Length == 0 ? time : time + ", " + key;

    private static void Section(string title, IEnumerable<string> lines, StringBuilder text)
    {
        bool first = true;
        foreach (string line in lines)
        {
            if (first)
                text.Append('\n').Append(title).Append('\n');
            first = false;
            text.Append("  ").Append(line).Append('\n');
        }
    }
}
