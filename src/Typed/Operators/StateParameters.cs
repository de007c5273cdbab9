using System.Collections;
using System.Globalization;

namespace Typed.Operators;

/// <summary>
/// The values of the parameters of a pipeline on which the state of an operator depends: those in its keys, gaps and conditions. A query that is started again with
/// another value would take entries of the old one for its own, so the values are stored with the state (semantics 12.8).
/// </summary>
public static class StateParameters
{
    /// <summary>Gives an operator its parameters.</summary>
    /// <param name="one">The operator.</param>
    /// <param name="values">The parameters by name, in the order of the pipeline.</param>
    /// <returns>The operator.</returns>
    public static T Of<T>(T one, params ReadOnlySpan<(string Name, object? Value)> values)
        where T : StatefulOperator
    {
        ArgumentNullException.ThrowIfNull(one);
        List<string> texts = [];
        foreach ((string name, object? value) in values)
            texts.Add($"{name} = {Text(value)}");
        one.Parameters = string.Join(", ", texts);
        return one;
    }

    // In every culture, and for all writings of a value, the same. Parts of a schema are told apart by semicolons.
    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"'{Escape(text)}'",
        DateTimeOffset time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        DateTime or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),

        // 1.0 and 1.00 are one number.
        decimal number => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        IEnumerable values => $"[{string.Join(", ", values.Cast<object?>().Select(Text))}]",
        _ => Escape(Convert.ToString(value, CultureInfo.InvariantCulture)!),
    };

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace(";", "\\u003b", StringComparison.Ordinal);
}
