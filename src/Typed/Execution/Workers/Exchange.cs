using Typed.Operators;

namespace Typed.Execution;

/// <summary>An edge of the plan on which rows change from worker to worker.</summary>
/// <param name="From">The place of the operator that emits, in the order of the graph.</param>
/// <param name="To">The place of the operator that reads.</param>
/// <param name="Input">By which of its inputs.</param>
/// <param name="Level">One more than the exchanges before it on the longest way from a source. All rows of a level are there before the first of it is taken.</param>
internal sealed record Exchange(int From, int To, int Input, int Level);

/// <summary>
/// Where rows change workers: before each operator with state, since a worker owns the rows of its keys, and before those that have to see all rows, which the first
/// worker runs. All else runs where the rows are.
/// </summary>
internal sealed class ExchangePlan
{
    private readonly int[] _levels;

    private ExchangePlan(IReadOnlyList<Exchange> exchanges, int[] levels) => (Exchanges, _levels) = (exchanges, levels);

    /// <summary>Those of operators nearer to the sources first.</summary>
    internal IReadOnlyList<Exchange> Exchanges { get; }

    /// <summary>The greatest level.</summary>
    internal int Levels => Exchanges.Count == 0 ? 0 : Exchanges.Max(one => one.Level);

    /// <summary>Whether the operator at a place gets its rows as the sources give them, before any has changed workers.</summary>
    internal bool IsBeforeAll(int place) => _levels[place] == 0;

    internal static ExchangePlan Of(OperatorGraph graph)
    {
        Dictionary<Operator, int> places = [];
        for (int i = 0; i < graph.Operators.Count; i++)
            places[graph.Operators[i]] = i;
        List<(int From, int Input)>[] inputs = [.. graph.Operators.Select(_ => new List<(int, int)>())];
        for (int i = 0; i < graph.Operators.Count; i++)
        {
            foreach ((Operator reader, int input) in graph.Operators[i].Edges)
            {
                if (places.TryGetValue(reader, out int place))
                    inputs[place].Add((i, input));
            }
        }

        List<Exchange> exchanges = [];
        int[] level = new int[inputs.Length];
        bool[] onFirstOnly = new bool[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            Operator one = graph.Operators[i];
            onFirstOnly[i] = one.NeedsAllRows || (inputs[i].Count > 0 && one is not StatefulOperator && inputs[i].TrueForAll(input => onFirstOnly[input.From]));
            if (inputs[i].Count == 0 && (one is StatefulOperator || one.NeedsAllRows))
                throw new InvalidOperationException($"The rows of a source enter at '{one.Name}', where they should be split among workers.");
            foreach ((int from, int input) in inputs[i].OrderBy(edge => edge.Input))
            {
                bool isThere = one.NeedsAllRows ? onFirstOnly[from] : one is not StatefulOperator;
                if (!isThere)
                    exchanges.Add(new Exchange(from, i, input, level[from] + 1));
                level[i] = Math.Max(level[i], isThere ? level[from] : level[from] + 1);
            }
        }

        return new ExchangePlan(exchanges, level);
    }
}
