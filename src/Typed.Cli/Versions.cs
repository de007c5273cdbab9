using Typed.State;

namespace Typed.Cli;

/// <summary>Opens versions of state by what a user says.</summary>
internal static class Versions
{
    /// <summary>The versions of a checkpoint.</summary>
    /// <exception cref="CommandException">There are none.</exception>
    internal static StateFolder FolderOf(CheckpointView view) => view.State is { Versions.Count: > 0 } state
        ? state
        : throw new CommandException(view.HasState
            ? $"'{view.Path}' has no version of the state yet: the query writes the first one some seconds after its start, and at a stop."
            : $"The pipeline of '{view.Path}' keeps no state.");

    /// <summary>Opens a version; the newest one that can be read if none is said.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be read.</exception>
    internal static LogVersion Open(CheckpointView view, long? at)
    {
        StateFolder state = FolderOf(view);
        if (at is long asked)
            return OpenOne(view, state, asked);
        while (true)
        {
            IReadOnlyList<long> versions = state.Versions;
            string faults = "";
            foreach (long version in versions.Reverse())
            {
                LogVersion? opened = null;
                try
                {
                    opened = state.Open(version);
                    opened.Verify();
                    return opened;
                }
                catch (StateDamagedException e)
                {
                    opened?.Dispose();
                    faults += $" {version}: {view.Relative(e.Path)}: {e.Fault}.";
                }
            }

            // A query that runs has newer ones by now.
            state.Refresh();
            if (state.Versions.SequenceEqual(versions))
                throw new CommandException($"No version of the state in '{view.Path}' can be read.{faults} 'typed checkpoint check' says what can be done.");
        }
    }

    /// <summary>The number of an operator in a version.</summary>
    /// <exception cref="CommandException">There is none of this name.</exception>
    internal static int Operator(LogVersion version, string name)
    {
        for (int i = 0; i < version.Operators.Count; i++)
        {
            if (version.Operators[i].Name == name)
                return i;
        }

        string[] all = [.. version.Operators.Select(one => one.Name)];
        throw new CommandException($"There is no operator '{name}' in version {version.BatchId}. {(all.Length <= 3 ? "There are" : "Nearest are")} {string.Join(", ", Nearest.Of(name, all))}.");
    }

    /// <summary>The layout of an operator.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    internal static StateLayout LayoutOf(StoredOperator one)
    {
        try
        {
            return one.Layout.Length > 0 || one.EntriesAtMost == 0
                ? StateLayout.Parse(one.Layout)
                : throw new CommandException($"The version does not say what the entries of {one.Name} are: another program wrote it. Its schema is '{one.Schema}'.");
        }
        catch (InvalidDataException e)
        {
            throw new CommandException($"What the entries of {one.Name} are cannot be read: {e.Message}. A newer Typed may have written it: use the tool of that version.");
        }
    }

    private static LogVersion OpenOne(CheckpointView view, StateFolder state, long version)
    {
        if (!state.Versions.Contains(version))
            throw new CommandException($"There is no version of the state after batch {version}; there are {string.Join(", ", state.Versions)}. Only these are kept.");
        try
        {
            return state.Open(version);
        }
        catch (StateDamagedException e)
        {
            throw new CommandException($"The version after batch {version} cannot be read: {view.Relative(e.Path)}: {e.Fault}. 'typed state {view.Path}' says which ones can.");
        }
    }
}
