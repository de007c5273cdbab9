using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// A list is stored in pieces of 32 elements, so that one that grows is not written as a whole: only the last piece, and those behind it.
/// <code>
/// entry: key of the group | number of the piece (int64) | → | elements of the piece that have gone (int32) | elements that follow (int32) | element | …
///        element: | expiry (int64), where there is a lifetime | length (int32) | bytes |
/// </code>
/// A piece goes with its last element. One of which only some elements have expired stays as it is until something is appended to it.
/// </content>
internal sealed unsafe partial class ListMember<T, TCodec>
{
    private const int ElementsInPiece = 32;

    // Pieces that came back before those in front of them, by the number of the key.
    private Dictionary<int, SortedDictionary<long, byte[]>> _ahead = [];
    private Dictionary<int, SortedDictionary<long, byte[]>> _aheadBefore = [];

    internal override bool IsIncomplete(int group) => _ahead.ContainsKey(group);

    internal override IReadOnlyCollection<int> Incomplete => _ahead.Keys;

    internal override void BeginMove() => (_ahead, _aheadBefore) = (_aheadBefore, _ahead);

    internal override void Move(int from, int to)
    {
        if (_aheadBefore.Remove(from, out SortedDictionary<long, byte[]>? ahead))
            _ahead.Add(to, ahead);
    }

    private protected override void SaveChanges(ref StateCell cell, StateChanges changes, bool isStored)
    {
        if (cell.IsEmpty)
            return;
        Head* head = HeadOf(cell);
        long end = head->First + head->Count;
        if (head->Stored >= end)
            return;
        long number = Math.Max(head->First, head->Stored - (head->Stored % ElementsInPiece));
        int at = head->Mark;
        StateWriter writer = changes.Writer;
        while (number < end)
        {
            head->Mark = at;
            long piece = number / ElementsInPiece;
            long next = Math.Min(end, (piece + 1) * ElementsInPiece);
            BeginPut(changes);
            writer.Write(piece);
            changes.BeginValue();
            writer.Write((int)(number % ElementsInPiece));
            writer.Write((int)(next - number));
            for (; number < next; number++, at = Next(cell, at))
                SaveElement(cell, at, writer);
            changes.End();
        }

        head->Stored = end;
        if (end % ElementsInPiece == 0)
            head->Mark = at;
    }

    private protected override void LoadEntry(ref StateCell cell, StateReader key, StateReader value)
    {
        long piece = key.Read<long>();
        if (piece is < 0 or >= long.MaxValue / ElementsInPiece)
            throw Damaged($"a piece with the number {piece}");
        if (cell.IsEmpty || HeadOf(cell)->First + HeadOf(cell)->Count == piece * ElementsInPiece)
        {
            AddPiece(ref cell, piece, value);
            return;
        }

        if (!_ahead.TryGetValue(State.Group, out SortedDictionary<long, byte[]>? ahead))
            _ahead[State.Group] = ahead = [];
        if (!ahead.TryAdd(piece, value.ReadRaw(value.Left).ToArray()))
            throw Damaged($"the piece {piece} twice");
    }

    // Pieces come in any order: those that did not fit go in front of what is there, or behind it.
    private protected override void Arrange(ref StateCell cell)
    {
        if (!_ahead.Remove(State.Group, out SortedDictionary<long, byte[]>? ahead))
            return;
        StateWriter writer = new();
        SaveRun(cell, writer);
        long first = HeadOf(cell)->First;
        cell.Free(State.Heap);
        foreach ((long piece, byte[] bytes) in ahead.Where(one => one.Key * ElementsInPiece < first))
            AddPiece(ref cell, piece, new StateReader(bytes));
        LoadRun(ref cell, new StateReader(writer.Written));
        foreach ((long piece, byte[] bytes) in ahead.Where(one => one.Key * ElementsInPiece >= first))
            AddPiece(ref cell, piece, new StateReader(bytes));
    }

    private protected override void Save(ref StateCell cell, StateWriter writer)
    {
        writer.Write(HeadOf(cell)->Stored);
        writer.Write(HeadOf(cell)->Mark - HeadOf(cell)->Start);
        SaveRun(cell, writer);
    }

    private protected override void Load(ref StateCell cell, StateReader reader)
    {
        long stored = reader.Read<long>();
        int mark = reader.Read<int>();
        LoadRun(ref cell, reader);
        HeadOf(cell)->Stored = stored;
        HeadOf(cell)->Mark = HeadOf(cell)->Start + mark;
    }

    private void SaveRun(in StateCell cell, StateWriter writer)
    {
        Head* head = HeadOf(cell);
        writer.Write(head->First);
        writer.Write(head->Count);
        for (int at = head->Start; at < cell.Length; at = Next(cell, at))
            SaveElement(cell, at, writer);
    }

    private void LoadRun(ref StateCell cell, StateReader reader)
    {
        long first = reader.Read<long>();
        AddStored(ref cell, first, reader.Read<int>(), reader);
    }

    private void AddPiece(ref StateCell cell, long piece, StateReader reader)
    {
        int gone = reader.Read<int>();
        int count = reader.Read<int>();
        if (gone < 0 || count <= 0 || count > ElementsInPiece - gone)
            throw Damaged($"a piece of {count} elements behind {gone}");
        AddStored(ref cell, (piece * ElementsInPiece) + gone, count, reader);
        if (reader.Left != 0)
            throw Damaged($"{reader.Left} bytes too many in a piece");
    }

    /// <summary>Appends elements that are stored.</summary>
    private void AddStored(ref StateCell cell, long first, int count, StateReader reader)
    {
        if (count <= 0 || (!cell.IsEmpty && HeadOf(cell)->First + HeadOf(cell)->Count != first))
            throw Damaged($"{count} elements from {first} on, which do not follow the others");
        bool isNew = cell.IsEmpty;
        for (long number = first; number < first + count; number++)
        {
            int at = cell.IsEmpty ? sizeof(Head) : cell.Length;
            long expiry = HasTtl ? reader.Read<long>() : 0;
            Add(ref cell, reader.ReadRaw(reader.Read<int>()), expiry);
            Head* head = HeadOf(cell);
            if (isNew)
                (head->First, isNew) = (first, false);
            head->Stored = number + 1;
            if (number % ElementsInPiece == 0)
                head->Mark = at;
            if (head->Stored % ElementsInPiece == 0)
                head->Mark = cell.Length;
        }
    }

    /// <summary>Removes the stored pieces of which nothing is left once the elements below a number are gone; all of them if that is the end.</summary>
    private void RemovePieces(in StateCell cell, long number)
    {
        Head* head = HeadOf(cell);
        bool all = number == head->First + head->Count;
        for (long piece = head->First / ElementsInPiece; piece * ElementsInPiece < head->Stored && (all || (piece + 1) * ElementsInPiece <= number); piece++)
        {
            StateChanges early = BeginRemove();
            early.Writer.Write(piece);
            early.End();
        }
    }

    private void SaveElement(in StateCell cell, int at, StateWriter writer)
    {
        if (HasTtl)
            writer.Write(ExpiryAt(cell, at));
        writer.Write(new Utf8(cell.Pointer + at + ElementHead, LengthAt(cell, at)));
    }
}
