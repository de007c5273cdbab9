namespace Typed.Plan;

/// <summary>How a join of two streams stands to time: which columns carry watermarks, what bounds the state of each side (semantics 6.2).</summary>
internal sealed record JoinTime
{
    public required IReadOnlyList<int> LeftMarked { get; init; }

    public required IReadOnlyList<int> RightMarked { get; init; }

    /// <summary>Whether ON has an equality between the sides at all.</summary>
    public required bool HasEquality { get; init; }

    /// <summary>Whether a key carries a watermark, on either side (semantics 6.2.1).</summary>
    public required bool KeyIsMarked { get; init; }

    public required IReadOnlyList<TimeBound> Bounds { get; init; }

    public static JoinTime Of(StreamJoinNode join)
    {
        IReadOnlyList<int> left = WatermarkFlow.Columns(join.Left);
        IReadOnlyList<int> right = WatermarkFlow.Columns(join.Right);
        bool hasEquality = false;
        bool keyIsMarked = false;
        List<TimeBound> bounds = [];
        foreach (ExprSpec conjunct in JoinCondition.Conjuncts(join.On))
        {
            if (JoinCondition.IsEquality(conjunct, out ExprSpec one, out ExprSpec other, out _))
            {
                hasEquality = true;
                keyIsMarked |= WatermarkFlow.Carries(one, left) || WatermarkFlow.Carries(other, right, input: 1);
            }
            else
            {
                bounds.AddRange(TimeBound.Of(conjunct));
            }
        }

        return new JoinTime { LeftMarked = left, RightMarked = right, HasEquality = hasEquality, KeyIsMarked = keyIsMarked, Bounds = bounds };
    }

    public IReadOnlyList<int> Marked(int side) => side == 0 ? LeftMarked : RightMarked;

    /// <summary>Whether the condition bounds the rows of a side by the other side's watermark (semantics 6.2.7).</summary>
    public bool HasBound(int side) => KeyIsMarked || Bounds.Any(bound => bound.BoundsSide(side, [.. Marked(1 - side)]));

    /// <summary>Whether rows of a side leave the state: they need a watermark of their own for that (semantics 6.2.2).</summary>
    public bool Evicts(int side) => KeyIsMarked || (HasBound(side) && Marked(side).Count > 0);
}
