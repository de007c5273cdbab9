using System.Numerics;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// Numbers that are due at some time, given back once that time has come. What is not due costs nothing: an entry is moved at most once for
/// each level between its being added and its being due.
/// </summary>
/// <remarks>
/// A time is read as eight digits of one byte. An entry lies at the level of the first digit, from the left, in which its time differs from the
/// present, in the slot of that digit:
/// <code>
/// heads:   8 levels × 256 slots, the number of a block + 1; 0 = empty
/// filled:  8 levels × 256 bits, which slots are not empty
/// block:   | next block + 1 (4) | entries (4) | 20 × (time (8), item (4)) |      256 bytes
/// </code>
/// When time passes, the levels below the first digit that changes are due as a whole; in its own level the slots that were passed are, and the
/// one that was reached is spread over the levels below.
/// </remarks>
internal sealed unsafe class TimingWheel : IDisposable
{
    private const int Levels = 8;
    private const int Slots = 256;
    private const int WordsPerLevel = Slots / 64;
    private const int EntriesPerBlock = 20;
    private readonly int[] _heads = new int[Levels * Slots];
    private readonly ulong[] _filled = new ulong[Levels * WordsPerLevel];
    private NativeBuffer _blockBuffer = NativeBuffer.Rent(4096);
    private NativeBuffer _dueBuffer = NativeBuffer.Rent(1024);
    private int _blocks;
    private int _freeBlock;
    private int _due;
    private ulong _now;

    /// <summary>How many entries are not due yet.</summary>
    public long Count { get; private set; }

    /// <summary>The time up to which entries are due.</summary>
    public long Now => TimeOf(_now);

    /// <summary>What is due and not yet <see cref="ClearDue">cleared</see>, in no order.</summary>
    public ReadOnlySpan<Entry> Due => new(_dueBuffer.Pointer, _due);

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => _blockBuffer.Capacity + _dueBuffer.Capacity + (_heads.Length * sizeof(int)) + (_filled.Length * sizeof(ulong));

    private Block* Blocks => (Block*)_blockBuffer.Pointer;

    /// <summary>Adds an entry. One whose time has come already is due at once.</summary>
    public void Add(long time, int item)
    {
        ulong at = Ordered(time);
        if (at > _now)
            Insert(at, item);
        else
            AddDue(at, item);
    }

    /// <summary>Lets time pass: entries up to it, itself included, are due. Time does not go back.</summary>
    public void Advance(long time)
    {
        ulong target = Ordered(time);
        if (target <= _now)
            return;
        if (Count == 0)
        {
            _now = target;
            return;
        }

        int top = LevelOf(target ^ _now);
        for (int level = 0; level < top; level++)
            Drain(level, 0, Slots);
        int reached = DigitOf(target, top);
        Drain(top, 0, reached);
        _now = target;
        Spread(top, reached);
    }

    /// <summary>The earliest time, of the entries that count; null if there is none. Looks at all entries of the slots before it and of its own.</summary>
    public long? First(Func<long, int, bool> counts)
    {
        for (int slot = 0; slot < _heads.Length; slot++)
        {
            // What differs from the present in a lower digit comes first, and so do lower slots of a level.
            ulong first = ulong.MaxValue;
            for (int block = _heads[slot]; block != 0; block = Blocks[block - 1].Next)
            {
                foreach (Entry entry in new ReadOnlySpan<Entry>(EntriesOf(Blocks + (block - 1)), Blocks[block - 1].Count))
                {
                    if (entry.Ordered < first && counts(entry.Time, entry.Item))
                        first = entry.Ordered;
                }
            }

            if (first != ulong.MaxValue)
                return TimeOf(first);
        }

        return null;
    }

    /// <summary>Forgets what was due.</summary>
    public void ClearDue() => _due = 0;

    /// <summary>Forgets everything, also how late it is.</summary>
    public void Clear()
    {
        Array.Clear(_heads);
        Array.Clear(_filled);
        (_blocks, _freeBlock, _due, _now, Count) = (0, 0, 0, 0, 0);
    }

    /// <summary>Forgets everything but how late it is, and gives memory back.</summary>
    public void Restart()
    {
        ulong now = _now;
        Clear();
        _now = now;
        _blockBuffer.Release();
        _dueBuffer.Release();
        (_blockBuffer, _dueBuffer) = (NativeBuffer.Rent(4096), NativeBuffer.Rent(1024));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _blockBuffer.Release();
        _dueBuffer.Release();
    }

    // The order of signed times as that of unsigned ones.
    private static ulong Ordered(long time) => (ulong)time ^ (1UL << 63);

