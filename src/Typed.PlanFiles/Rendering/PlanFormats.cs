namespace Typed.PlanFiles;

/// <summary>How a plan can be shown.</summary>
internal enum PlanFormat
{
    Text,
    Markdown,
    Json,
    Mermaid,
    Svg,
}

/// <summary>All renderings.</summary>
internal static class PlanFormats
{
    /// <summary>A plan in a format, with a line feed at its end.</summary>
    public static string Render(PlanSheet plan, PlanFormat format) => format switch
    {
        PlanFormat.Markdown => MarkdownPlan.Of(plan),
        PlanFormat.Json => PlanJson.Write(plan) + "\n",
        PlanFormat.Mermaid => MermaidPlan.Of(plan),
        PlanFormat.Svg => SvgPlan.Of(plan),
        _ => TextPlan.Of(plan),
    };
}
