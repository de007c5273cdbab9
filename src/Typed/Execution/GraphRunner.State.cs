using Typed.Operators;
using Typed.State;

namespace Typed.Execution;

/// <summary>The state of the operators on its way to a checkpoint and back.</summary>
internal sealed partial class GraphRunner : ICapturedState
{
    /// <summary>Sees what each operator writes; a test looks whether it is what the layout of the operator says.</summary>
    internal static Action<StatefulOperator, StateChanges>? Captured { get; set; }

    private readonly StateChanges _early = new();

    /// <inheritdoc/>
    public long Entries => Stateful.Sum(one => one.SumState(state => state.Total));

    /// <inheritdoc/>
    public void Prepare(StateVersion version, Action<int, StateChanges> handOver)
    {
        foreach (StatefulInstances one in Operators.OfType<StatefulInstances>())
        {
            int number = version.Operators.Count;
            StateShape shape = one.First.Shape;
            OperatorChanges changes = new(shape.Name, shape.Kind, shape.Schema, shape.Layout) { IsNamed = shape.IsNamed };
            changes.Changes.Full = full =>
            {
                Captured?.Invoke(one.First, full);
                handOver(number, full);
            };
            version.Operators.Add(changes);
        }
    }

    /// <summary>
    /// Takes what operators have written ahead of the next snapshot since they had to spill it, when it has become much: in a micro-batch that is larger than memory, all
    /// that it changes. Set once.
    /// </summary>
    internal SnapshotCapture? Capture { get; set; }

    /// <inheritdoc/>
    public bool SaveSome(StateVersion version, CaptureSlice slice)
    {
        int number = 0;
        foreach (StatefulInstances one in Operators.OfType<StatefulInstances>())
        {
            if (!one.SaveSome(version.Operators[number++].Changes, slice))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void SaveChanges(StateVersion version)
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

    // Several workers may come at once.
    private void HandOver(StatefulOperator one)
    {
        if (Capture is null)
            return;
        int number = 0;
        foreach (StatefulInstances instances in Operators.OfType<StatefulInstances>())
        {
            if (instances.All.Contains(one))
                break;
            number++;
        }

        lock (_early)
        {
            if (one.EarlyBytes < _budget!.MostEarlyBehind && !Capture.HasRoomForEarly)
                return;
            one.SaveEarly(_early);
            Capture.HandOverEarly(number, _early);
        }
    }

    /// <summary>What the present operators mean for a stored state; values that a migration of theirs makes are no hindrance.</summary>
    /// <exception cref="InvalidDataException">A layout is none.</exception>
    internal OperatorsChange Compare(IEnumerable<StateShape> stored)
    {
        StatefulOperator[] operators = [.. _graph.Operators.OfType<StatefulOperator>()];
        OperatorsChange change = OperatorsEvolution.Compare([.. stored], [.. operators.Select(one => one.Shape)]);
        return StateFit.Migrated(change, operators);
    }

    /// <summary>How a stored state that the operators can go on from becomes one of theirs.</summary>
    /// <exception cref="InvalidDataException">A value cannot be read as the present one.</exception>
    internal IReadOnlyList<StateRewriting> Rewriting(IReadOnlyList<StoredOperator> stored, OperatorsChange change) =>
        [.. _graph.Operators.OfType<StatefulOperator>().Select((one, i) => RewritingOf(one, stored[change.Match[i]], change.Match[i]))];

    /// <summary>Replaces the state of all stateful operators, which were found to fit.</summary>
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

    private static StateRewriting RewritingOf(StatefulOperator one, StoredOperator stored, int number)
    {
        StateShape present = one.Shape;
        IReadOnlyList<ShapeChange> changes = StateEvolution.Compare(stored.Shape, present);
        StateLayout before = StateLayout.Parse(stored.Layout);
        Dictionary<string, VariableMigration> migrations = [];
        foreach (ShapeChange change in changes)
        {
            if (VariableMigration.Of(one.Migrations, change) is { } migration)
                migrations.Add(change.Variable!, new VariableMigration(migration, one.Name, change.Values!.AreBehindExpiry));
        }

        // State of which nothing is written anew keeps its tables, and so its own text.
        return migrations.Count > 0 || changes.Any(change => change.Rewrites)
            ? new StateRewriting(number, present, one.Renew(stored.Head), new RewrittenTables(
                before,
                one.Layout,
                isCustom: CustomStateEvolution.IsCustom(one.Kind),
                migrations,
                one.TakesTimes))
            : new StateRewriting(number, stored.Shape, stored.Head, new RewrittenTables(before, before, isCustom: false));
    }
}
