using Typed.State;

namespace Typed.Cli;

/// <summary><c>typed state --operator --diff</c>: what two versions of an operator differ in. It needs memory for the entries of one shard.</summary>
internal static class EntryDifference
{
    private const string Added = "added";
    private const string Removed = "removed";
    private const string Changed = "changed";

    internal static int Show(CheckpointView view, string name, long from, long to, EntryQuery query, TextWriter output)
    {
        using LogVersion before = Versions.Open(view, from);
        using LogVersion after = Versions.Open(view, to);
        Side old = new(before, name);
        Side now = new(after, name);
        Dictionary<string, int> counts = new() { [Added] = 0, [Changed] = 0, [Removed] = 0 };
        List<(ReadEntry, string)> shown = [];
        for (int shard = 0; shard < Shard.Count; shard++)
        {
            old.ReadShard((byte)shard);
            now.ReadShard((byte)shard);
            foreach (((int, long, string) id, (byte[] Key, byte[] Value) entry) in now.Entries)
            {
                bool isOld = old.Entries.Remove(id, out (byte[] Key, byte[] Value) earlier);
                if (!isOld)
                    Note(now.Decode(id, entry), Added, null);
                else if (!earlier.Value.AsSpan().SequenceEqual(entry.Value))
                    Note(now.Decode(id, entry), Changed, old.Decode(id, earlier));
            }

            foreach (((int, long, string) id, (byte[] Key, byte[] Value) entry) in old.Entries)
                Note(old.Decode(id, entry), Removed, null);
        }

        if (query.Format == EntryFormat.Jsonl)
            return ExitCode.Done;
        output.WriteLine($"{name} from version {before.BatchId} to {after.BatchId}: {counts[Added]} added, {counts[Changed]} changed, {counts[Removed]} removed");
        EntryList.WriteTables(shown, output);
        if (counts.Values.Sum() is int all && query.Limit > 0 && all > query.Limit)
            output.WriteLine($"{query.Limit} of {EntryList.Counted(all)} are shown; --limit 0 shows all.");
        return ExitCode.Done;

        void Note(ReadEntry entry, string change, ReadEntry? earlier)
        {
            if (!query.Wants(entry.Table, entry.Key))
                return;
            counts[change]++;
            if (query.Limit > 0 && counts.Values.Sum() > query.Limit)
                return;
            if (query.Format == EntryFormat.Jsonl)
            {
                EntryList.WriteJson(output, entry, change, earlier);
                return;
            }

            if (earlier is not null)
                shown.Add((earlier, "before"));
            shown.Add((entry, change));
        }
    }

    /// <summary>The entries of a shard in one of the versions.</summary>
    private sealed class Side : IStateTarget
    {
        private readonly LogVersion _version;
        private readonly int _number;
        private readonly StateLayout _layout;
        private readonly string _name;

        internal Side(LogVersion version, string name)
        {
            (_version, _name, _number) = (version, name, Versions.Operator(version, name));
            _layout = Versions.LayoutOf(version.Operators[_number]);
        }

        internal Dictionary<(int Table, long Time, string Key), (byte[] Key, byte[] Value)> Entries { get; } = [];

        public void Take(in StateEntry entry)
        {
            byte[] key = entry.Key.ReadRaw(entry.Key.Left).ToArray();
            Entries[(entry.Table, entry.Time, Convert.ToHexString(key))] = (key, entry.Value.ReadRaw(entry.Value.Left).ToArray());
        }

        internal void ReadShard(byte shard)
        {
            Entries.Clear();
            _version.Read(_number, shard, this);
        }

        internal ReadEntry Decode((int Table, long Time, string Key) id, (byte[] Key, byte[] Value) entry) =>
            ReadEntry.Of(_name, _layout, id.Table, id.Time, new StateReader(entry.Key), new StateReader(entry.Value));
    }
}
