using System.Globalization;
using Typed.Plan;

namespace Typed.Generator.Emitter;

/// <summary>How the parts of a generated plan are called: all by the kind of the operator and its count by kind.</summary>
internal static class OperatorNames
{
    /// <summary>The local variable that holds an operator while the graph is built.</summary>
    public static string Variable(int number) => "op" + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name of the operator's class: <c>Stage1</c> for <c>stage-1</c>.</summary>
    public static string Type(OperatorSpec one)
    {
        IEnumerable<string> words = (one.DerivedName ?? one.Name).Split('-').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1));
        return string.Concat(words);
    }

    /// <summary>The field that holds the schema of what comes out of an operator.</summary>
    public static string Schema(OperatorSpec one) => "Rows." + Type(one);

    /// <summary>The stable name as a C# literal.</summary>
    public static string Literal(OperatorSpec one) => FieldTypeText.Literal(one.Name);
}
