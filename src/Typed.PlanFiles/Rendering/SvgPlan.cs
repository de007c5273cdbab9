using System.Globalization;
using System.Text;
using Typed.Plan;

namespace Typed.PlanFiles;

/// <summary>A plan as a picture, readable on light and on dark.</summary>
internal static class SvgPlan
{
    private const int LineHeight = 17, Padding = 12;

    // Everything begins with the class of the picture, so that in a page it is about nothing else.
    private const string Style = """
          .typed-plan text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
          .typed-plan .title { font-weight: 600; font-size: 13px; }
          .typed-plan .kept { fill: #6639ba; }
          .typed-plan rect { stroke-width: 1.25; fill: #ffffff; stroke: #8c959f; }
          .typed-plan .source, .typed-plan .table { fill: #ddf4ff; stroke: #0969da; }
          .typed-plan .watermark { fill: #fff8c5; stroke: #9a6700; }
          .typed-plan .state { fill: #fbefff; stroke: #8250df; stroke-width: 2; }
          .typed-plan .output { fill: #dafbe1; stroke: #1a7f37; }
          .typed-plan path { fill: none; stroke: #57606a; stroke-width: 1.5; }
          .typed-plan marker path { fill: #57606a; stroke: none; }
          .typed-plan .dashed { stroke-dasharray: 5 4; }
          @media (prefers-color-scheme: dark) {
            .typed-plan text { fill: #e6edf3; }
            .typed-plan .kept { fill: #d2a8ff; }
            .typed-plan rect { fill: #161b22; stroke: #6e7681; }
            .typed-plan .source, .typed-plan .table { fill: #0c2d6b; stroke: #388bfd; }
            .typed-plan .watermark { fill: #3b2300; stroke: #bb8009; }
            .typed-plan .state { fill: #271052; stroke: #a371f7; }
            .typed-plan .output { fill: #04260f; stroke: #2ea043; }
            .typed-plan path { stroke: #8b949e; }
            .typed-plan marker path { fill: #8b949e; }
          }
        """;

    /// <summary>The picture.</summary>
    public static string Of(PlanSheet plan)
    {
        DiagramLayout layout = DiagramLayout.Of(plan);
        StringBuilder text = new();
        string size = $"{Number(layout.Width)} {Number(layout.Height)}";
        text.Append($"<svg class=\"typed-plan\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{Number(layout.Width)}\" height=\"{Number(layout.Height)}\" viewBox=\"0 0 {size}\" role=\"img\" aria-labelledby=\"title\">\n");
        text.Append("<title id=\"title\">").Append(Escape(plan.Name)).Append(", ").Append(plan.OutputMode.ToLowerInvariant()).Append(" mode</title>\n");
        text.Append("<style>\n").Append(Style.Replace("\r\n", "\n")).Append("\n</style>\n");
        text.Append("<defs><marker id=\"typed-plan-tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n");
        foreach (DiagramEdge edge in layout.Edges)
            text.Append("<path").Append(edge.IsDashed ? " class=\"dashed\"" : "").Append(" marker-end=\"url(#typed-plan-tip)\" d=\"").Append(Curve(edge.Points)).Append("\"/>\n");
        foreach (DiagramBox box in layout.Boxes)
            Box(box, text);
        return text.Append("</svg>\n").ToString();
    }

    private static void Box(DiagramBox box, StringBuilder text)
    {
        int radius = box.Style is "source" or "output" ? box.Height / 2 : box.Style == "table" ? 2 : 6;
        text.Append($"<rect class=\"{box.Style}\" x=\"{Number(box.X)}\" y=\"{Number(box.Y)}\" width=\"{Number(box.Width)}\" height=\"{Number(box.Height)}\" rx=\"{Number(Math.Min(radius, 16))}\"/>\n");
        int y = box.Y + LineHeight + 2;
        text.Append($"<text class=\"title\" x=\"{Number(box.X + Padding)}\" y=\"{Number(y)}\">").Append(Escape(box.Title)).Append("</text>\n");
        foreach ((string line, string style) in box.Lines.Select(line => (line, "")).Concat(box.Kept.Select(line => (line, " class=\"kept\""))))
        {
            y += LineHeight;

            // Spaces at the beginning of a text are not drawn.
            string words = line.TrimStart();
            text.Append($"<text{style} x=\"{Number(box.X + Padding + ((line.Length - words.Length) * 4))}\" y=\"{Number(y)}\">").Append(Escape(words)).Append("</text>\n");
        }
    }

    /// <summary>A line that leaves and reaches boxes straight and is straight along the layers that it passes.</summary>
    private static string Curve(EquatableArray<DiagramPoint> points)
    {
        StringBuilder path = new($"M{Number(points[0].X)} {Number(points[0].Y)}");
        for (int i = 1; i < points.Count; i++)
        {
            (DiagramPoint from, DiagramPoint to) = (points[i - 1], points[i]);
            int middle = (from.Y + to.Y) / 2;
            path.Append(from.X == to.X ? $"L{Number(to.X)} {Number(to.Y)}" : $"C{Number(from.X)} {Number(middle)} {Number(to.X)} {Number(middle)} {Number(to.X)} {Number(to.Y)}");
        }

        return path.ToString();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // A lone half of a character, and most control characters, have no form in XML.
    private static string Escape(string text)
    {
        StringBuilder escaped = new();
        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            bool isPair = char.IsHighSurrogate(one) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (isPair)
                escaped.Append(one).Append(text[++i]);
            else
                escaped.Append(one switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", _ when char.IsControl(one) || char.IsSurrogate(one) || one >= '\ufffe' => " ", _ => one.ToString() });
        }

        return escaped.ToString();
    }
}
