using Typed.Columns;

namespace Typed.Operators;

/// <summary>The rows of a batch as sessions of their own: when each begins and ends, and which of them count (semantics 4.1, 4.3, 4.4).</summary>
internal sealed unsafe class SessionRows(in SessionSettings settings) : IDisposable
{
    /// <summary>The end of a session that does not end: 31 December 9999, the last instant that there is.</summary>
    private static readonly long Never = Instant.ToMicros(DateTimeOffset.MaxValue);

    private readonly SessionSettings _settings = settings;
    private NativeBuffer? _startBuffer;
    private NativeBuffer? _endBuffer;
    private NativeBuffer? _pickBuffer;

    /// <summary>By row, its time.</summary>
    public long* Starts { get; private set; }

    /// <summary>By row, its time plus its gap.</summary>
    public long* Ends { get; private set; }

    /// <summary>Whether all rows are in time; then there are no lists.</summary>
    public bool AllInTime { get; private set; }

    /// <summary>How many rows are in time.</summary>
    public int InTime { get; private set; }

    /// <summary>The rows that are in time; only if not all are.</summary>
    public RowPicks InTimeRows => new((int*)_pickBuffer!.Pointer);

    /// <summary>How many rows are late.</summary>
    public int Late { get; private set; }

    /// <summary>The rows that are late.</summary>
    public RowPicks LateRows => new((int*)_pickBuffer!.Pointer + InTime);

    /// <summary>How many rows have no time.</summary>
    public int NullTime { get; private set; }

    /// <summary>How many rows have no gap, or none above zero.</summary>
    public int NoGap { get; private set; }

    /// <summary>Reads a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="lateWatermark">Rows whose own session ends at or before it are late, µs.</param>
    public void Read(ColumnBatch batch, long lateWatermark)
    {
        int count = batch.Length;
        Column time = batch[_settings.TimeColumn];
        Column? gap = _settings.GapColumn < 0 ? null : batch[_settings.GapColumn];
        ReadTimes(time, count);
        ReadEnds(time, gap, count);
        (InTime, Late, NullTime, NoGap) = (count, 0, 0, 0);
        AllInTime = time.NullCount == 0 && gap is null && _settings.GapMonths == 0 && _settings.GapMicros > 0
            && (count == 0 || SliceSplitter.RangeOf(Ends, count).Least > lateWatermark);
        if (!AllInTime)
            Sort(time, gap, count, lateWatermark);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _startBuffer?.Release();
        _endBuffer?.Release();
        _pickBuffer?.Release();
        (_startBuffer, _endBuffer, _pickBuffer) = (null, null, null);
    }

    private void ReadTimes(Column time, int count)
    {
        if (time is not StructColumn window)
        {
            Starts = ((FixedColumn<long>)time).Values;
            return;
        }

        // A window stands for its last instant (semantics 1.7).
        long* windowEnds = ((FixedColumn<long>)window.Children[1]).Values;
        Starts = Room<long>(ref _startBuffer, count);
        for (int i = 0; i < count; i++)
            Starts[i] = windowEnds[i] - 1;
    }

    private void ReadEnds(Column time, Column? gap, int count)
    {
        Ends = Room<long>(ref _endBuffer, count);
        long micros = _settings.GapMicros;
        if (gap is not null)
        {
            long* gaps = ((FixedColumn<long>)gap).Values;
            for (int i = 0; i < count; i++)
                Ends[i] = Math.Min(Starts[i] + gaps[i], Never);
        }
        else if (_settings.GapMonths == 0)
        {
            for (int i = 0; i < count; i++)
                Ends[i] = Math.Min(Starts[i] + micros, Never);
        }
        else
        {
            for (int i = 0; i < count; i++)
                Ends[i] = time.IsNull(i) ? 0 : Math.Min(AfterMonths(Starts[i]) + micros, Never);
        }
    }

    /// <summary>The same time of day some months later, on the last day of the month where that month has no such day.</summary>
    private long AfterMonths(long time)
    {
        const long MicrosPerDay = 86_400_000_000;
        long day = (long)Math.Floor((decimal)time / MicrosPerDay);
        DateTimeOffset date = Instant.FromMicros(day * MicrosPerDay);
        int months = (date.Year * 12) + date.Month - 1 + _settings.GapMonths;
        if (months >= 10_000 * 12)
            return Never;
        return months < 12 ? long.MinValue / 2 : Instant.ToMicros(date.AddMonths(_settings.GapMonths)) + (time - (day * MicrosPerDay));
    }

    private void Sort(Column time, Column? gap, int count, long lateWatermark)
    {
        int* picks = Room<int>(ref _pickBuffer, count);
        bool timeHasNulls = time.NullCount > 0;
        bool gapHasNulls = gap is { NullCount: > 0 };
        (InTime, Late, NullTime, NoGap) = (0, 0, 0, 0);
        for (int i = 0; i < count; i++)
        {
            if (timeHasNulls && time.IsNull(i))
                NullTime++;
            else if ((gapHasNulls && gap!.IsNull(i)) || Ends[i] <= Starts[i])
                NoGap++;
            else if (Ends[i] <= lateWatermark)
                picks[count - ++Late] = i;
            else
                picks[InTime++] = i;
        }

        // The late ones were listed from the end; they follow those in time, in the order of their arrival.
        new Span<int>(picks + count - Late, Late).Reverse();
        new Span<int>(picks + count - Late, Late).CopyTo(new Span<int>(picks + InTime, Late));
    }

    private static T* Room<T>(ref NativeBuffer? buffer, int count)
        where T : unmanaged
    {
        nint bytes = checked((nint)count * sizeof(T));
        if (buffer is null || buffer.Capacity < bytes)
        {
            buffer?.Release();
            buffer = NativeBuffer.Rent(Math.Max(1024, bytes));
        }

        return (T*)buffer.Pointer;
    }
}
