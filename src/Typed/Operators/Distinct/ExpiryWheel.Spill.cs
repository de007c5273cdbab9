using Typed.State;

namespace Typed.Operators;

/// <content>
/// Times that memory has no room for. In the spill area:
/// <code>
/// table 1, part = bucket (upper 32 bits), piece of it (lower 32):   key = a number of its own (int64)     value = times (uint64 each)
/// </code>
/// Those of whole buckets go, where a bucket has many. They are counted where they are, dropped unread if the present passes all of the bucket, and come back
/// piece by piece when it moves into the bucket.
/// </content>
internal sealed unsafe partial class ExpiryWheel : ISpillTarget
{
    /// <summary>The table of the area.</summary>
    public const int Table = 1;

    private const int FewestSpilled = TimesPerBlock;
    private const int TimesInEntry = 480;
    private const int TimesInPiece = 1 << 16;

    /// <summary>What may be in memory while a bucket comes back.</summary>
    private const long MostBytes = 1 << 20;
    private readonly SpillBatch _batch = new();
    private Away[]? _away;
    private SpillArea? _area;
    private long _next;
    private int _inEntry;
    private long _passed;

    /// <summary>Puts the times of buckets that have many into an area.</summary>
    public void Spill(SpillArea area)
    {
        _area = area;
        _away ??= new Away[Levels * Digits];
        List<ulong> few = [];
        for (int index = 0; index < Levels * Digits; index++)
        {
            if ((_filled[index >> 6] & (1UL << (index & 63))) == 0)
                continue;
            Bucket bucket = Take(index);
            int times = bucket.InFirst;
            for (Block* block = bucket.First; block != null; block = block->Next)
            {
                for (int i = 0; i < times; i++)
                {
                    if (bucket.Count < FewestSpilled)
                        few.Add(block->Times[i]);
                    else
                        Put(index, block->Times[i], area);
                }

                times = TimesPerBlock;
            }

            EndEntry(area);
        }

        _batch.PutInto(area);
        GiveBack();
        foreach (ulong time in few)
            Place(time);
    }

    /// <inheritdoc/>
    void ISpillTarget.Take(int table, long part, StateReader key, StateReader value)
    {
        while (value.Left > 0)
        {
            ulong time = value.Read<ulong>();
            if (time <= _now)
                _passed++;
            else
                Place(time);
        }
    }

    private void Put(int index, ulong time, SpillArea area)
    {
        ref Away away = ref _away![index];
        if (_inEntry == TimesInEntry)
            EndEntry(area);
        if (_inEntry == 0)
        {
            if (away.Pieces == 0 || away.InLast >= TimesInPiece)
                (away.Pieces, away.InLast) = (away.Pieces + 1, 0);
            _batch.Begin(Table, PartOf(index, away.Pieces - 1), (uint)_next);
            _batch.Writer.Write(_next++);
            _batch.BeginValue();
        }

        _batch.Writer.Write(time);
        _inEntry++;
        away.InLast++;
        away.Count++;
    }

    private void EndEntry(SpillArea area)
    {
        if (_inEntry == 0)
            return;
        _inEntry = 0;
        _batch.End();
        if (_batch.IsLarge)
            _batch.PutInto(area);
    }

    private long DrainAway(int first, int last)
    {
        long count = 0;
        for (int index = first; _away is not null && index < last; index++)
        {
            if (_away[index].Count == 0)
                continue;
            count += _away[index].Count;
            for (int piece = 0; piece < _away[index].Pieces; piece++)
                _area!.DropPart(Table, PartOf(index, piece));
            _away[index] = default;
        }

        return count;
    }

    private long SpreadAway(int index)
    {
        if (_away is null || _away[index].Count == 0)
            return 0;
        int pieces = _away[index].Pieces;
        _away[index] = default;
        _passed = 0;
        for (int piece = 0; piece < pieces; piece++)
        {
            _area!.TakePart(Table, PartOf(index, piece), this);
            if (MemoryBytes > MostBytes)
                Spill(_area);
        }

        return _passed;
    }

    private static long PartOf(int index, int piece) => ((long)index << 32) | (uint)piece;

    /// <summary>What of a bucket is in the area.</summary>
    private struct Away
    {
        public long Count;
        public int Pieces;
        public int InLast;
    }
}
