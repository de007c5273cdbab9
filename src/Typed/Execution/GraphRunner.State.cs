using Typed.Operators;
using Typed.State;

namespace Typed.Execution;

/// <summary>The state of the operators on its way to a checkpoint and back.</summary>
internal sealed partial class GraphRunner
{
    /// <summary>Sees what each operator writes; a test looks whether it is what the layout of the operator says.</summary>
    internal static Action<StatefulOperator, StateChanges>? Captured { get; set; }

    /// <summary>Lists the stateful operators in a version that is to be captured, inputs before readers.</summary>
    /// <param name="version">The version.</param>
    /// <param name="handOver">Takes what an operator has changed, by its number, when there is much of it.</param>
    internal void Prepare(StateVersion version, Action<int, StateChanges> handOver)
    {
        foreach (StatefulInstances one in Operators.OfType<StatefulInstances>())
        {
            int number = version.Operators.Count;
            OperatorChanges changes = new(one.Name, one.First.Kind, one.First.StateSchema, one.First.Layout.ToString());
            changes.Changes.Full = full =>
            {
                Captured?.Invoke(one.First, full);
                handOver(number, full);
            };
            version.Operators.Add(changes);
        }
    }

    /// <summary>Writes some of what has changed in the stateful operators.</summary>
    /// <returns>Whether nothing was left that can be written in slices.</returns>
    internal bool SaveSome(StateVersion version, CaptureSlice slice)
    {
        int number = 0;
        foreach (StatefulInstances one in Operators.OfType<StatefulInstances>())
        {
            if (!one.SaveSome(version.Operators[number++].Changes, slice))
                return false;
        }

        return true;
    }

    /// <summary>Writes what has changed in the stateful operators since the last call and was not yet written.</summary>
    internal void SaveChanges(StateVersion version)
    {
        int number = 0;
        foreach (StatefulInstances one in Operators.OfType<StatefulInstances>())
        {
            OperatorChanges changes = version.Operators[number++];
            one.SaveChanges(changes.Changes);
            Captured?.Invoke(one.First, changes.Changes);
            changes.Head = new StateHead();
            one.SaveHead(changes.Head);
        }
    }

    /// <summary>Why the operators cannot go on from what was stored; null if they can.</summary>
    internal StateRefusal? Judge(IReadOnlyList<StoredOperator> stored)
    {
        StatefulOperator[] operators = [.. _graph.Operators.OfType<StatefulOperator>()];
        if (stored.Count != operators.Length)
            return new StateRefusal("stateful-operator-set-changed", $"the pipeline has {operators.Length} operators with state, and those of {stored.Count} are stored");
        for (int i = 0; i < operators.Length; i++)
        {
            if (stored[i].Kind != operators[i].Kind)
                return new StateRefusal("stateful-operator-set-changed", $"operator {operators[i].Name} is a {operators[i].Kind}, where the state of a {stored[i].Kind} is stored");
            if (operators[i].Judge(stored[i].Schema) is { } refusal)
                return refusal;
        }

        return null;
    }

    /// <summary>Replaces the state of all stateful operators, which were found to fit (<see cref="Judge"/>).</summary>
    /// <exception cref="InvalidDataException">What is stored is not what they store.</exception>
    /// <exception cref="StateDamagedException">It cannot be read.</exception>
    internal void LoadState(StoredVersion version)
    {
        StatefulInstances[] operators = [.. Operators.OfType<StatefulInstances>()];
        using EntryFeed feed = new(version);
        for (int i = 0; i < operators.Length; i++)
        {
            // What is stored may be many times what memory has room for.
            operators[i].Load(version.Operators[i], feed, i, _budget?.MostExpected ?? long.MaxValue, _budget is { } budget ? budget.Keep : null);
        }
    }
}
