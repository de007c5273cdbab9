namespace Typed.Operators;

/// <summary>One operator of a query as each worker runs it: what is said of the operator is said of all of them together.</summary>
internal class OperatorInstances
{
    internal OperatorInstances(IReadOnlyList<Operator> all) => All = all;

    /// <summary>By the number of the worker; the first one alone where the operator cannot be split.</summary>
    internal IReadOnlyList<Operator> All { get; }

    /// <summary>That of the first worker: it stands for all where they are alike.</summary>
    internal Operator First => All[0];

    internal string Name => First.Name;

    /// <summary>A count over all workers.</summary>
    internal long Sum(Func<RowCounts, long> count)
    {
        long sum = 0;
        foreach (Operator one in All)
            sum += count(one.Counts);
        return sum;
    }
}
