using Typed.Operators;

namespace Typed.Time;

/// <summary>
/// What a watermark node has seen in this run: the greatest event time less its delay and, where it has a time after which an input
/// is idle and its source has partitions, the same for each of these; then the slowest partition governs. All values in ms.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="sources">The numbers of the sources whose rows flow through it.</param>
/// <param name="startMillis">When the run began.</param>
internal sealed class NodeWatermark(WatermarkOperator node, IReadOnlyList<int> sources, long startMillis)
{
    private readonly InputClock _clock = new(startMillis);

    // Ordered, so that what is saved is the same in each run.
    private readonly SortedDictionary<(int Source, int Partition), InputClock> _partitions = [];

    internal WatermarkOperator Node => node;

    internal IReadOnlyList<int> Sources => sources;

    internal InputClock Clock => _clock;

    internal IReadOnlyDictionary<(int Source, int Partition), InputClock> Partitions => _partitions;

    internal long? IdleAfterMillis => node.Bounds.IdleAfterMicros / 1000;

    /// <summary>How many rows came in this run, how many of them without an event time, and how many with one too far ahead of the clock.</summary>
    internal (long Rows, long NullTimes, long Ahead) Seen { get; private set; }

    /// <summary>The first event time of this run that was too far ahead of the clock, µs.</summary>
    internal long? FirstAheadMicros { get; private set; }

    /// <summary>Takes an event time that was too far ahead.</summary>
    internal void SawAhead(long micros) => FirstAheadMicros ??= micros;

    /// <summary>Adds the partitions that a source says it has.</summary>
    internal void Know(int source, int partitions)
    {
        if (IdleAfterMillis is null)
            return;
        for (int i = 0; i < partitions; i++)
            _partitions.TryAdd((source, i), new InputClock(startMillis));
    }

    /// <summary>Takes the event times of a batch that has ended (semantics 2.1.3).</summary>
    internal void Advance(long batchMillis)
    {
        Seen = (Seen.Rows + node.Rows, Seen.NullTimes + node.Rows - node.Count - node.AheadCount, Seen.Ahead + node.AheadCount);
        if (node.Count == 0)
            return;
        long delay = node.DelayMicros / 1000;
        foreach ((var partition, long greatest) in node.Partitions)
        {
            if (!_partitions.TryGetValue(partition, out InputClock? clock))
                _partitions[partition] = clock = new InputClock(startMillis);
            clock.Take(greatest - delay, batchMillis);
        }

        _clock.Take(node.MaxMillis - delay, batchMillis);
    }

    /// <summary>The state at an instant.</summary>
    /// <param name="nowMillis">The instant.</param>
    /// <param name="hasNew">Whether a source of the node has rows for the next batch, so that it cannot be said to be silent.</param>
    internal InputState At(long nowMillis, bool hasNew)
    {
        long? value = _clock.ValueMillis;
        if (_partitions.Count > 0 && value is not null)
            value = InputClock.Least([.. _partitions.Values.Select(one => new InputState(one.ValueMillis, one.IdleAt(IdleAfterMillis)))], hasNew ? _clock.SeenMillis : nowMillis);
        return new InputState(value, hasNew ? long.MaxValue : _clock.IdleAt(IdleAfterMillis));
    }

    /// <summary>The first instant after <paramref name="nowMillis"/> at which an input begins to be idle; the greatest long if none does.</summary>
    internal long NextIdle(long nowMillis)
    {
        long next = long.MaxValue;
        foreach (InputClock clock in (IEnumerable<InputClock>)[_clock, .. _partitions.Values])
        {
            long at = clock.IdleAt(IdleAfterMillis);
            if (at > nowMillis)
                next = Math.Min(next, at);
        }

        return next;
    }

    /// <summary>What a later run needs so that nobody waits anew for an input that is silent: a name and a clock for each input.</summary>
    internal IEnumerable<(string Input, string Clock)> Save(long nowMillis)
    {
        if (IdleAfterMillis is null)
            yield break;
        yield return (node.Name, _clock.Save(nowMillis));
        foreach (((int source, int partition), InputClock clock) in _partitions)
            yield return ($"{node.Name}/{source}/{partition}", clock.Save(nowMillis));
    }

    /// <summary>Takes what <see cref="Save"/> gave. A partition that does not come back is silent, and released after the idle time like any other.</summary>
    internal void Restore(string input, string clock, long silenceMillis)
    {
        if (IdleAfterMillis is null || !input.StartsWith(node.Name, StringComparison.Ordinal))
            return;
        if (input == node.Name)
        {
            _clock.Restore(clock, startMillis - silenceMillis);
            return;
        }

        string[] parts = input[node.Name.Length..].Split('/');
        if (parts is not ["", var source, var partition])
            return;
        InputClock restored = new(startMillis);
        restored.Restore(clock, startMillis - silenceMillis);
        _partitions[(int.Parse(source, System.Globalization.CultureInfo.InvariantCulture), int.Parse(partition, System.Globalization.CultureInfo.InvariantCulture))] = restored;
    }
}
