namespace Typed.Operators;

/// <summary>The sessions of an aggregation: where their time comes from and how long they stay open (semantics 4.1).</summary>
/// <param name="TimeColumn">The column of the input: a timestamp, or a window, whose end minus 1 µs is used (semantics 1.7).</param>
/// <param name="GapColumn">The column with the gap of each row, µs; −1 where all rows have the same gap.</param>
/// <param name="GapMicros">The gap of all rows without its months, µs.</param>
/// <param name="GapMonths">The months of the gap of all rows, which are added by the calendar, in UTC (semantics 4.3).</param>
/// <param name="IsWatermarked">Whether the sessions carry the watermark, so that rows may be late and sessions close (semantics 2.3.7).</param>
public readonly record struct SessionSettings(int TimeColumn, int GapColumn, long GapMicros, int GapMonths, bool IsWatermarked);
