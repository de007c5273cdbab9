using System.Globalization;
using System.Text;

namespace Typed.PlanFiles;

/// <summary>A plan as a Mermaid flow chart: what GitHub and most other viewers of Markdown draw.</summary>
internal static class MermaidPlan
{
    private const int Width = 80;

    /// <summary>The chart.</summary>
    public static string Of(PlanSheet plan)
    {
        StringBuilder text = new("flowchart TD\n");
        for (int number = 0; number < plan.Operators.Count; number++)
        {
            OperatorSheet one = plan.Operators[number];
            IEnumerable<string> lines = PlanWords.Brief(one, Width).Concat(PlanWords.Kept(one));
            (string open, string close) = one.Kind switch
            {
                "source" => ("([", "])"),
                "watermark" => ("{{", "}}"),
                _ when one.State.Count > 0 => ("[[", "]]"),
                _ => ("[", "]"),
            };
            text.Append("    ").Append(Id(number)).Append(open).Append('"').Append("<b>").Append(Label(one.Name)).Append("</b>");
            foreach (string line in lines)
                text.Append("<br/>").Append(Label(line));
            text.Append('"').Append(close).Append('\n');
        }

        for (int i = 0; i < plan.Outputs.Count; i++)
            text.Append("    out").Append(Number(i)).Append("([\"<b>").Append(Label(plan.Outputs[i].Name)).Append("</b><br/>").Append(Label(plan.Outputs[i].Record)).Append("\"])\n");
        foreach (InputSheet table in plan.Inputs.Where(input => input.IsTable))
            text.Append("    ").Append(Table(table.Name)).Append("[(\"<b>").Append(Label(table.Name)).Append("</b><br/>table of ").Append(Label(table.Record)).Append("\")]\n");
        for (int number = 0; number < plan.Operators.Count; number++)
        {
            foreach (int input in plan.Operators[number].Inputs)
                text.Append("    ").Append(Id(input)).Append(" --> ").Append(Id(number)).Append('\n');
            if (plan.Inputs.Any(input => input.IsTable && input.Name == plan.Operators[number].Input))
                text.Append("    ").Append(Table(plan.Operators[number].Input)).Append(" -.-> ").Append(Id(number)).Append('\n');
        }

        for (int i = 0; i < plan.Outputs.Count; i++)
            text.Append("    ").Append(Id(plan.Outputs[i].Operator)).Append(" --> out").Append(Number(i)).Append('\n');
        return text.ToString();

        string Table(string name) => "table" + Number(plan.Inputs.Select(input => input.Name).ToList().IndexOf(name));
    }

    private static string Id(int number) => "op" + Number(number);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // What would end the label, or be read as HTML, as Markdown or as an entity.
    private static string Label(string text)
    {
        StringBuilder label = new();
        foreach (char one in text)
        {
            if (one is '"' or '<' or '>' or '&' or '#' or ';' or '`' or '\\' or '*' or '_' or '~')
                label.Append('#').Append(Number(one)).Append(';');
            else
                label.Append(char.IsControl(one) ? ' ' : one);
        }

        return label.ToString();
    }
}
