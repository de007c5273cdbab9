using System.Globalization;

namespace Typed.Tests.Distinct;

/// <summary>
/// Deduplication as the rules have it, word by word (semantics 5): a list of all keys, searched from end to end.
/// </summary>
/// <param name="key">The key of a row; those of equal text are equal.</param>
/// <param name="timed">Whether rows have a watermark.</param>
/// <param name="expiry">The watermark that forgets a key, by its first row; null for never.</param>
internal sealed class PlainDistinct(Func<Ping, string> key, bool timed, Func<Ping, long?> expiry)
{
    public const long Delay = 10_000_000;

    private readonly List<(string Key, long? Expiry)> _keys = [];

    public long Late { get; private set; }

    public long Duplicates { get; private set; }

    public long Removed { get; private set; }

    public int Held => _keys.Count;

    public static long? Micros(DateTimeOffset? time) => time is null ? null : (time.Value.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / 10;

    /// <summary>Nulls equal each other, so do all NaN and the two zeros (semantics 3.9, 5.1).</summary>
    public static string Text(object? value) => value switch
    {
        null => "none",
        0.0 => "0",
        DateTimeOffset time => time.UtcTicks.ToString(CultureInfo.InvariantCulture),
        _ => "=" + string.Format(CultureInfo.InvariantCulture, "{0:R}", value),
    };

    public List<Ping> Batch(IEnumerable<Ping> rows, long late, long eviction)
    {
        (Late, Duplicates) = (0, 0);
        List<Ping> passed = [];
        foreach (Ping row in rows)
        {
            string own = key(row);
            if (timed && Micros(row.Time) <= late)
            {
                Late++;
            }
            else if (_keys.Exists(held => held.Key == own))
            {
                Duplicates++;
            }
            else
            {
                _keys.Add((own, expiry(row)));
                passed.Add(row);
            }
        }

        Removed = _keys.RemoveAll(held => held.Expiry <= eviction);
        return passed;
    }
}
