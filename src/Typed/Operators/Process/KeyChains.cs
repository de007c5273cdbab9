using System.Runtime.CompilerServices;
using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// How rows are collected by key: what the table calls adding a row to an accumulator is here to put the number of the row at the end of the
/// list of its key.
/// </summary>
/// <remarks>
/// <code>
/// rows of the micro-batch: | number of the next row of the same key, −1 at the end (4) |   numbered over all batches of columns
/// </code>
/// </remarks>
internal unsafe struct KeyChains<TCell, TKey, TState, TRows> : IAggregation<TCell, KeySlot<TState>>
    where TCell : unmanaged
    where TState : unmanaged
    where TRows : struct, IProcessKeys<TCell, TKey>
{
    /// <summary>The rows of the batch that is being added.</summary>
    public TRows Rows;

    /// <summary>The list.</summary>
    public int* Next;

    /// <summary>The number of the first row of the batch.</summary>
    public int Offset;

    public static bool KeyHasText => TRows.KeyHasText;

    public static bool HasCells => false;

    public void Bind(ColumnBatch input, long sequence) => Rows.Bind(input);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LoadKey(int row, out TCell key) => Rows.LoadKey(row, out key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(in TCell key) => TRows.Hash(key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Same(in TCell left, in TCell right) => TRows.Same(left, right);

    public static void OwnKey(ref TCell key, Arena arena) => TRows.OwnKey(ref key, arena);

    public void Start(out KeySlot<TState> slot) => slot = KeySlot<TState>.Empty;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ref KeySlot<TState> slot, int row, Arena arena)
    {
        int number = Offset + row;
        Next[number] = -1;
        if (slot.First < 0)
            slot.First = number;
        else
            Next[slot.Last] = number;
        slot.Last = number;
        slot.Rows++;
    }

    public void Merge(ref KeySlot<TState> slot, in KeySlot<TState> other, Arena arena) => throw Unused();

    public static void OwnCells(ref KeySlot<TState> slot, Arena arena) => throw Unused();

    public void BindOutput(ColumnBatch output, int rows) => throw Unused();

    public void Emit(in TCell key, in KeySlot<TState> slot, int row) => throw Unused();

    public void EndOutput(int rows) => throw Unused();

    public static string KeyLayout => TRows.KeyLayout;

    public static string AccLayout => throw Unused();

    public static void SaveKey(in TCell key, StateWriter writer) => TRows.SaveKey(key, writer);

    public static void LoadKey(StateReader reader, Arena arena, out TCell key) => TRows.LoadKey(reader, arena, out key);

    public static void SaveAcc(in KeySlot<TState> slot, StateWriter writer) => throw Unused();

    public static void LoadAcc(StateReader reader, Arena arena, out KeySlot<TState> slot) => throw Unused();

    private static InvalidOperationException Unused() => new("The keys of custom state are collected only: their tables are not merged and have no results, and what is kept for a key is stored by its members.");
}
