using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>Tables from the program: fixed rows, or a function that loads them.</summary>
public static class Tables
{
    /// <summary>A table that never changes.</summary>
    public static ITableSource<T> From<T>(IEnumerable<T> rows)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        T[] copy = [.. rows];
        return new Loaded<T>("rows", _ => Task.FromResult<IEnumerable<T>>(copy), TableRefresh.Once);
    }

    /// <summary>A table that a function loads, as often as <paramref name="refresh"/> says: once, each batch or at an interval.</summary>
    /// <exception cref="ArgumentException">The policy is <see cref="TableRefresh.OnChange"/>: a function does not tell whether its result has changed.</exception>
    public static ITableSource<T> Load<T>(Func<CancellationToken, Task<IEnumerable<T>>> load, TableRefresh? refresh = null)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(load);
        if (refresh == TableRefresh.OnChange)
        {
            throw new ArgumentException(
                "A function does not tell whether its result has changed: choose TableRefresh.EachBatch, Every(…) or Once.", nameof(refresh));
        }

        return new Loaded<T>("function", load, refresh ?? TableRefresh.Once);
    }

    private sealed record Loaded<T>(string Kind, Func<CancellationToken, Task<IEnumerable<T>>> Load, TableRefresh Refresh) : ITableSource<T>
        where T : IStreamRecord<T>
    {
        public ITableReader Open(SourceContext context) => new Reader<T>(this, context);
    }

    private sealed class Reader<T>(Loaded<T> table, SourceContext context) : ITableReader
        where T : IStreamRecord<T>
    {
        private readonly RefreshClock _clock = new(table.Refresh, context.Time);

        public string Description => $"table '{context.Name}' from a {table.Kind}";

        public async ValueTask<ColumnBatch?> RefreshAsync(long batchId, CancellationToken cancellation)
        {
            if (!_clock.IsDue)
                return null;
            IEnumerable<T> rows = await table.Load(cancellation);
            _clock.WasRead();
            return RecordBatch.Of<T>([.. rows]);
        }

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>Says when a table has to be looked at.</summary>
internal sealed class RefreshClock(TableRefresh refresh, TimeProvider time)
{
    private DateTimeOffset? _read;

    internal bool IsDue => _read is not { } read
        || (refresh.Interval is { } interval ? time.GetUtcNow() - read >= interval : refresh != TableRefresh.Once);

    internal void WasRead() => _read = time.GetUtcNow();
}
