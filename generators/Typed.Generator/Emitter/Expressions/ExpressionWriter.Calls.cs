using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Expressions;

internal sealed partial class ExpressionWriter
{
    private string WriteCall(CallExpr call)
    {
        if (call.IsUserMethod)
            return WriteRegex(call) ?? FromManaged(call.Type, ManagedResult(call)!);
        int dot = call.Method.IndexOf('.');
        return call.Method.Substring(0, Math.Max(dot, 0)) switch
        {
            "string" => WriteTextCall(call, call.Method.Substring(dot + 1)),
            "map" => WriteMapCall(call),
            "Typed" when call.Method == "Typed.Format" => WriteFormat(call),
            "Enum" => WriteEnumParse(call, orNull: false),
            _ => WriteParse(call) ?? WriteKnownCall(call),
        };
    }

    // A method of .NET whose operands are plain values is written as it stands.
    private string WriteKnownCall(CallExpr call)
    {
        IEnumerable<string> values = call.Arguments.Select(Write);
        if (!call.IsInstance)
            return $"{call.Method}({string.Join(", ", values)})";
        return $"({values.First()}).{call.Method.Substring(call.Method.LastIndexOf('.') + 1)}({string.Join(", ", values.Skip(1))})";
    }

    private string WriteMapCall(CallExpr call)
    {
        ExprSpec map = call.Arguments[0];
        if (IsManaged(map))
        {
            string arguments = string.Join(", ", call.Arguments.Skip(1).Select(WriteManaged));
            string name = call.Method.Substring("map.".Length);
            string text = name == "ContainsKey"
                ? $"{Write(map)}.ContainsKey({arguments})"
                : $"global::System.Collections.Generic.CollectionExtensions.GetValueOrDefault({Write(map)}, {arguments})";
            return FromManaged(call.Type, text);
        }

        string view = Write(map);
        string key = Write(call.Arguments[1]);
        if (call.Method == "map.ContainsKey")
            return $"({view}.Find({key}) >= 0)";
        string held = NewName("t");
        string entry = NewName("t");
        string missing = call.Arguments.Count > 2 ? Branch(call.Arguments[2], call.Type, false) : $"default({TypeText(call.Type, false)})!";
        string value = LoadFrom($"{held}.Elements", map.Type.Element!, entry);
        if (IsNullableValue(call.Type) && !IsNullableValue(map.Type.Element!))
            value = $"({call.Type.Declared})({value})";
        return $"({view} is var {held} && {held}.Find({key}) is >= 0 and var {entry} ? {value} : {missing})";
    }

    private string? WriteRegex(CallExpr call)
    {
        int dot = call.Method.IndexOf('.');
        if (dot < 0 || call.Method.Substring(0, dot) is not ("Regex" or "Match" or "Group"))
            return null;
        const string Kernel = "global::Typed.Operators.RegexCalls.";
        string arguments = string.Join(", ", call.Arguments.Select((argument, i) => i >= 2 && call.Method.StartsWith("Group.", StringComparison.Ordinal) ? WriteManaged(argument) : Write(argument)));
        return $"{Kernel}{call.Method.Replace(".", "")}({arguments}{(IsText(call.Type) ? ", " + _environment.Scratch : "")})";
    }

    // Typed.Parse and the Parse methods of .NET's values.
    private string? WriteParse(CallExpr call)
    {
        const string Kernel = "global::Typed.Operators.TextParsing.";
        string name = call.Method.Substring(call.Method.LastIndexOf('.') + 1);
        if (call.Method.StartsWith("global::Typed.Parse.", StringComparison.Ordinal))
            return name == "EnumOrNull" ? WriteEnumParse(call, orNull: true) : $"{Kernel}{name}({Write(call.Arguments[0])})";
        if (name is not ("Parse" or "ParseExact") || !IsText(call.Arguments[0].Type))
            return null;
        string rest = string.Concat(call.Arguments.Skip(1).Select(argument => ", " + WriteManaged(argument)));
        return $"{Kernel}{(name == "ParseExact" ? "Exact" : "")}{call.Type.Field}({Write(call.Arguments[0])}{rest})";
    }

    // Names are compared one by one; what is none of them may still be a number.
    private string WriteEnumParse(CallExpr call, bool orNull)
    {
        TypeSpec type = call.Type.AsNullable(false);
        bool ignoreCase = call.Arguments.Count > 1 && call.Arguments[1] is ConstantExpr { Literal: "true" };
        string method = _members.Name(orNull ? "EnumOrNull" : "ParseEnum");
        _members.Add(writer =>
        {
            using (writer.Block($"private static {call.Type.Declared} {method}({Utf8} text)"))
            {
                if (orNull)
                    writer.Line("if (text.IsNull)").Line("    return null;");
                writer.Line($"{Utf8} name = text.Present().Trim();");
                foreach (EnumNameSpec name in type.EnumNames)
                {
                    writer.Line($"if ({Utf8}.{(ignoreCase ? "EqualIgnoreCase" : "Equal")}(name, {TextLiteral(name.Name)}))");
                    writer.Line($"    return {type.CSharp}.{CSharpName.Escape(name.Name)};");
                }

                writer.Line(orNull
                    ? $"return global::System.Enum.TryParse(text.ToManaged(), {(ignoreCase ? "true" : "false")}, out {type.CSharp} other) ? other : null;"
                    : $"return global::System.Enum.Parse<{type.CSharp}>(text.ToManaged()!, {(ignoreCase ? "true" : "false")});");
            }
        });
        return $"{method}({Write(call.Arguments[0])})";
    }

    private string WriteFormat(CallExpr call)
    {
        ExprSpec value = call.Arguments[0];
        string text = Write(value);
        string format = call.Arguments.Count > 1 ? ((ConstantExpr)call.Arguments[1]).Literal : "null";
        if (value.Type.Value == ValueKind.Char)
            return $"{Utf8}.Of({text}, {_environment.Scratch})";
        if (value.Type.Is(FieldKind.Boolean))
            return $"{Utf8}.Format({text})";
        if (value.Type.Is(FieldKind.Enum))
            return WriteEnumText(value.Type, text);
        return $"{Utf8}.Format({text}, {format}, {_environment.Scratch})";
    }

    private string WriteEnumText(TypeSpec type, string value)
    {
        TypeSpec plain = type.AsNullable(false);
        string method = _members.Name("NameOf");
        string scratch = "scratch";
        _members.Add(writer =>
        {
            using (writer.Block($"private static {Utf8} {method}({type.Declared} value, {Columns}Arena {scratch})"))
            {
                if (type.Nullable)
                    writer.Line("if (value is null)").Line("    return default;");
                HashSet<long> seen = [];
                foreach (EnumNameSpec name in plain.EnumNames)
                {
                    // Of several names of a number, .NET decides which one is meant.
                    if (seen.Add(name.Number) && plain.EnumNames.Count(other => other.Number == name.Number) == 1)
                        writer.Line($"if (value == {plain.CSharp}.{CSharpName.Escape(name.Name)})").Line($"    return {TextLiteral(name.Name)};");
                }

                writer.Line($"return {scratch}.Encode(value{(type.Nullable ? ".GetValueOrDefault()" : "")}.ToString());");
            }
        });
        return $"{method}({value}, {_environment.Scratch})";
    }
}
