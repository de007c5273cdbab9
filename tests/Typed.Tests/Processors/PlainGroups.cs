namespace Typed.Tests.Processors;

/// <summary>What the driven group processors do, rule by rule (semantics 9) and with nothing but dictionaries: times are whole seconds.</summary>
internal sealed class PlainGroups(bool byTime)
{
    private readonly Dictionary<string, Group> _groups = [];
    private readonly List<Report> _out = [];
    private readonly HashSet<string> _kept = [];
    private long _now;
    private long _watermark;

    public int Late { get; private set; }

    public int Removed { get; private set; }

    public int Total => _kept.Count;

    public List<Report> Batch(IReadOnlyList<Order> rows, long now, long late, long watermark, IReadOnlyList<Given>? initial)
    {
        _out.Clear();
        (_now, _watermark, Removed) = (now, watermark, 0);

        // Only time-outs by the event time make rows late (semantics 9.11).
        List<Order> inTime = [.. rows.Where(row => !byTime || row.At is not { } at || at.ToUnixTimeSeconds() > late)];
        Late = rows.Count - inTime.Count;
        HashSet<string?> called = [];
        foreach (Given given in initial ?? [])
        {
            Group group = GroupOf(given.Key);
            (group.Count, group.Text) = (given.Number, given.Name);
        }

        // Once for each key with rows, in the first batch also for those that only the initial state has (9.1, 9.9).
        foreach (string? key in inTime.Select(row => row.Key).Concat((initial ?? []).Select(given => given.Key)))
        {
            if (!called.Add(key))
                continue;
            Group group = GroupOf(key);
            Rows(group, [.. inTime.Where(row => row.Key == key)]);
            Leave(group);
        }

        // Then once for each key without rows whose time-out is before now (9.2, 9.4, 9.5).
        foreach (Group group in _groups.Values.Where(group => !called.Contains(group.Key) && group.Timeout is { } time && time < (byTime ? watermark : now)).ToList())
        {
            TimedOut(group);
            Leave(group);
        }

        return [.. _out];
    }

    private void Rows(Group group, List<Order> rows)
    {
        group.Timeout = null;
        foreach (Order row in byTime ? rows.OrderBy(row => row.At ?? DateTimeOffset.MinValue) : (IEnumerable<Order>)rows)
        {
            if (byTime)
                group.Last = row.At?.ToUnixTimeSeconds() ?? group.Last;
            switch (row.Do)
            {
                case "add": group.Count += byTime ? 1 : row.Number; break;
                case "time out": group.Timeout = byTime ? Math.Max(_watermark, row.Number + 1) : _now + row.Number + 1; break;
                case "clear": group.Clear(); break;
                case "name" when !byTime: group.Text = row.Number == 0 ? null : row.Name; break;
                case "append" when !byTime: group.List.Add(row.Name); break;
                case "put" when !byTime: group.Map[row.Name] = row.Number; break;
            }
        }

        for (int i = 0; i < (byTime ? 1 : rows.Count % 3); i++)
            Tell($"{rows.Count} rows", group);
    }

    private void TimedOut(Group group)
    {
        group.Timeout = null;
        Tell("time-out", group);
        if (!byTime)
            Tell("again", group);
        if (group.Count % 3 == 0)
            group.Clear();
        if (group.Count % 2 == 0)
            group.Timeout = byTime ? _watermark + 1 : _now + 2;
        group.Count++;
    }

    private void Tell(string call, Group group) => _out.Add(new Report(
        group.Key,
        byTime
            ? $"{call}: {group.Count} {group.Last ?? -1}"
            : $"{call}: {group.Count} {group.Text ?? "-"} [{string.Join(' ', group.List)}] {{{string.Join(' ', group.Map.Select(one => $"{one.Key}={one.Value}"))}}}",
        null));

    private static string NameOf(string? key) => key is null ? "null" : "'" + key;

    private Group GroupOf(string? key)
    {
        if (!_groups.TryGetValue(NameOf(key), out Group? group))
            _groups.Add(NameOf(key), group = new Group(key));
        return group;
    }

    private void Leave(Group group)
    {
        if (!group.IsEmpty)
            _kept.Add(NameOf(group.Key));
        else
            Removed += _kept.Remove(NameOf(group.Key)) ? 1 : 0;
    }

    private sealed class Group(string? key)
    {
        public string? Key { get; } = key;

        public long Count { get; set; }

        public string? Text { get; set; }

        public long? Last { get; set; }

        public List<string> List { get; } = [];

        public SortedDictionary<string, long> Map { get; } = new(StringComparer.Ordinal);

        public long? Timeout { get; set; }

        public bool IsEmpty => Count == 0 && Text is null && Last is null && List.Count == 0 && Map.Count == 0 && Timeout is null;

        /// <summary>State that is removed loses its time-out too (9.3).</summary>
        public void Clear()
        {
            (Count, Text, Last, Timeout) = (0, null, null, null);
            List.Clear();
            Map.Clear();
        }
    }
}
