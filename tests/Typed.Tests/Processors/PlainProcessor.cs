namespace Typed.Tests.Processors;

/// <summary>
/// What the driven processors do, rule by rule (semantics 10) and with nothing but dictionaries: times are whole seconds.
/// </summary>
internal abstract class PlainProcessor
{
    private readonly Dictionary<string, PlainKey> _keys = [];
    private readonly HashSet<string> _kept = [];
    private readonly List<Report> _out = [];

    public int Late { get; private set; }

    public int Removed { get; private set; }

    public int Total => _kept.Count;

    protected long Now { get; private set; }

    protected long Watermark { get; private set; }

    protected abstract bool HasEventTime { get; }

    public List<Report> Batch(IReadOnlyList<Order> rows, long now, long late, long watermark, IReadOnlyList<Given>? initial)
    {
        _out.Clear();
        (Now, Watermark, Late, Removed) = (now, watermark, 0, 0);
        List<Order> inTime = [.. rows.Where(row => !HasEventTime || row.At is not { } at || at.ToUnixTimeSeconds() > late)];
        Late = rows.Count - inTime.Count;
        HashSet<string> pending = [.. inTime.Select(row => NameOf(row.Key))];
        foreach (Given given in initial ?? [])
        {
            PlainKey key = KeyOf(given.Key);
            Initial(key, given);
            Leave(key, pending);
        }

        foreach (IGrouping<string, Order> group in inTime.GroupBy(row => NameOf(row.Key)))
        {
            PlainKey key = KeyOf(group.First().Key);
            pending.Remove(group.Key);
            Rows(key, [.. group]);
            Leave(key, pending);
        }

        // Those that are due now; what handlers register from here on is for another batch.
        long clock = HasEventTime ? watermark : now;
        foreach ((long time, PlainKey key) in _keys.Values.SelectMany(key => key.Timers.Where(time => time <= clock).Select(time => (time, key))).OrderBy(due => due.time).ToList())
        {
            if (!key.Timers.Contains(time))
                continue;
            Timer(key, time);
            key.Timers.Remove(time);
            Leave(key, pending);
        }

        foreach (PlainKey key in _keys.Values.ToList())
        {
            key.Expire(now);
            if (_kept.Contains(NameOf(key.Name)))
                Leave(key, pending);
        }

        return [.. _out];
    }

    protected abstract void Rows(PlainKey key, List<Order> rows);

    protected abstract void Timer(PlainKey key, long time);

    protected virtual void Initial(PlainKey key, Given row) => throw new NotSupportedException();

    protected void Emit(PlainKey key, string what, long? at = null) => _out.Add(new Report(key.Name, what, at is { } time ? DateTimeOffset.FromUnixTimeSeconds(time) : null));

    private static string NameOf(string? key) => key is null ? "null" : "'" + key;

    private PlainKey KeyOf(string? name)
    {
        if (!_keys.TryGetValue(NameOf(name), out PlainKey? key))
            _keys.Add(NameOf(name), key = new PlainKey(name));
        return key;
    }

    private void Leave(PlainKey key, HashSet<string> pending)
    {
        string name = NameOf(key.Name);
        if (!key.IsEmpty)
            _kept.Add(name);
        else if (!pending.Contains(name))
            Removed += _kept.Remove(name) ? 1 : 0;
    }
}

/// <summary>What a key has.</summary>
internal sealed class PlainKey(string? name)
{
    public string? Name { get; } = name;

    public long Count { get; set; }

    public string? Text { get; set; }

    public string? Place { get; set; }

    public long? Last { get; set; }

    public List<string> List { get; } = [];

    public SortedDictionary<string, string> Map { get; } = new(StringComparer.Ordinal);

    public (long Value, long Expiry)? FreshValue { get; set; }

    public List<(string Value, long Expiry)> FreshList { get; private set; } = [];

    public SortedDictionary<string, (long Value, long Expiry)> FreshMap { get; } = new(StringComparer.Ordinal);

    public SortedSet<long> Timers { get; } = [];

    public bool IsEmpty =>
        Count == 0 && Text is null && Place is null && Last is null && List.Count == 0 && Map.Count == 0
        && FreshValue is null && FreshList.Count == 0 && FreshMap.Count == 0 && Timers.Count == 0;

    public void Clear()
    {
        (Count, Text, Place, Last, FreshValue) = (0, null, null, null, null);
        List.Clear();
        Map.Clear();
        FreshList.Clear();
        FreshMap.Clear();
    }

    /// <summary>What has expired goes.</summary>
    public void Expire(long now)
    {
        if (FreshValue is { } value && now >= value.Expiry)
            FreshValue = null;
        FreshList = [.. FreshList.Where(one => now < one.Expiry)];
        foreach (string gone in FreshMap.Where(one => now >= one.Value.Expiry).Select(one => one.Key).ToList())
            FreshMap.Remove(gone);
    }
}

