using System.Globalization;
using System.Text;
using Typed.Connect;
using Typed.Execution;
using Typed.Schema;

namespace Typed;

/// <summary>
/// Made-up rows at a steady rate of the clock, for trials (semantics 16.2). Row i is computed from i, so any range can be read again;
/// after a restart from a checkpoint the rows of the time between come too.
/// </summary>
public static class RateSource
{
    /// <summary>So many rows a second.</summary>
    /// <param name="rowsPerSecond">How many rows become due each second, spread evenly; above zero.</param>
    /// <param name="row">Row i, from 0. Called again when a range is read again: it must give the same row.</param>
    /// <param name="rampUp">How long the rate takes to rise evenly from zero; null for none.</param>
    /// <param name="maxRowsPerTrigger">How many rows a micro-batch takes at most; null for all that are due.</param>
    /// <exception cref="QueryStartException">A number is out of range (rule <c>rate-source-options</c>).</exception>
    public static ISource<T> Of<T>(long rowsPerSecond, Func<long, T> row, TimeSpan? rampUp = null, long? maxRowsPerTrigger = null)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(row);
        RateLimit.Check(rowsPerSecond, nameof(rowsPerSecond), "rate-source-options");
        RateLimit.Check(maxRowsPerTrigger, nameof(maxRowsPerTrigger));
        if (rampUp is { } ramp && (ramp < TimeSpan.Zero || ramp > TimeSpan.FromDays(3650)))
            throw new QueryStartException(StartRules.ConnectOption.As("rate-source-options"), nameof(rampUp), ramp, SettingProblems.NoRampUp);
        return new Source<T>(rowsPerSecond, row, rampUp ?? TimeSpan.Zero, maxRowsPerTrigger);
    }

    private sealed record Source<T>(long RowsPerSecond, Func<long, T> Row, TimeSpan RampUp, long? MaxRows) : ISource<T>
        where T : IStreamRecord<T>
    {
        public ISourceReader Open(SourceContext context) => new Reader<T>(this, context);
    }

    private sealed class Reader<T>(Source<T> source, SourceContext context) : GeneratedRows<T>(source.Row, context.Name)
        where T : IStreamRecord<T>
    {
        private readonly DateTimeOffset _began = Began(context);
        private long? _frozen;

        public override string Description => string.Create(CultureInfo.InvariantCulture, $"rate {source.RowsPerSecond}/s '{Name}'");

        public override ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation)
        {
            long from = RowOffset.Parse(start, Description);
            long to = Math.Min(_frozen ?? long.MaxValue, Due());
            if (!all && source.MaxRows is long limit && to - from > limit)
                to = from + limit;
            to = Math.Max(from, to);
            return new(to == 0 ? null : RowOffset.Format(to));
        }

        public override ValueTask FreezeAsync(string? start, CancellationToken cancellation)
        {
            _frozen = Due();
            return default;
        }

        public override async ValueTask WaitForDataAsync(string? start, CancellationToken cancellation)
        {
            long from = RowOffset.Parse(start, Description);
            while (Due() <= from)
            {
                double wait = SecondsUntil(from + 1) - (context.Time.GetUtcNow() - _began).TotalSeconds;
                await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(wait, 0.001, 60)), context.Time, cancellation);
            }
        }

        /// <summary>How many rows are due: during the ramp the rate grows evenly, so their number grows with the square of the time.</summary>
        private long Due()
        {
            double elapsed = Math.Max(0, (context.Time.GetUtcNow() - _began).TotalSeconds);
            double ramp = source.RampUp.TotalSeconds;
            double rows = elapsed < ramp
                ? source.RowsPerSecond * elapsed * elapsed / (2 * ramp)
                : source.RowsPerSecond * (elapsed - (ramp / 2));
            if (rows >= long.MaxValue)
                throw new InvalidOperationException($"{Description} would have made more rows than 64 bits can count since {_began:u}. Use a lower rate.");
            return (long)rows;
        }

        private double SecondsUntil(long rows)
        {
            double ramp = source.RampUp.TotalSeconds;
            double inRamp = source.RowsPerSecond * ramp / 2;
            return rows < inRamp ? Math.Sqrt(2 * ramp * rows / source.RowsPerSecond) : ((double)rows / source.RowsPerSecond) + (ramp / 2);
        }

        /// <summary>When the source was first opened: kept in the checkpoint, so that the count goes on after a restart.</summary>
        private static DateTimeOffset Began(SourceContext context)
        {
            DateTimeOffset now = context.Time.GetUtcNow();
            if (context.Directory is null)
                return now;
            string path = Path.Combine(context.Directory, "began");
            if (!File.Exists(path))
            {
                DurableFile.Write(path, Encoding.ASCII.GetBytes(now.ToString("O", CultureInfo.InvariantCulture)));
                return now;
            }

            string text = File.ReadAllText(path);
            if (DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset began))
                return began;
            throw new InvalidDataException(
                $"The file {path} should hold the instant at which the rate source began, but it holds '{text}'. "
                + "Restore it from a copy of the checkpoint, or start with a new checkpoint.");
        }
    }
}