    private static long TimeOf(ulong ordered) => (long)(ordered ^ (1UL << 63));

    private static int LevelOf(ulong difference) => BitOperations.Log2(difference) >> 3;

    private static int DigitOf(ulong at, int level) => (int)(at >> (level * 8)) & 0xFF;

    private void Insert(ulong at, int item)
    {
        int level = LevelOf(at ^ _now);
        int digit = DigitOf(at, level);
        int slot = (level * Slots) + digit;
        int head = _heads[slot];
        if (head == 0 || Blocks[head - 1].Count == EntriesPerBlock)
        {
            int block = TakeBlock();
            Blocks[block].Next = head;
            Blocks[block].Count = 0;
            _heads[slot] = head = block + 1;
            _filled[(level * WordsPerLevel) + (digit >> 6)] |= 1UL << (digit & 63);
        }

        Block* first = Blocks + (head - 1);
        EntriesOf(first)[first->Count++] = new Entry(at, item);
        Count++;
    }

    private void Drain(int level, int first, int end)
    {
        for (int word = first >> 6; word < WordsPerLevel; word++)
        {
            ulong bits = _filled[(level * WordsPerLevel) + word];
            for (; bits != 0; bits &= bits - 1)
            {
                int digit = (word * 64) + BitOperations.TrailingZeroCount(bits);
                if (digit >= end)
                    return;
                for (int block = Detach(level, digit); block != 0;)
                {
                    Block* one = Blocks + (block - 1);
                    for (int i = 0; i < one->Count; i++)
                        AddDue(EntriesOf(one)[i].Ordered, EntriesOf(one)[i].Item);
                    Count -= one->Count;
                    block = GiveBack(block);
                }
            }
        }
    }

    private void Spread(int level, int digit)
    {
        for (int block = Detach(level, digit); block != 0;)
        {
            // Read again each time: a block that is taken may move them all.
            int count = Blocks[block - 1].Count;
            Count -= count;
            for (int i = 0; i < count; i++)
            {
                Entry entry = EntriesOf(Blocks + (block - 1))[i];
                if (entry.Ordered > _now)
                    Insert(entry.Ordered, entry.Item);
                else
                    AddDue(entry.Ordered, entry.Item);
            }

            block = GiveBack(block);
        }
    }

    private int Detach(int level, int digit)
    {
        int slot = (level * Slots) + digit;
        int head = _heads[slot];
        _heads[slot] = 0;
        _filled[(level * WordsPerLevel) + (digit >> 6)] &= ~(1UL << (digit & 63));
        return head;
    }

    private int GiveBack(int block)
    {
        int next = Blocks[block - 1].Next;
        Blocks[block - 1].Next = _freeBlock;
        _freeBlock = block;
        return next;
    }

    private int TakeBlock()
    {
        if (_freeBlock != 0)
        {
            int block = _freeBlock - 1;
            _freeBlock = Blocks[block].Next;
            return block;
        }

        long bytes = (_blocks + 1L) * sizeof(Block);
        if (bytes > _blockBuffer.Capacity)
            _blockBuffer = Enlarge(_blockBuffer, bytes);
        return _blocks++;
    }

    private void AddDue(ulong at, int item)
    {
        long bytes = (_due + 1L) * sizeof(Entry);
        if (bytes > _dueBuffer.Capacity)
            _dueBuffer = Enlarge(_dueBuffer, bytes);
        ((Entry*)_dueBuffer.Pointer)[_due++] = new Entry(at, item);
    }

    private static NativeBuffer Enlarge(NativeBuffer buffer, long bytes)
    {
        NativeBuffer larger = NativeBuffer.Rent(checked((nint)bytes));
        Buffer.MemoryCopy(buffer.Pointer, larger.Pointer, larger.Capacity, buffer.Capacity);
        buffer.Release();
        return larger;
    }

    private static Entry* EntriesOf(Block* block) => (Entry*)block->Entries;

    /// <summary>An item and its time.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 4)]
    internal readonly struct Entry(ulong ordered, int item)
    {
        /// <summary>The time, in an order of unsigned numbers.</summary>
        public readonly ulong Ordered = ordered;

        /// <summary>What is due.</summary>
        public readonly int Item = item;

        /// <summary>When.</summary>
        public long Time => TimeOf(Ordered);
    }

    private struct Block
    {
        /// <summary>The next block of the slot, or the next free one, + 1; 0 for none.</summary>
        public int Next;

        /// <summary>How many entries there are.</summary>
        public int Count;

        /// <summary>20 entries of 12 bytes, and 8 bytes so that a block is 256.</summary>
        public fixed byte Entries[248];
    }
}
