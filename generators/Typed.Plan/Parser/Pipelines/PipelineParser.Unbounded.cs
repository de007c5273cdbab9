using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <summary>Reasons for state that is kept for ever: on the class, and on the methods in which the operators are written.</summary>
internal sealed partial class PipelineParser
{
    private readonly List<IMethodSymbol> _methodsRead = [];

    /// <summary>The attribute that gives the reason; null for none.</summary>
    internal static AttributeData? UnboundedMark(ISymbol symbol) =>
        symbol.GetAttributes().FirstOrDefault(attribute => TypeReader.IsTyped(attribute.AttributeClass, "UnboundedAttribute"));

    internal static string ReasonOf(AttributeData mark) => mark.ConstructorArguments is [{ Value: string reason }] ? reason : "";

    private EquatableArray<UnboundedSpec> ReadUnbounded()
    {
        List<UnboundedSpec> reasons = [];
        HashSet<int> taken = [];

        // Methods before the class: an operator has the reason that stands nearest.
        foreach (ISymbol symbol in _methodsRead.Distinct<ISymbol>(SymbolEqualityComparer.Default).Append(_pipeline))
        {
            if (UnboundedMark(symbol) is not { } mark)
                continue;
            bool isAll = SymbolEqualityComparer.Default.Equals(symbol, _pipeline);
            List<int> nodes = [.. Enumerable.Range(0, _nextNode).Where(node => !taken.Contains(node) && (isAll || IsWrittenIn(symbol, _places.Find(node, PlanPlaces.Operator))))];
            if (!string.IsNullOrWhiteSpace(ReasonOf(mark)))
                taken.UnionWith(nodes);
            _places.Add(-1, PlanRules.UnboundedPlace(reasons.Count), mark.ApplicationSyntaxReference?.GetSyntax(_cancellation).GetLocation() ?? symbol.Locations[0]);
            reasons.Add(new UnboundedSpec(symbol.Name, ReasonOf(mark), nodes.ToEquatable()));
        }

        return reasons.ToEquatable();
    }

    private static bool IsWrittenIn(ISymbol method, Location place) =>
        method.DeclaringSyntaxReferences.Any(declared => declared.SyntaxTree == place.SourceTree && declared.Span.Contains(place.SourceSpan));
}
