using Typed.Operators;
using Typed.State;

namespace Typed.Execution;

/// <summary>The state of the operators on its way to a checkpoint and back.</summary>
internal sealed partial class GraphRunner
{
    /// <summary>Sees what each operator writes; a test looks whether it is what the layout of the operator says.</summary>
    internal static Action<StatefulOperator, StateChanges>? Captured { get; set; }

    /// <summary>Writes what has changed in the stateful operators since the last call, inputs before readers.</summary>
    internal void SaveChanges(StateVersion version)
    {
        StatefulInstances[] operators = [.. Operators.OfType<StatefulInstances>()];
        for (int i = 0; i < operators.Length; i++)
        {
            if (version.Operators.Count == i)
                version.Operators.Add(new OperatorChanges(operators[i].Name, operators[i].First.Kind, operators[i].First.StateSchema, operators[i].First.Layout.ToString()));
            OperatorChanges changes = version.Operators[i];
            operators[i].SaveChanges(changes.Changes);
            Captured?.Invoke(operators[i].First, changes.Changes);
            changes.Head = new StateHead();
            operators[i].SaveHead(changes.Head);
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
        for (int i = 0; i < operators.Length; i++)
        {
            operators[i].LoadHead(version.Operators[i].Head);
            operators[i].ExpectEntries(version.Operators[i].EntriesAtMost);
            LoadingOperator target = new(operators[i]);
            for (int shard = 0; shard < Shard.Count; shard++)
                version.Read(i, (byte)shard, target);
            operators[i].LoadEnd();
            _budget?.Keep();
        }
    }

    /// <summary>Gives stored entries to an operator, which has to read all there is of each.</summary>
    private sealed class LoadingOperator(StatefulInstances one) : IStateTarget
    {
        public void Take(in StateEntry entry)
        {
            one.LoadEntry(entry);
            if ((entry.Key.Left | entry.Value.Left) != 0)
                throw new InvalidDataException($"{one.Name} left {entry.Key.Left} bytes of a key and {entry.Value.Left} of a value unread");
        }
    }
}
