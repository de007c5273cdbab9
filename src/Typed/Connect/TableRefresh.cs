using Typed.Time;

namespace Typed;

/// <summary>When a table is read again (semantics 7.2). A new content is seen by the micro-batch for which it was read and by later ones.</summary>
public sealed class TableRefresh
{
    private TableRefresh(string name) => Name = name;

    /// <summary>Read when the query starts, and never again in this run.</summary>
    public static TableRefresh Once { get; } = new("once");

    /// <summary>Read for each micro-batch.</summary>
    public static TableRefresh EachBatch { get; } = new("each batch");

    /// <summary>Looked at for each micro-batch, and read if it has changed: other files, other times of modification, another version.</summary>
    public static TableRefresh OnChange { get; } = new("on change");

    /// <summary>The least time between two reads; null where it plays no part.</summary>
    public TimeSpan? Interval { get; private init; }

    private string Name { get; }

    /// <summary>Read for the first micro-batch after so much time.</summary>
    /// <param name="interval">For example <c>"10 minutes"</c>; above zero.</param>
    /// <exception cref="FormatException">The text is not a duration above zero.</exception>
    public static TableRefresh Every(string interval)
    {
        if (!DurationText.TryParse(interval, out long micros, out int months) || months != 0 || micros <= 0)
            throw new FormatException($"\"{interval}\" is no interval at which a table can be read: write for example \"10 minutes\".");
        return new TableRefresh("every " + interval) { Interval = Columns.Instant.DurationFromMicros(micros) };
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
