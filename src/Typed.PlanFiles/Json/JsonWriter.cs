using System.Globalization;
using System.Text;

namespace Typed.PlanFiles;

/// <summary>Writes JSON so that it can be read in review: what fits stands on one line, everything else an element a line.</summary>
internal static class JsonWriter
{
    private const int Width = 120;

    /// <summary>The text, without a line feed at its end.</summary>
    public static string Write(JsonValue value)
    {
        StringBuilder text = new();
        Write(value, 0, text);
        return text.ToString();
    }

    private static void Write(JsonValue value, int depth, StringBuilder text)
    {
        int begin = text.Length;
        WriteLine(value, text);
        if (value is not (JsonValue.List or JsonValue.Object) || (text.Length - begin) + (depth * 2) <= Width)
            return;
        text.Length = begin;
        (char open, char close) = value is JsonValue.List ? ('[', ']') : ('{', '}');
        text.Append(open);
        bool first = true;
        foreach ((string? name, JsonValue item) in value is JsonValue.List list ? list.Items.Select(item => ((string?)null, item)) : ((JsonValue.Object)value).Members.Select(member => ((string?)member.Name, member.Value)))
        {
            text.Append(first ? "\n" : ",\n").Append(' ', (depth + 1) * 2);
            first = false;
            if (name is not null)
                Name(name, text);
            Write(item, depth + 1, text);
        }

        text.Append('\n').Append(' ', depth * 2).Append(close);
    }

    private static void WriteLine(JsonValue value, StringBuilder text)
    {
        switch (value)
        {
            case JsonValue.Text one:
                Quote(one.Value, text);
                break;
            case JsonValue.Number one:
                text.Append(one.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case JsonValue.Flag one:
                text.Append(one.Value ? "true" : "false");
                break;
            case JsonValue.List list:
                text.Append('[');
                for (int i = 0; i < list.Items.Count; i++)
                {
                    text.Append(i == 0 ? "" : ", ");
                    WriteLine(list.Items[i], text);
                }

                text.Append(']');
                break;
            case JsonValue.Object one:
                text.Append("{ ");
                for (int i = 0; i < one.Members.Count; i++)
                {
                    text.Append(i == 0 ? "" : ", ");
                    Name(one.Members[i].Name, text);
                    WriteLine(one.Members[i].Value, text);
                }

                text.Append(" }");
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void Name(string name, StringBuilder text)
    {
        Quote(name, text);
        text.Append(": ");
    }

    private static void Quote(string value, StringBuilder text)
    {
        text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char one = value[i];
            if (one is '"' or '\\')
                text.Append('\\').Append(one);
            else if (one == '\n')
                text.Append("\\n");
            else if (one == '\t')
                text.Append("\\t");
            else if (IsUnsafe(value, i))
                text.Append("\\u").Append(((int)one).ToString("x4", CultureInfo.InvariantCulture));
            else
                text.Append(one);
        }

        text.Append('"');
    }

    // Besides what JSON forbids: what ends a line of C#, and halves of characters, which no encoding of a file can hold.
    private static bool IsUnsafe(string value, int at) => char.IsControl(value[at]) || value[at] is '\u2028' or '\u2029'
        || (char.IsHighSurrogate(value[at]) && !(at + 1 < value.Length && char.IsLowSurrogate(value[at + 1])))
        || (char.IsLowSurrogate(value[at]) && !(at > 0 && char.IsHighSurrogate(value[at - 1])));
}
