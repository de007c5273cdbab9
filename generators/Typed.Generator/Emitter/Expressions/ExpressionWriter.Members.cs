using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Expressions;

internal sealed partial class ExpressionWriter
{
    private string WriteMember(MemberExpr member)
    {
        if (TryPath(member) is not null && IsDirect(member))
            return LoadColumn(member);
        TypeSpec target = member.Target.Type;
        if (member.Target is NewRowExpr row && FieldIndex(row.Type, member.Name) is >= 0 and int taken)
            return Write(row.Values[taken]);
        if (target.Is(FieldKind.String))
            return $"{Write(member.Target)}.Utf16Length";
        if (target.Is(FieldKind.Binary))
            return $"{Write(member.Target)}.Present().Length";
        bool isManaged = IsManaged(member.Target);
        if (target.Value == ValueKind.Field && target.Field is FieldKind.List or FieldKind.Map && member.Name == "Count")
            return WriteCount(member.Target, isManaged);
        if (target.Is(FieldKind.Record) && !isManaged)
            return WriteField(member);

        // C# has seen the test of a nullable value in the user's code; here the value is read once more, and it would warn.
        string tested = member.Name == "Value" && IsNullableValue(target) ? "!" : "";
        string text = $"{Write(member.Target)}{tested}.{CSharpName.Escape(member.Name)}";
        return isManaged ? FromManaged(member.Type, text) : text;
    }

    private string WriteCount(ExprSpec list, bool isManaged)
    {
        if (list is CallExpr { Method: "string.Split" } split)
            return $"{Write(split.Arguments[0])}.SplitCount({SeparatorText(split.Arguments[1])})";
        if (!isManaged)
            return $"{Write(list)}.Count";
        bool isArray = list.Type.CSharp.EndsWith("[]", StringComparison.Ordinal) || list.Type.CSharp.StartsWith("global::System.Collections.Immutable.ImmutableArray<", StringComparison.Ordinal);
        bool isSequence = list.Type.CSharp.StartsWith("global::System.Collections.Generic.IEnumerable<", StringComparison.Ordinal);
        return isSequence ? $"global::System.Linq.Enumerable.Count({Write(list)})" : $"{Write(list)}.{(isArray ? "Length" : "Count")}";
    }

    // A field of a record that is known as a column and a row.
    private string WriteField(MemberExpr member)
    {
        string target = Write(member.Target);
        if (member.Name == "Value" && FieldOf(member) < 0)
            return $"{target}.Value";
        string view = NewName("t");
        string value = LoadFrom($"{view}.Field({Number(FieldOf(member))})", member.Type, $"{view}.Row");
        return $"({target} is var {view} ? {value} : default({TypeText(member.Type, false)})!)";
    }

    private string WriteElement(ElementExpr element)
    {
        TypeSpec target = element.Target.Type;
        if (target.Is(FieldKind.String))
            return $"{Write(element.Target)}.CharAt({Write(element.Index)})";
        if (target.Is(FieldKind.Binary))
            return $"{Write(element.Target)}.ByteAt({Write(element.Index)})";
        if (IsManaged(element.Target))
        {
            // .NET's own indexer, with the string that it asks for.
            string index = target.Is(FieldKind.Map) ? WriteManaged(element.Index) : Write(element.Index);
            string text = target.CSharp.StartsWith("global::System.Collections.Generic.IEnumerable<", StringComparison.Ordinal)
                || target.CSharp.StartsWith("global::System.Collections.Generic.ICollection<", StringComparison.Ordinal)
                || target.CSharp.StartsWith("global::System.Collections.Generic.IReadOnlyCollection<", StringComparison.Ordinal)
                ? $"global::System.Linq.Enumerable.ElementAt({Write(element.Target)}, {index})"
                : $"{Write(element.Target)}[{index}]";
            return FromManaged(element.Type, text);
        }

        string list = Write(element.Target);
        string place = target.Is(FieldKind.Map) ? "FindOrThrow" : "At";
        string view = NewName("t");
        string value = LoadFrom($"{view}.Elements", element.Type, $"{view}.{place}({Write(element.Index)})");
        if (!IsNullableValue(element.Type))
            return $"({list} is var {view} ? {value} : default({TypeText(element.Type, false)})!)";
        string row = NewName("t");
        return $"({list} is var {view} && {view}.{place}({Write(element.Index)}) is var {row} ? {LoadFrom($"{view}.Elements", element.Type, row)} : default({TypeText(element.Type, false)}))";
    }

    private static int FieldIndex(TypeSpec type, string name)
    {
        for (int i = 0; i < type.Members.Count; i++)
        {
            if (type.Members[i].Name == name)
                return i;
        }

        return -1;
    }
}
