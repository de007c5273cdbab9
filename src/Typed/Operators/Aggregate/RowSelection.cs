using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <summary>Which rows of a batch a loop visits; a type argument, so that a plain range costs nothing.</summary>
internal interface IRowSelection
{
    /// <summary>The row at a position.</summary>
    int this[int position] { get; }
}

/// <summary>Rows one after the other.</summary>
internal readonly struct RowRange(int first) : IRowSelection
{
    public int this[int position]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => first + position;
    }
}

/// <summary>Rows that a list names.</summary>
internal readonly unsafe struct RowPicks(int* rows) : IRowSelection
{
    public int this[int position]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => rows[position];
    }
}