/// <summary>What <see cref="ByClock"/> does.</summary>
internal sealed class PlainByClock : PlainProcessor
{
    private const long Lifetime = 10;

    protected override bool HasEventTime => false;

    protected override void Initial(PlainKey key, Given row)
    {
        key.Expire(Now);
        key.Count += row.Number;
        key.FreshMap[row.Name] = (row.Number, Now + Lifetime);
        key.Timers.Add(row.Number);
        Tell("initial", key);
    }

    protected override void Rows(PlainKey key, List<Order> rows)
    {
        key.Expire(Now);
        foreach (Order row in rows)
        {
            switch (row.Do)
            {
                case "add": key.Count += row.Number; break;
                case "name": key.Text = row.Number == 0 ? null : row.Name; break;
                case "place": key.Place = row.Number == 0 ? null : row.Name + row.Number; break;
                case "append": key.List.Add(row.Name); break;
                case "replace": key.List.Clear(); key.List.AddRange([row.Name, "and", row.Name]); break;
                case "unlist": key.List.Clear(); break;
                case "put": key.Map[row.Name] = $"{row.Number}"; break;
                case "remove": key.Map.Remove(row.Name); break;
                case "unmap": key.Map.Clear(); break;
                case "fresh value": key.FreshValue = (row.Number, Now + Lifetime); break;
                case "unfresh": key.FreshValue = null; break;
                case "fresh append": key.FreshList.Add((row.Name, Now + Lifetime)); break;
                case "fresh put": key.FreshMap[row.Name] = (row.Number, Now + Lifetime); break;
                case "fresh remove": key.FreshMap.Remove(row.Name); break;
                case "timer": key.Timers.Add(row.Number); break;
                case "untimer": key.Timers.Remove(row.Number); break;
                case "clear": key.Clear(); break;
            }
        }

        Tell($"{rows.Count} rows", key);
    }

    protected override void Timer(PlainKey key, long time)
    {
        key.Expire(Now);
        Tell($"timer {time}", key);
        if (key.Count % 2 != 0)
            key.Timers.Add(time + (key.Count % 5));
        if (key.Count % 3 == 0)
            key.Clear();
        else
            key.Count++;
    }

    private void Tell(string call, PlainKey key) => Emit(
        key,
        $"{call}: {key.Count} {key.Text ?? "-"} {key.Place ?? "-"} [{string.Join(' ', key.List)}] {{{string.Join(' ', key.Map.Select(one => one.Key + "=" + one.Value))}}} "
        + $"{key.FreshValue?.Value ?? -1} [{string.Join(' ', key.FreshList.Select(one => one.Value))}] "
        + $"{{{string.Join(' ', key.FreshMap.Select(one => one.Key + "=" + one.Value.Value))}}} {string.Join(' ', key.Timers)}");
}

/// <summary>What <see cref="ByTime"/> does.</summary>
internal sealed class PlainByTime : PlainProcessor
{
    protected override bool HasEventTime => true;

    protected override void Rows(PlainKey key, List<Order> rows)
    {
        foreach (Order row in rows.OrderBy(row => row.At ?? DateTimeOffset.MinValue))
        {
            key.Last = row.At?.ToUnixTimeSeconds() ?? key.Last;
            switch (row.Do)
            {
                case "add": key.Count++; break;
                case "append" when row.At is { } at: key.List.Add($"{at.ToUnixTimeSeconds()}"); break;
                case "put" when row.At is { } at: key.Map[$"{at.ToUnixTimeSeconds():D12}"] = row.Name; break;
                case "unmap": key.Map.Clear(); break;
                case "timer": key.Timers.Add(row.Number); break;
                case "untimer": key.Timers.Remove(row.Number); break;
                case "clear": key.Clear(); break;
            }
        }

        Tell($"{rows.Count} rows", key, null);
    }

    protected override void Timer(PlainKey key, long time)
    {
        Tell($"timer {time}", key, Watermark + 1);
        if (key.Count % 3 == 0)
            key.Clear();
        else if (key.Count % 3 == 1)
            key.Timers.Add(time + (key.Count % 7));
        else
            key.Count = 0;
    }

    private void Tell(string call, PlainKey key, long? at) => Emit(
        key,
        $"{call}: {key.Count} {key.Last ?? -1} [{string.Join(' ', key.List)}] {{{string.Join(' ', key.Map.Select(one => one.Key.TrimStart('0') + "=" + one.Value))}}} "
        + string.Join(' ', key.Timers),
        at);
}
