namespace Typed.Execution;

/// <summary>Which inputs hold the watermark of a query where it is: the rules of <see cref="Time.GlobalWatermark"/>, read backwards.</summary>
internal sealed record Stall
{
    /// <summary>The inputs, or partitions of inputs, that are waited for.</summary>
    internal required IReadOnlyList<StalledInput> Considered { get; init; }

    /// <summary>Those of them that have come least far; under <see cref="WatermarkPolicy.Max"/>, the one that has come furthest.</summary>
    internal required IReadOnlyList<StalledInput> Holders { get; init; }

    /// <summary>The one that has come furthest, if some hold it back.</summary>
    internal required StalledInput? Leader { get; init; }

    /// <summary>Those that are not waited for, since they are silent.</summary>
    internal required IReadOnlyList<StalledInput> LeftOut { get; init; }

    internal static Stall Of(QueryView query, long nowMillis)
    {
        List<StalledInput> leftOut = [];
        List<StalledInput> considered = [];
        StalledInput[] inputs = [.. query.Inputs.Select(input => new StalledInput(input, input.Name, input.Clock, false))];
        foreach (StalledInput input in Considering(inputs, nowMillis, leftOut))
        {
            if (input.Of.Partitions.Count == 0 || input.Clock.ValueMillis is null)
                considered.Add(input);
            else
                considered.AddRange(Considering([.. input.Of.Partitions.Select(one => new StalledInput(input.Of, one.Name, one.Clock, true))], nowMillis, leftOut));
        }

        StalledInput furthest = considered.MaxBy(one => one.Clock.ValueMillis ?? 0)!;
        long least = considered.Min(one => one.Clock.ValueMillis ?? 0);
        bool isHeld = query.Policy == WatermarkPolicy.Min && furthest.Clock.ValueMillis > least;
        return new Stall
        {
            Considered = query.Policy == WatermarkPolicy.Max ? [furthest] : considered,
            Holders = query.Policy == WatermarkPolicy.Max ? [furthest] : [.. considered.Where(one => (one.Clock.ValueMillis ?? 0) == least)],
            Leader = isHeld ? furthest : null,
            LeftOut = leftOut,
        };
    }

    // Those that are not idle; where all are, those that fell silent last.
    private static List<StalledInput> Considering(StalledInput[] inputs, long nowMillis, List<StalledInput> leftOut)
    {
        List<StalledInput> waited = [.. inputs.Where(one => one.Clock.IdleAt > nowMillis)];
        if (waited.Count == 0 && inputs.Where(one => one.Clock.ValueMillis is not null).Select(one => one.Clock.IdleAt).DefaultIfEmpty().Max() is var last)
            waited = [.. inputs.Where(one => one.Clock.ValueMillis is null ? last == 0 : one.Clock.IdleAt == last)];
        leftOut.AddRange(inputs.Except(waited));
        return waited;
    }
}

/// <summary>An input or a partition of one.</summary>
/// <param name="Of">The input.</param>
/// <param name="Name">Its name, or that of the partition.</param>
/// <param name="Clock">How far it has come.</param>
/// <param name="IsPartition">Whether it is a partition.</param>
internal sealed record StalledInput(InputView Of, string Name, ClockView Clock, bool IsPartition);
