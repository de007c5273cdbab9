using System.Globalization;
using System.Text.RegularExpressions;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Sheets;

/// <summary>Types as they stand in C#, without namespaces.</summary>
internal static class TypeWords
{
    public static string Of(TypeSpec type) => Bare(type) + (type.Nullable ? "?" : "");

    /// <summary>A C# name without what only the compiler needs.</summary>
    public static string Plain(string name) => name.Replace("global::", "").Replace("@", "");

    private static string Bare(TypeSpec type) => type switch
    {
        { CSharp: "" } => "{ " + string.Join(", ", type.Members.Select(member => member.Name + " " + Of(member.Type))) + " }",
        { Value: ValueKind.Field, Field: FieldKind.Decimal } => string.Format(CultureInfo.InvariantCulture, "decimal({0}, {1})", type.Precision, type.Scale),
        _ => Regex.Replace(Plain(type.CSharp), @"(?:\w+\.)+(?=\w)", ""),
    };
}
