using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>The windows of an aggregation and where its time comes from.</summary>
/// <param name="TimeColumn">The column of the input: a timestamp, or a window, whose end minus 1 µs is used (semantics 1.7).</param>
/// <param name="SizeMicros">The length of a window, µs.</param>
/// <param name="SlideMicros">The distance of the starts of windows, µs.</param>
/// <param name="OffsetMicros">How far the starts are moved from the epoch, µs.</param>
/// <param name="IsWatermarked">Whether the window carries the watermark, so that rows may be late and windows close (semantics 2.3.7).</param>
public readonly record struct WindowSettings(int TimeColumn, long SizeMicros, long SlideMicros, long OffsetMicros, bool IsWatermarked);

/// <summary>
/// An aggregation by windows of time: each row is added once, to the table of its slice, whatever size and slide are (design §4).
/// What becomes of the slices differs by window and output mode.
/// </summary>
/// <typeparam name="TKey">The key beside the window.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public abstract unsafe partial class WindowAggregateOperator<TKey, TAcc, TOps> : AggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly int _timeColumn;
    private readonly SliceSplitter _splitter;
    private readonly SliceSplitter _windowSplitter;
    private readonly SliceGrid _windowGrid;

    private protected WindowAggregateOperator(
        string name, RowSchema output, OutputMode mode, string schema, in WindowSettings window, TOps aggregation)
        : base(name, output, mode, schema, aggregation, hasWindow: true)
    {
        _timeColumn = window.TimeColumn;
        IsWatermarked = window.IsWatermarked && mode != OutputMode.Complete;
        Grid = new SliceGrid(window.SizeMicros, window.SlideMicros, window.OffsetMicros);

        // A window as time stands for its end minus 1 µs: the same slices, their starts 1 µs later.
        _windowGrid = new SliceGrid(window.SizeMicros, window.SlideMicros, window.OffsetMicros + 1);
        _splitter = new SliceSplitter(Grid);
        _windowSplitter = new SliceSplitter(_windowGrid);
    }

    /// <summary>Whether rows may be late and windows close.</summary>
    private protected bool IsWatermarked { get; }

    /// <summary>How time is cut.</summary>
    private protected SliceGrid Grid { get; }

    internal override StateLayout Layout => StateLayout.OfSlices("groups", new StateSlices(Grid.Slide, Grid.Offset, Rest: 0), TOps.KeyLayout, TOps.AccLayout);

    /// <summary>The first window that takes rows in this micro-batch.</summary>
    private protected long FirstOpen { get; private set; }

    /// <summary>The first window that is not closed yet.</summary>
    private protected long FirstUnclosed { get; private set; } = long.MinValue;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        InBatch = true;
        _combined?.Clear();
        _hasTaken = false;
        FirstOpen = IsWatermarked ? Math.Max(FirstUnclosed, Grid.FirstOpenWindow(LateWatermark)) : long.MinValue;
    }

    /// <inheritdoc/>
    public sealed override void Process(ColumnBatch batch)
    {
        int count = batch.Length;
        if (count == 0)
            return;
        Counts.In += count;
        Column column = batch[_timeColumn];
        StructColumn? window = column as StructColumn;
        long* times = ((FixedColumn<long>)(window is null ? column : window.Children[1])).Values;
        SliceGrid grid = window is null ? Grid : _windowGrid;
        SliceSplitter splitter = window is null ? _splitter : _windowSplitter;
        Bind(batch);
        if (column.NullCount > 0)
        {
            Counts.NullTime += count - splitter.SplitNullable(times, count, column);
        }
        else
        {
            (long least, long greatest) = SliceSplitter.RangeOf(times, count);
            long first = grid.SliceOf(least);
            long last = grid.SliceOf(greatest);
            if (first == last)
            {
                if (!_isCombining)
                    Fetch(first, count);
                Add(batch, first, new RowRange(0), count);
                return;
            }

            splitter.Split(times, count, first, last);
        }

        if (!_isCombining)
            Fetch(splitter);
        foreach (SliceSplitter.Part part in splitter.Parts)
        {
            if (splitter.InRuns)
                Add(batch, part.Slice, new RowRange(part.Start), part.Count);
            else
                Add(batch, part.Slice, new RowPicks(splitter.Picks + part.Start), part.Count);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _splitter.Dispose();
        _windowSplitter.Dispose();
        _wanted.Dispose();
        _combined?.Dispose();
        _own?.Dispose();
        base.Dispose();
    }

    /// <summary>The table that takes the rows of a slice in this micro-batch.</summary>
    private protected abstract GroupTable<TKey, TAcc, TOps> TableOf(long slice);

    /// <summary>
    /// The first window that stays open after this micro-batch; those before are to be emitted or dropped now (semantics 3.1, 3.2).
    /// </summary>
    private protected long FirstOpenAfter() =>
        IsWatermarked ? Math.Max(FirstUnclosed, Grid.FirstOpenWindow(EvictionWatermark)) : long.MinValue;

    /// <summary>
    /// Ends a micro-batch: the windows before <paramref name="open"/> are closed, and the rows of which no window is open any more accounted for.
    /// </summary>
    private protected void Finish(long open)
    {
        InBatch = false;
        if (!IsWatermarked)
            return;
        FirstUnclosed = open;
        long rows = _rows.RemoveBefore(Grid.FirstSlice(open));
        Counts.Closed += rows;
        Counts.Held -= rows;
    }

    private void Add<TRows>(ColumnBatch batch, long slice, TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        long firstWindow = Grid.FirstWindow(slice);
        long lastWindow = Grid.LastWindow(slice);
        if (firstWindow < FirstOpen)
            State.DroppedByWatermark += (Math.Min(lastWindow + 1, FirstOpen) - firstWindow) * count;
        if (lastWindow < FirstOpen)
        {
            Counts.Late += count;
            SendLate(batch, rows, count, Grid.WindowEnd(lastWindow));
            return;
        }

        Counts.Grouped += count;
        Counts.Held += count;
        if (IsWatermarked)
            _rows.Add(slice, count);
        (_isCombining ? CombinedOf(slice) : TableOf(slice)).Add(Ops, rows, count);
    }
}
