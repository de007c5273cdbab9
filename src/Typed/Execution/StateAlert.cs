using Typed.Execution;
using Typed.Operators;
using Typed.State;

namespace Typed;

/// <summary>From how much state on a query warns. It warns once, and again after the state has been below nine tenths of that.</summary>
/// <param name="Entries">Entries in all operators, those that were spilled included; null for no bound.</param>
/// <param name="Bytes">Bytes in memory and spilled, such as "10 GB"; null for no bound.</param>
public sealed record StateAlert(long? Entries = null, string? Bytes = null)
{
    /// <exception cref="QueryStartException">It can never be kept: rule <c>invalid-state-alert</c> or <c>invalid-size</c>.</exception>
    internal void Check()
    {
        if (Entries is null && Bytes is null)
            throw new QueryStartException(StartRules.QueryOption.As("invalid-state-alert"), nameof(StateAlert), "without a bound", "then it says nothing. Say how many entries or bytes are too many: new StateAlert(Entries: 1_000_000)");
        if (Entries <= 0)
            throw new QueryStartException(StartRules.QueryOption.As("invalid-state-alert"), nameof(Entries), Entries, SettingProblems.NoBound);
        if (Bytes is not null && MemorySize.Parse(Bytes, nameof(Bytes)) == 0)
            throw new QueryStartException(StartRules.QueryOption.As("invalid-state-alert"), nameof(Bytes), $"\"{Bytes}\"", SettingProblems.NoBound);
    }
}

/// <summary>Compares the state after each batch with what somebody should know of.</summary>
internal sealed class StateAlertWatch(StateAlert alert, Action<string> warn)
{
    private const double Below = 0.9;
    private readonly long _entries = alert.Entries ?? long.MaxValue;
    private readonly long _bytes = alert.Bytes is null ? long.MaxValue : MemorySize.Parse(alert.Bytes, nameof(StateAlert));
    private bool _said;

    internal void Look(IReadOnlyList<StatefulInstances> operators, long batchId)
    {
        long entries = operators.Sum(one => one.SumState(state => state.Total));
        long bytes = operators.Sum(BytesOf);
        bool above = entries > _entries || bytes > _bytes;
        if (above && !_said)
        {
            StatefulInstances largest = operators.MaxBy(BytesOf)!;
            warn($"After batch {batchId} the state has {entries} entries and {MemorySize.Text(bytes)}, more than the alert of {Bound()}. Most is in {largest.Name}: {largest.SumState(state => state.Total)} entries. Let state go sooner (a shorter delay or bound, a TTL), or raise the alert.");
            _said = true;
        }
        else if (entries < _entries * Below && bytes < _bytes * Below)
        {
            _said = false;
        }
    }

    private static long BytesOf(StatefulInstances all) => all.All.Sum(BytesOf);

    private static long BytesOf(StatefulOperator one) => one.MemoryBytes + (one.SpillArea?.MemoryBytes ?? 0) + (one.SpillArea?.DiskBytes ?? 0);

    private string Bound() => (alert.Entries, alert.Bytes) switch
    {
        (long entries, null) => $"{entries} entries",
        (null, { } bytes) => bytes,
        _ => $"{alert.Entries} entries or {alert.Bytes}",
    };
}
