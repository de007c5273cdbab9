using System.Numerics;
using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// Which groups have changed since they were stored. What a micro-batch has touched is noted when the next one begins or when changes are
/// taken: so the loops over rows know nothing of it, and a table that is never stored pays nothing.
/// </content>
internal abstract unsafe partial class KeyTable<TKey, TAcc, TKeys>
{
    private NativeBuffer? _markBuffer;

    /// <summary>For each 64 groups a word of those that have changed and a word of those that are stored.</summary>
    private ulong* _marks;

    /// <summary>Whether something was stored; if not, all groups have changed.</summary>
    private bool _tracks;

    /// <summary>How many of the touched groups are marked as changed.</summary>
    private int _noted;

    /// <summary>The word of marks that the next slice of changed groups begins with.</summary>
    private int _nextWord;

    /// <summary>Whether a group is stored, perhaps as it was earlier, so that its removal has to be stored as well. To be asked before it is removed.</summary>
    public bool IsStored(int group) => _tracks && (_marks[StoredWord(group)] >> (group & 63) & 1) != 0;

    /// <summary>Whether a group has changed since it was stored.</summary>
    public bool IsChanged(int group)
    {
        NoteTouched();
        return !_tracks || (_marks[StoredWord(group) - 1] >> (group & 63) & 1) != 0;
    }

    /// <summary>Marks a group as changed, as <see cref="Touch"/> does, but without counting it for this micro-batch.</summary>
    public void MarkChanged(int group)
    {
        if (_tracks)
            _marks[StoredWord(group) - 1] |= 1UL << (group & 63);
    }

    /// <summary>Says that a group is stored as it is: it was read, or written apart from the others.</summary>
    public void MarkStored(int group)
    {
        if (!_tracks)
            StartTracking();
        ulong bit = 1UL << (group & 63);
        _marks[StoredWord(group) - 1] &= ~bit;
        _marks[StoredWord(group)] |= bit;
    }

    /// <summary>
    /// Groups that were added or touched since they were stored, until a slice is over; the next slice goes on with those behind them. Those that are given count as stored
    /// from now on: the caller writes them all.
    /// </summary>
    public ChangedSlice TakeChanged(CaptureSlice slice)
    {
        if (_tracks)
            NoteTouched();
        else
            StartTracking();
        return new ChangedSlice(this, slice);
    }

    /// <summary>Takes the groups of the next words of marks that have changed; they count as stored then.</summary>
    /// <param name="word">The first word; afterwards, the first one that was not looked at.</param>
    /// <param name="groups">Takes them: room for those of a word at least. They lie far apart where few have changed, so they are fetched some time before they are written.</param>
    /// <returns>How many; none after the last word.</returns>
    private int TakeMarked(ref int word, Span<int> groups)
    {
        int words = (int)((Top + 63L) >> 6);
        int count = 0;
        for (; word < words; word++)
        {
            ulong* pair = _marks + (2L * word);
            ulong changed = *pair;
            if (changed == 0)
                continue;
            if (count + BitOperations.PopCount(changed) > groups.Length)
                break;
            pair[1] |= changed;
            *pair = 0;
            for (; changed != 0; changed &= changed - 1)
            {
                groups[count] = (word << 6) + BitOperations.TrailingZeroCount(changed);
                Prefetch(_records + groups[count++]);
            }
        }

        return count;
    }

    private static long StoredWord(int group) => ((long)(group >> 6) << 1) + 1;

    private void NoteTouched()
    {
        if (_tracks)
        {
            for (int i = _noted; i < TouchedCount; i++)
            {
                int group = _touched[i];
                _marks[StoredWord(group) - 1] |= 1UL << (group & 63);
            }
        }

        _noted = TouchedCount;
    }

    private void Unmark(int group)
    {
        if (!_tracks)
            return;
        if (_records[group].Epoch == Epoch)
            NoteTouched();
        ulong bit = 1UL << (group & 63);
        _marks[StoredWord(group) - 1] &= ~bit;
        _marks[StoredWord(group)] &= ~bit;
    }

    private void StartTracking()
    {
        EnsureMarks(Math.Max(_capacity, 1));
        new Span<byte>(_marks, checked((int)_markBuffer!.Capacity)).Clear();

        // Not group by group: the table may have grown large by now, and a batch waits.
        for (int group = 0; group < Top; group += 64)
            _marks[StoredWord(group) - 1] = Top - group >= 64 ? ulong.MaxValue : (1UL << (Top - group)) - 1;
        for (int i = 0; i < _free; i++)
        {
            int group = ((int*)_freeBuffer!.Pointer)[i];
            _marks[StoredWord(group) - 1] &= ~(1UL << (group & 63));
        }

        _tracks = true;
        _noted = TouchedCount;
    }

    private void EnsureMarks(int groups)
    {
        long bytes = ((groups + 63L) >> 6) * 2 * sizeof(ulong);
        long before = _markBuffer?.Capacity ?? 0;
        if (bytes <= before)
            return;
        _markBuffer = Enlarge(_markBuffer, bytes, before);
        _marks = (ulong*)_markBuffer.Pointer;
        new Span<byte>(_markBuffer.Pointer + before, checked((int)(_markBuffer.Capacity - before))).Clear();
    }

    /// <summary>Groups that have changed, on their way to be stored in slices. It has come to its end when it has gone from the first group to the last and found none.</summary>
    internal ref struct ChangedSlice(KeyTable<TKey, TAcc, TKeys> table, CaptureSlice slice)
    {
        private const int Ahead = 128;
        private fixed int _groups[Ahead];
        private int _count;
        private int _next;
        private bool _isWhole;

        /// <summary>The number of a group.</summary>
        public readonly int Current => _groups[_next - 1];

        /// <summary>Whether no group is left that has changed; known when there is no next one.</summary>
        public bool LeftNothing { get; private set; }

        /// <summary>Goes on to the next one.</summary>
        public bool MoveNext()
        {
            if (_next == _count && !Fill())
                return false;
            _next++;
            return true;
        }

        private bool Fill()
        {
            (_count, _next) = (0, 0);
            while (!LeftNothing && !slice.IsOver)
            {
                _isWhole |= table._nextWord == 0;
                fixed (int* groups = _groups)
                    _count = table.TakeMarked(ref table._nextWord, new Span<int>(groups, Ahead));
                slice.Add(_count);
                if (_count > 0)
                    return true;
                table._nextWord = 0;
                LeftNothing = _isWhole;
            }

            return false;
        }
    }
}
