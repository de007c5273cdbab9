using System.Numerics;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// A join of two streams (semantics 6): rows of each side are kept, in buckets by time, until the watermark says that no match can come
/// any more. In a micro-batch one side goes first and is stored, then the other one is taken against it, so that each pair is found
/// once (semantics 6.1.2); what comes too early waits.
/// </summary>
/// <typeparam name="TKey">The keys of one row.</typeparam>
/// <typeparam name="TJoin">How keys are read and compared.</typeparam>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin> : StatefulOperator
    where TKey : unmanaged
    where TJoin : struct, IStreamJoin<TKey>
{
    // Where nothing says how far apart matches are, buckets are 2²⁶ µs long, about a minute; never below 2¹⁸ µs, a quarter of a second,
    // since a watermark far behind would keep too many of them.
    private const int UsualShift = 26;
    private const int LeastShift = 18;

    // No two times are further apart, so that distances never overflow.
    private const long AnyDistance = 1L << 61;

    private readonly StreamJoinKind _kind;
    private readonly JoinInput<TKey, TJoin> _left;
    private readonly JoinInput<TKey, TJoin> _right;
    private readonly JoinInput<TKey, TJoin> _first;
    private readonly bool _isBand;
    private readonly long _least;
    private readonly long _greatest;
    private readonly bool _byKey;
    private readonly TJoin _join;
    private int _epoch;

    /// <summary>Called by generated code.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The rows that come out: columns of the left side and, unless it is a semi or anti join, of the right side.</param>
    /// <param name="kind">Which rows come out.</param>
    /// <param name="join">How keys are read and compared.</param>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    /// <param name="condition">The condition in words, part of <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="leastDistance">The least right time − left time of a pair, µs; null for none.</param>
    /// <param name="greatestDistance">The greatest.</param>
    public StreamJoinOperator(
        string name,
        RowSchema output,
        StreamJoinKind kind,
        TJoin join,
        JoinSide left,
        JoinSide right,
        string condition,
        long? leastDistance = null,
        long? greatestDistance = null)
        : base(name, output)
    {
        (_kind, _join) = (kind, join);
        _byKey = left.EvictionColumn >= 0;
        bool hasBoth = leastDistance is not null && greatestDistance is not null && left.TimeColumn >= 0 && right.TimeColumn >= 0;
        bool leftTimed = left.BucketColumn >= 0 && (left.IsBounded || hasBoth);
        bool rightTimed = right.BucketColumn >= 0 && (right.IsBounded || hasBoth);
        int shift = UsualShift;
        if (!_byKey && leftTimed && rightTimed && (leastDistance ?? greatestDistance) is not null)
        {
            _isBand = true;
            (_least, _greatest) = (leastDistance ?? -AnyDistance, greatestDistance ?? AnyDistance);
            if (hasBoth)
                shift = Shift(Math.Max(1, _greatest - _least));
        }
        else
        {
            _isBand = _byKey;
            (_least, _greatest) = _byKey ? (0, 0) : (-AnyDistance, AnyDistance);
        }

        _left = new JoinInput<TKey, TJoin>(left, true, kind is StreamJoinKind.LeftOuter or StreamJoinKind.FullOuter or StreamJoinKind.LeftAnti, leftTimed, shift);
        _right = new JoinInput<TKey, TJoin>(right, false, kind is StreamJoinKind.RightOuter or StreamJoinKind.FullOuter, rightTimed, shift);
        _first = GivesLeftOnly ? _right : _left;
        StateSchema = $"{kind} join on {condition}; left {Describe(left)}; right {Describe(right)}";
        _memory = new JoinMemory<TKey>();
        _returning = new Returning(this);
    }

    /// <inheritdoc/>
    public override string Kind => "symmetricHashJoin";

    /// <inheritdoc/>
    public override string StateSchema { get; }

    /// <inheritdoc/>
    public override bool HoldsRows => false;

    internal override bool SplitsByKey => true;

    internal JoinStore<TKey, TJoin> LeftStore => _left.Store;

    internal JoinStore<TKey, TJoin> RightStore => _right.Store;

    private bool GivesLeftOnly => _kind is StreamJoinKind.LeftSemi or StreamJoinKind.LeftAnti;

    /// <summary>Whether a batch without data has work to do: only if state of one side ever goes (semantics 2.4.1).</summary>
    public override bool WantsBatch(long newWatermark) =>
        (_left.Side.IsBounded || _right.Side.IsBounded) && newWatermark > EvictionWatermark;

    /// <summary>The least of the input's and both state watermarks (semantics 2.2.3).</summary>
    public override long OutputWatermark(long input)
    {
        long output = input;
        if (_left.Side.IsBounded)
            output = Math.Min(output, _left.Side.StateWatermark(input));
        if (_right.Side.IsBounded)
            output = Math.Min(output, _right.Side.StateWatermark(input));
        return Math.Max(0, output);
    }

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        NextEpoch();
        _passed = 0;
        foreach (JoinInput<TKey, TJoin> input in (ReadOnlySpan<JoinInput<TKey, TJoin>>)[_left, _right])
        {
            input.HasEnded = false;
            input.StateWatermark = input.Side.StateWatermark(EvictionWatermark);
        }
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch) => Process(batch, 0);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _memory.Dispose();
        _again?.Dispose();
        _loadedKey.Dispose();
        _loadingLeft?.Dispose();
        _loadingRight?.Dispose();
        _removed.Dispose();
        _thinned.Clear();
        _output?.Release();
        _output = null;
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void Process(ColumnBatch batch, int input)
    {
        JoinInput<TKey, TJoin> side = input == 0 ? _left : _right;
        Counts.In += batch.Length;
        if (side != _first && !_first.HasEnded)
            side.Early.Enqueue(batch.AddReference());
        else
            Take(side, batch);
    }

    /// <inheritdoc/>
    protected override void InputEnding(int input)
    {
        JoinInput<TKey, TJoin> side = input == 0 ? _left : _right;
        side.HasEnded = true;
        if (side != _first)
            return;
        JoinInput<TKey, TJoin> other = Other(side);

        // A batch is released once, also where what reads the join throws: those behind it are released with the join.
        while (other.Early.TryDequeue(out ColumnBatch? batch))
        {
            try
            {
                Take(other, batch);
            }
            finally
            {
                batch.Release();
            }
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        RewriteThinned();
        Evict(_left);
        Evict(_right);
        Flush();
        _left.RaiseFloor();
        _right.RaiseFloor();
        Counts.FannedOut = Counts.Out - _passed;
        CountState();
    }

    // The smallest power of two that is not below the width of the band: a row looks into two buckets, seldom three.
    private static int Shift(long span) =>
        Math.Clamp(BitOperations.Log2((ulong)span - 1 | 1) + 1, LeastShift, 56);

    private static string Describe(JoinSide side) => string.Join(", ", side.Stored.Select(column => $"{side.Schema.Fields[column].Name} {side.Schema.Fields[column].Type}"));

    private JoinInput<TKey, TJoin> Other(JoinInput<TKey, TJoin> side) => side == _left ? _right : _left;

    // Numbers of 23 bits, one for each micro-batch at least: where they begin again, what was not needed for the longest time is guessed wrongly, once.
    private void NextEpoch() => _epoch = (_epoch + 1) & ((1 << 23) - 1);

    private void CountState()
    {
        State.Total = _left.Store.Rows + _right.Store.Rows;
        Counts.Held = State.Total;
    }
}
