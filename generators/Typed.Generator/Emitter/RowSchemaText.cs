using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter;

/// <summary>The C# text that makes a <c>Typed.Schema.RowSchema</c>.</summary>
internal static class RowSchemaText
{
    /// <summary>The schema of rows between two operators; that of a record is the record's own.</summary>
    public static string Of(RowSpec row, string name)
    {
        if (row.Type.Is(FieldKind.Record) && row.Type.CSharp.Length > 0)
            return $"global::Typed.Schema.RowSchema.Of<{row.Type.CSharp}>()";
        return $"new global::Typed.Schema.RowSchema({FieldTypeText.Literal(name)}, {Fields(row.Columns.Select(column => new MemberSpec(column.Name, column.Type)))})";
    }

    private static string Fields(IEnumerable<MemberSpec> members)
    {
        string[] fields = [.. members.Select(member => $"new({FieldTypeText.Literal(member.Name)}, {Type(member.Type)})")];
        return fields.Length == 0
            ? "global::System.Array.Empty<global::Typed.Schema.Field>()"
            : $"new global::Typed.Schema.Field[] {{ {string.Join(", ", fields)} }}";
    }

    /// <summary>A type; an anonymous object or a tuple in a column is a nested record without a name.</summary>
    private static string Type(TypeSpec type) => type.Value == ValueKind.Row
        ? $"global::Typed.Schema.FieldType.Record(\"row\", {Fields(type.Members)}{(type.Nullable ? ", nullable: true" : "")})"
        : FieldTypeText.Of(type);
}
