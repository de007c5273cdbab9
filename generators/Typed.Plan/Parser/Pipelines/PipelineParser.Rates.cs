using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <summary>[Rate] on the inputs: how many rows of a second are expected.</summary>
internal sealed partial class PipelineParser
{
    private double ReadRate(IParameterSymbol parameter, string kind)
    {
        if (kind != "Stream")
            RefuseRate(parameter, "it is a table, whose rows are looked up and do not come");
        else if (RateOf(parameter) is { } rate && !(rate > 0 && rate <= double.MaxValue))
            RefuseRate(parameter, "a rate is a number above 0");
        else
            return RateOf(parameter) ?? 0;
        return 0;
    }

    // An input that several outputs read has one rate; where it stands does not matter.
    private void JoinRates(IParameterSymbol parameter, List<InputSpec> inputs, int number, double rate)
    {
        if (rate == 0 || inputs[number].RowsPerSecond == rate)
            return;
        if (inputs[number].RowsPerSecond == 0)
            inputs[number] = inputs[number] with { RowsPerSecond = rate };
        else
            RefuseRate(parameter, $"another output gives the same input {Number(inputs[number].RowsPerSecond)} rows a second");
    }

    private void RefuseRatesOfHelpers(IReadOnlyList<IMethodSymbol> outputs)
    {
        foreach (IMethodSymbol helper in _methodsRead.Distinct<ISymbol>(SymbolEqualityComparer.Default).OfType<IMethodSymbol>().Where(method => !outputs.Contains(method, SymbolEqualityComparer.Default)))
        {
            foreach (IParameterSymbol parameter in helper.Parameters)
                RefuseRate(parameter, $"it is a parameter of {helper.Name}, which is no output: an input is a parameter of Define or of an output");
        }
    }

    private void RefuseRate(IParameterSymbol parameter, string why)
    {
        if (RateOf(parameter) is { } rate)
            Report(PipelineDiagnostics.Rate, RateMark(parameter)!.ApplicationSyntaxReference?.GetSyntax(_cancellation).GetLocation() ?? parameter.Locations[0], parameter.Name, Number(rate), why);
    }

    private static double? RateOf(IParameterSymbol parameter) => RateMark(parameter)?.ConstructorArguments is [{ Value: double rate }] ? rate : null;

    private static AttributeData? RateMark(IParameterSymbol parameter) =>
        parameter.GetAttributes().FirstOrDefault(attribute => TypeReader.IsTyped(attribute.AttributeClass, "RateAttribute"));

    private static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);
}
