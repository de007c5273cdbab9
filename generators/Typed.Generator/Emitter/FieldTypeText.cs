using Microsoft.CodeAnalysis.CSharp;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter;

/// <summary>The C# text that makes a <c>Typed.Schema.FieldType</c>.</summary>
internal static class FieldTypeText
{
    private const string Factory = "global::Typed.Schema.FieldType.";

    /// <summary>The expression for a type that a column can hold.</summary>
    public static string Of(TypeSpec type)
    {
        string nullable = type.Nullable ? ", nullable: true" : "";
        return type.Field switch
        {
            FieldKind.Decimal => $"{Factory}Decimal({type.Precision}, {type.Scale}{nullable})",
            FieldKind.List => $"{Factory}List({Of(type.Element!)}{nullable})",
            FieldKind.Map => $"{Factory}Map({Of(type.Element!)}{nullable})",
            FieldKind.Record => $"{Factory}Record({Literal(SimpleName(type))}, global::Typed.Schema.RowSchema.Of<{type.CSharp}>().Fields{nullable})",
            FieldKind.Enum => $"{Factory}Enum({Literal(SimpleName(type))}, new global::System.Collections.Generic.KeyValuePair<string, long>[] {{ {EnumNames(type)} }}{nullable}{(type.EnumUnderlying == FieldKind.UInt64 ? ", unsigned: true" : "")})",
            _ => $"{Factory}Of(global::Typed.Schema.FieldKind.{type.Field}{nullable})",
        };
    }

    /// <summary>What the run time says of a type in words.</summary>
    public static string Words(TypeSpec type)
    {
        string Fields() => string.Join(",", type.Members.Select(member => $"{member.Name}:{Words(member.Type)}"));
        string name = type.Value == ValueKind.Row ? $"row{{{Fields()}}}" : type.Field switch
        {
            FieldKind.Decimal => string.Format(System.Globalization.CultureInfo.InvariantCulture, "decimal({0},{1})", type.Precision, type.Scale),
            FieldKind.List => $"list<{Words(type.Element!)}>",
            FieldKind.Map => $"map<string,{Words(type.Element!)}>",
            FieldKind.Record => $"{SimpleName(type)}{{{Fields()}}}",
            FieldKind.Enum => $"enum {SimpleName(type)}",
            _ => type.Field.ToString().ToLowerInvariant(),
        };
        return type.Nullable ? name + "?" : name;
    }

    /// <summary>A string as a C# literal.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private static string EnumNames(TypeSpec type) =>
        string.Join(", ", type.EnumNames.Select(name => $"new({Literal(name.Name)}, {(name.Number == long.MinValue ? "long.MinValue" : name.Number + "L")})"));

    private static string SimpleName(TypeSpec type) => type.CSharp.Substring(type.CSharp.LastIndexOfAny(['.', ':']) + 1).TrimStart('@');
}
