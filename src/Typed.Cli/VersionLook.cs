using Typed.Execution;
using Typed.State;

namespace Typed.Cli;

/// <summary>Which versions of state can be read; each is looked through once.</summary>
internal sealed class VersionLook(CheckpointView view)
{
    private readonly Dictionary<long, (StateDamagedException? Fault, byte[] Note)> _seen = [];

    /// <summary>The versions of which there is a file, ascending: without those that the query has deleted, once that was seen.</summary>
    internal IReadOnlyList<long> All => view.State?.Versions ?? [];

    /// <summary>The newest version up to a batch that can be read; null for none.</summary>
    internal long? NewestUsable(long limit)
    {
        foreach (long version in All.Reverse())
        {
            if (version <= limit && FaultOf(version) is null)
                return version;
        }

        return null;
    }

    /// <summary>Why a version cannot be read; null if it can.</summary>
    internal string? FaultOf(long version) => Seen(version).Fault is { } fault ? $"{view.Relative(fault.Path)}: {fault.Fault}" : null;

    /// <summary>The commit entry that was saved with a version.</summary>
    /// <exception cref="StateDamagedException">The version cannot be read.</exception>
    /// <exception cref="QueryStartException">The entry is damaged.</exception>
    internal CommitEntry CommitOf(long version)
    {
        (StateDamagedException? fault, byte[] note) = Seen(version);
        return fault is null ? CommitEntry.Read(note, view.State!.Path, version) : throw fault;
    }

    private (StateDamagedException? Fault, byte[] Note) Seen(long version)
    {
        if (_seen.TryGetValue(version, out (StateDamagedException?, byte[]) known))
            return known;
        try
        {
            using LogVersion opened = view.State!.Open(version);
            opened.Verify();
            return _seen[version] = (null, opened.Note.ToArray());
        }
        catch (StateDamagedException e)
        {
            return _seen[version] = (e, []);
        }
    }
}
