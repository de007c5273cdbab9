using Typed.Operators;

namespace Typed.Execution;

/// <summary>A query between two batches, as <see cref="Explanation"/> sees it. Times are ms since 1970 where they do not say otherwise.</summary>
internal sealed record QueryView
{
    /// <summary>When the run began.</summary>
    internal required long StartMillis { get; init; }

    /// <summary>The clock of the last batch of the run that had rows; null if none had.</summary>
    internal required long? LastDataMillis { get; init; }

    /// <summary>The watermark of the next batch; null if the pipeline has none.</summary>
    internal required long? WatermarkMillis { get; init; }

    internal required WatermarkPolicy Policy { get; init; }

    internal required IReadOnlyList<InputView> Inputs { get; init; }

    internal required IReadOnlyList<HolderView> Holders { get; init; }

    /// <summary>Rows that were late in this run.</summary>
    internal required long LateRows { get; init; }

    /// <summary>Whether a batch has run in this run: none without data comes before (semantics 2.4.2).</summary>
    internal required bool HasRun { get; init; }

    /// <summary>Whether batches run without data at all.</summary>
    internal required bool NoDataBatches { get; init; }

    /// <summary>When the next trigger is due; null if the query goes on as soon as there is data.</summary>
    internal required long? NextTriggerMillis { get; init; }
}

/// <summary>How far an input has come.</summary>
/// <param name="ValueMillis">The greatest event time less the delay; null if none came.</param>
/// <param name="SeenMillis">The clock of the last batch that brought an event time; the start of the run if none did.</param>
/// <param name="IdleAfterMillis">After how long without event times it is not waited for; null for never.</param>
internal sealed record ClockView(long? ValueMillis, long SeenMillis, long? IdleAfterMillis)
{
    /// <summary>When it begins to be idle.</summary>
    internal long IdleAt => IdleAfterMillis is long after ? SeenMillis + after : long.MaxValue;
}

/// <summary>A watermark of the pipeline and what feeds it.</summary>
/// <param name="Name">The parameters of the pipeline that feed it.</param>
/// <param name="Clock">How far it has come, all partitions together.</param>
internal sealed record InputView(string Name, ClockView Clock)
{
    internal required long DelayMillis { get; init; }

    internal required long? MaxAheadMicros { get; init; }

    /// <summary>Rows of this run, and how many of them had no event time, or one too far ahead of the clock.</summary>
    internal required long Rows { get; init; }

    internal required long NullTimes { get; init; }

    internal required long Ahead { get; init; }

    internal required long? FirstAheadMicros { get; init; }

    /// <summary>Whether nothing will ever come again.</summary>
    internal required bool HasEnded { get; init; }

    /// <summary>Its partitions, where they matter.</summary>
    internal required IReadOnlyList<(string Name, ClockView Clock)> Partitions { get; init; }
}

/// <summary>A stateful operator that holds something.</summary>
/// <param name="Name">The operator.</param>
/// <param name="What">What it holds, in words: <c>41 groups of 1,173 rows</c>.</param>
/// <param name="WatermarkMicros">The watermark of its input in the next batch.</param>
/// <param name="ReleaseMicros">At which watermark the first of it comes out; null if it is not for the watermark to let it out.</param>
/// <param name="First">Which of it comes out then, in words; empty for all.</param>
internal sealed record HolderView(string Name, string What, long WatermarkMicros, long? ReleaseMicros, string First)
{
    /// <param name="one">An operator with something in its state.</param>
    /// <param name="watermarkMicros">The watermark of its input in the next batch.</param>
    internal static HolderView Of(StatefulInstances one, long watermarkMicros)
    {
        long groups = one.SumState(state => state.Total);
        long rows = one.Sum(counts => counts.Held);
        string what = !one.First.HoldsRows ? Explanation.Count(groups, rows > 0 ? "row" : "key")
            : rows == 0 ? Explanation.Count(groups, "key")
            : $"{Explanation.Count(groups, "group")} of {Explanation.Count(rows, "row")}";
        return new HolderView(one.Name, what, watermarkMicros, one.NextRelease(), groups == 1 ? "" : one.First.HoldsRows ? ", the first of them" : ", the first one without a match");
    }
}
