using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <summary>
/// What names stand for in the body of Define or of a helper: locals and parameters, each with the operation that gives its value and the
/// scope in which that has to be read. A stream that is used twice is read twice, so that each use has operators of its own, unless it
/// is bound to a node that several outputs share.
/// </summary>
internal sealed class PlanScope(IMethodSymbol method, PlanScope? caller)
{
    private readonly Dictionary<ISymbol, (IOperation Value, PlanScope Scope)> _values = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, NodeSpec> _nodes = new(SymbolEqualityComparer.Default);

    public void Name(ISymbol symbol, IOperation value, PlanScope scope) => _values[symbol] = (value, scope);

    public bool TryFind(ISymbol symbol, out IOperation value, out PlanScope scope)
    {
        if (_values.TryGetValue(symbol, out (IOperation Value, PlanScope Scope) found))
        {
            (value, scope) = found;
            return true;
        }

        (value, scope) = (null!, this);
        return false;
    }

    /// <summary>Lets a parameter stand for a stream that has been read.</summary>
    public void Bind(ISymbol parameter, NodeSpec node)
    {
        _values.Remove(parameter);
        _nodes[parameter] = node;
    }

    public bool TryFindNode(ISymbol parameter, out NodeSpec node) => _nodes.TryGetValue(parameter, out node!);

    /// <summary>Whether the method is being read already, here or further out.</summary>
    public bool IsReading(IMethodSymbol called)
    {
        for (PlanScope? scope = this; scope is not null; scope = scope.Caller)
        {
            if (SymbolEqualityComparer.Default.Equals(scope.Method, called))
                return true;
        }

        return false;
    }

    private IMethodSymbol Method { get; } = method;

    private PlanScope? Caller { get; } = caller;
}
