using Typed.Plan;

namespace Typed.Generator.Emitter.Expressions;

internal sealed partial class ExpressionWriter
{
    private string WriteTextCall(CallExpr call, string name)
    {
        string scratch = _environment.Scratch;
        switch (name)
        {
            case "Concat":
                return WriteConcat(call.Arguments);
            case "Equals":
                return call.IsInstance
                    ? $"{Utf8}.Equal({Write(call.Arguments[0])}.Present(), {Write(call.Arguments[1])})"
                    : $"{Utf8}.Equal({Write(call.Arguments[0])}, {Write(call.Arguments[1])})";
            case "EqualsIgnoreCase":
                return call.IsInstance
                    ? $"{Utf8}.EqualIgnoreCase({Write(call.Arguments[0])}.Present(), {Write(call.Arguments[1])})"
                    : $"{Utf8}.EqualIgnoreCase({Write(call.Arguments[0])}, {Write(call.Arguments[1])})";
            case "Compare":
                return $"{Utf8}.CompareOrdinal({Write(call.Arguments[0])}, {Write(call.Arguments[1])})";
            case "CompareIgnoreCase":
                return $"{Utf8}.CompareIgnoreCase({Write(call.Arguments[0])}, {Write(call.Arguments[1])})";
            case "IsNullOrEmpty" or "IsNullOrWhiteSpace":
                return $"{Utf8}.{name}({Write(call.Arguments[0])})";
            case "SplitAt":
                return $"{Write(call.Arguments[0])}.SplitAt({SeparatorText(call.Arguments[1])}, {Write(call.Arguments[2])})";
            case "Split":
                return $"{WriteManaged(call.Arguments[0])}.Split({WriteManaged(call.Arguments[1])})";
            case "ToUpperInvariant" or "ToLowerInvariant" or "Substring" or "Replace":
                return $"{Write(call.Arguments[0])}.{name}({string.Concat(call.Arguments.Skip(1).Select(argument => Write(argument) + ", "))}{scratch})";
            case "StartsWith" or "EndsWith" or "Contains" or "IndexOf" or "LastIndexOf" or "Trim" or "TrimStart" or "TrimEnd"
                or "StartsWithIgnoreCase" or "EndsWithIgnoreCase" or "ContainsIgnoreCase" or "IndexOfIgnoreCase":
                return $"{Write(call.Arguments[0])}.{name}({string.Join(", ", call.Arguments.Skip(1).Select(Write))})";
            default:
                throw new InvalidOperationException($"There is no kernel for string.{name}.");
        }
    }

    private string WriteConcat(IReadOnlyList<ExprSpec> parts)
    {
        string text = parts.Count == 0 ? $"{Utf8}.Empty" : "";
        for (int next = 0; next < parts.Count;)
        {
            // One of one part is a copy that is never null; more than four go on from the text so far.
            List<string> some = text.Length == 0 ? [] : [text];
            while (next < parts.Count && some.Count < 4)
                some.Add(Write(parts[next++]));
            if (some.Count == 1)
                some.Add($"{Utf8}.Empty");
            text = $"{Utf8}.Concat({_environment.Scratch}, {string.Join(", ", some)})";
        }

        return text;
    }

    private string SeparatorText(ExprSpec separator) => separator switch
    {
        ConstantExpr { Type.Value: ValueKind.Char } letter => $"{Utf8}.Constant({CharToText(letter.Literal)}u8)",
        { Type.Value: ValueKind.Char } => $"{Utf8}.Of({Write(separator)}, {_environment.Scratch})",
        _ => Write(separator),
    };

    // 'x' as "x": only the quotes differ, and which of them is escaped.
    private static string CharToText(string literal)
    {
        string inner = literal.Substring(1, literal.Length - 2);
        return inner switch
        {
            "\"" => "\"\\\"\"",
            "\\'" => "\"'\"",
            _ => $"\"{inner}\"",
        };
    }
}
