namespace Typed.Operators;

/// <summary>Which rows a join of two streams gives (semantics 6.1.1).</summary>
public enum StreamJoinKind
{
    /// <summary>A row for each pair.</summary>
    Inner,

    /// <summary>A row for each pair, and one with nulls for a left row that can find no match any more.</summary>
    LeftOuter,

    /// <summary>A row for each pair, and one with nulls for a right row that can find no match any more.</summary>
    RightOuter,

    /// <summary>A row for each pair, and one with nulls for a row of either side that can find no match any more.</summary>
    FullOuter,

    /// <summary>Left rows that have a match, once each, when the first is found (semantics 6.1.7).</summary>
    LeftSemi,

    /// <summary>Left rows that have found no match when none can come any more.</summary>
    LeftAnti,
}
