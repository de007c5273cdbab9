namespace Typed.State;

/// <summary>Entries on their way to or from a <see cref="SpillArea"/>: what they are known by, and their bytes one after the other.</summary>
public sealed class SpillBatch
{
    private const int LargeBytes = 1 << 20;
    private readonly List<Item> _items = [];
    private int _start;
    private int _keyEnd;

    /// <summary>Takes the fields of the key that was begun, then those of its value.</summary>
    public StateWriter Writer { get; } = new();

    /// <summary>How many there are.</summary>
    public int Count => _items.Count;

    /// <summary>What is known of each.</summary>
    public IReadOnlyList<Item> Items => _items;

    /// <summary>The same, without a call for each.</summary>
    internal ReadOnlySpan<Item> ItemSpan => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_items);

    /// <summary>Begins an entry: the fields of its key are to be written next, then, if there is a value, <see cref="BeginValue"/> and its fields, then <see cref="End"/>.</summary>
    /// <param name="table">The table.</param>
    /// <param name="part">The part of the table.</param>
    /// <param name="hash">The hash of the key: always the same for the same key.</param>
    /// <param name="due">When it has to be back at the latest; <see cref="SpillArea.NeverDue"/> for never.</param>
    public void Begin(int table, long part, uint hash, long due = SpillArea.NeverDue)
    {
        _start = Writer.Length;
        _keyEnd = -1;
        _items.Add(new Item(table, part, hash, due, _start, 0, 0));
    }

    /// <summary>Ends the key.</summary>
    public void BeginValue() => _keyEnd = Writer.Length;

    /// <summary>Ends an entry.</summary>
    public void End()
    {
        int keyEnd = _keyEnd < 0 ? Writer.Length : _keyEnd;
        _items[^1] = _items[^1] with { KeyLength = keyEnd - _start, ValueLength = Writer.Length - keyEnd };
    }

    /// <summary>The bytes of a key.</summary>
    public ReadOnlyMemory<byte> KeyOf(in Item item) => Writer.Written.Slice(item.Start, item.KeyLength);

    /// <summary>The bytes of a value.</summary>
    public ReadOnlyMemory<byte> ValueOf(in Item item) => Writer.Written.Slice(item.Start + item.KeyLength, item.ValueLength);

    /// <summary>Says of all entries that they are of another part, as where a key may be in any of several.</summary>
    internal void MoveTo(long part)
    {
        for (int i = 0; i < _items.Count; i++)
            _items[i] = _items[i] with { Part = part };
    }

    /// <summary>Says of all entries that they are of another table, by their hash.</summary>
    internal void MoveTo(Func<uint, int> table)
    {
        for (int i = 0; i < _items.Count; i++)
            _items[i] = _items[i] with { Table = table(_items[i].Hash) };
    }

    /// <summary>Whether there is so much that it should be put into the area before more is added.</summary>
    internal bool IsLarge => Writer.Length >= LargeBytes;

    /// <summary>Puts the entries into an area, if there are any, and starts again.</summary>
    internal void PutInto(SpillArea area)
    {
        if (Count > 0)
            area.Put(this);
        Clear();
    }

    /// <summary>Takes the entries of the keys back from an area, if there are any, and starts again.</summary>
    internal void TakeFrom(SpillArea area, ISpillTarget target)
    {
        if (Count > 0)
            area.Take(this, target);
        Clear();
    }

    /// <summary>Starts again.</summary>
    public void Clear()
    {
        _items.Clear();
        Writer.Clear();
    }

    /// <summary>What is known of an entry.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Part">The part of the table.</param>
    /// <param name="Hash">The hash of its key.</param>
    /// <param name="Due">When it has to be back at the latest.</param>
    /// <param name="Start">Where its bytes begin.</param>
    /// <param name="KeyLength">How many belong to the key.</param>
    /// <param name="ValueLength">How many belong to the value.</param>
    public readonly record struct Item(int Table, long Part, uint Hash, long Due, int Start, int KeyLength, int ValueLength);
}
