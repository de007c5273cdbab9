using System.Numerics;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// Times that are still to come, and how many of them a watermark passes when it moves: a timing wheel of eight levels that holds
/// nothing but the times.
/// </summary>
/// <remarks>
/// <code>
/// level 0:  256 buckets of 1 µs        those times that differ from the present one in the lowest byte only
/// level 1:  256 buckets of 256 µs      … in the second byte and perhaps the first
/// level 2:  256 buckets of 65.5 ms
/// level 3:  256 buckets of 16.8 s
/// …
/// bucket:   block → block → …          the first is being filled, all others are full
/// block:    | next (8) | 31 times (8 each) |
/// </code>
/// When the present moves, whole buckets are counted and emptied without a look at what is in them; only the one into which it moves is
/// spread over the levels below. A time goes down a level at most seven times, so its cost is constant; what is far off costs nothing.
/// </remarks>
internal sealed unsafe partial class ExpiryWheel : IDisposable
{
    private const int Levels = 8;
    private const int Digits = 256;
    private const int TimesPerBlock = 31;
    private const int FirstBlocks = 64;
    private readonly Bucket[] _buckets = new Bucket[Levels * Digits];

    /// <summary>A bit for each bucket that is not empty.</summary>
    private readonly ulong[] _filled = new ulong[Levels * Digits / 64];
    private readonly List<NativeBuffer> _memory = [];
    private Block* _free;

    /// <summary>The present, with the sign turned so that times before 1970 come first.</summary>
    private ulong _now = Ordered(long.MinValue);

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Forgets all times; the present is <paramref name="now"/>.</summary>
    public void Reset(long now)
    {
        Drain(0, 0, Levels * Digits);
        _now = Ordered(now);
    }

    /// <summary>Adds a time after the present.</summary>
    public void Add(long time) => Place(Ordered(time));

    /// <summary>Moves the present on.</summary>
    /// <returns>How many times it passed or reached.</returns>
    public long Advance(long to)
    {
        ulong next = Ordered(to);
        if (next <= _now)
            return 0;
        int level = LevelOf(next ^ _now);

        // What is on the levels below differs from the next present on this one, and lies before it.
        long passed = Drain(0, 0, level * Digits);
        int digit = Digit(next, level);
        passed += Drain(level, Digit(_now, level), digit);
        _now = next;
        return passed + Spread((level * Digits) + digit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The area may have been disposed already.
        _away = null;
        Reset(long.MinValue);
        GiveBack();
    }

    private static ulong Ordered(long time) => (ulong)time ^ (1UL << 63);

    private static int LevelOf(ulong difference) => BitOperations.Log2(difference) >> 3;

    private static int Digit(ulong time, int level) => (int)(time >> (level * 8)) & (Digits - 1);

    private void Place(ulong time)
    {
        int level = LevelOf(time ^ _now);
        int index = (level * Digits) + Digit(time, level);
        ref Bucket bucket = ref _buckets[index];
        if (bucket.InFirst == TimesPerBlock || bucket.First == null)
            AddBlock(ref bucket, index);
        bucket.First->Times[bucket.InFirst++] = time;
        bucket.Count++;
    }

    private void AddBlock(ref Bucket bucket, int index)
    {
        if (_free == null)
            MakeBlocks();
        Block* block = _free;
        _free = block->Next;
        if (bucket.First == null)
            bucket.Last = block;
        block->Next = bucket.First;
        bucket.First = block;
        bucket.InFirst = 0;
        _filled[index >> 6] |= 1UL << (index & 63);
    }

    private void MakeBlocks()
    {
        // As many as there are, so that the pieces stay few.
        NativeBuffer buffer = NativeBuffer.Rent(checked((nint)Math.Max(FirstBlocks * sizeof(Block), Math.Min(MemoryBytes, 16 << 20))));
        _memory.Add(buffer);
        MemoryBytes += buffer.Capacity;
        Block* blocks = (Block*)buffer.Pointer;
        for (long i = (buffer.Capacity / sizeof(Block)) - 1; i >= 0; i--)
        {
            blocks[i].Next = _free;
            _free = blocks + i;
        }
    }

    /// <summary>Empties buckets from one digit of a level up to another, exclusive, and counts what was in them.</summary>
    private long Drain(int level, int from, int end)
    {
        long count = 0;
        int first = (level * Digits) + from;
        int last = (level * Digits) + end;
        for (int word = first >> 6; word << 6 < last; word++)
        {
            for (ulong bits = _filled[word]; bits != 0; bits &= bits - 1)
            {
                int index = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (index < first || index >= last)
                    continue;
                Bucket bucket = Take(index);
                count += bucket.Count;
                bucket.Last->Next = _free;
                _free = bucket.First;
            }
        }

        return count + DrainAway(first, last);
    }

    /// <summary>Distributes the times of a bucket over the levels below; those up to the present are counted and dropped.</summary>
    private long Spread(int index)
    {
        if ((_filled[index >> 6] & (1UL << (index & 63))) == 0)
            return SpreadAway(index);
        Bucket bucket = Take(index);
        long passed = 0;
        int times = bucket.InFirst;
        for (Block* block = bucket.First; block != null;)
        {
            for (int i = 0; i < times; i++)
            {
                if (block->Times[i] <= _now)
                    passed++;
                else
                    Place(block->Times[i]);
            }

            Block* next = block->Next;
            block->Next = _free;
            _free = block;
            block = next;
            times = TimesPerBlock;
        }

        return passed + SpreadAway(index);
    }

    private void GiveBack()
    {
        foreach (NativeBuffer buffer in _memory)
            buffer.Release();
        _memory.Clear();
        _free = null;
        MemoryBytes = 0;
    }

    private Bucket Take(int index)
    {
        Bucket bucket = _buckets[index];
        _buckets[index] = default;
        _filled[index >> 6] &= ~(1UL << (index & 63));
        return bucket;
    }

    private struct Block
    {
        public Block* Next;
        public fixed ulong Times[TimesPerBlock];
    }

    private struct Bucket
    {
        public Block* First;
        public Block* Last;
        public long Count;
        public int InFirst;
    }
}
