using System.Buffers;
using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <summary>The list of a key.</summary>
/// <typeparam name="T">The elements.</typeparam>
public abstract class ListMember<T> : StateMember
    where T : notnull
{
    private protected ListMember(ProcessState state, string name, int number, DueHeap? heap, long ttlMicros)
        : base(state, name, number, heap, ttlMicros)
    {
    }

    /// <summary>How many elements have not expired.</summary>
    public abstract int Count { get; }

    /// <summary>Appends an element.</summary>
    public abstract void Append(T element);

    /// <summary>The elements as they are now.</summary>
    public abstract StateEnumerator<T> Snapshot();

    /// <summary>When each element expires.</summary>
    public abstract DateTimeOffset?[] Expiries();

    /// <summary>Appends elements.</summary>
    public void AppendAll(ReadOnlySpan<T> elements)
    {
        if (elements.IsEmpty)
            throw Empty("AppendAll");
        foreach (T element in elements)
            Append(element);
    }

    /// <summary>Replaces the list.</summary>
    public void Set(ReadOnlySpan<T> elements)
    {
        if (elements.IsEmpty)
            throw Empty("Set");
        Clear();
        AppendAll(elements);
    }

    private StreamingQueryException Empty(string call) =>
        Error("empty-list-value", $"is given no elements by {call} (semantics 10.5). Use Clear to empty it");
}

/// <summary>The elements one after the other, those that expire first in front.</summary>
/// <remarks>
/// <code>
/// | head | … | expiry (8), where there is a lifetime | length (4) | bytes | …
/// </code>
/// What is in front of the start was removed. Stored in pieces, which are described beside what writes them.
/// </remarks>
internal sealed unsafe partial class ListMember<T, TCodec>(ProcessState state, string name, int number, DueHeap? heap, long ttlMicros)
    : ListMember<T>(state, name, number, heap, ttlMicros)
    where T : notnull
    where TCodec : struct, IStateCodec<T>
{
    private int ElementHead => HasTtl ? sizeof(long) + sizeof(int) : sizeof(int);

    public override int Count
    {
        get
        {
            ref StateCell cell = ref Cell;
            if (cell.IsEmpty || !HasTtl)
                return cell.IsEmpty ? 0 : HeadOf(cell)->Count;
            int visible = 0;
            for (int at = HeadOf(cell)->Start; at < cell.Length; at = Next(cell, at))
                visible += IsVisible(ExpiryAt(cell, at)) ? 1 : 0;
            return visible;
        }
    }

    public override void Append(T element)
    {
        ref StateCell cell = ref Cell;
        if (element is null)
            throw Null("an element");
        long expiry = Expiry;
        StateBytes bytes = State.Bytes;
        bytes.Clear();
        TCodec.Write(element, bytes);
        Add(ref cell, bytes.Span, expiry);
        Written(expiry);
    }

    public override StateEnumerator<T> Snapshot()
    {
        ref StateCell cell = ref Cell;
        if (cell.IsEmpty)
            return new StateEnumerator<T>([], 0);
        T[] elements = ArrayPool<T>.Shared.Rent(HeadOf(cell)->Count);
        int count = 0;
        for (int at = HeadOf(cell)->Start; at < cell.Length; at = Next(cell, at))
        {
            if (!IsVisible(ExpiryAt(cell, at)))
                continue;
            StateView view = new(cell.Pointer + at + ElementHead, LengthAt(cell, at));
            elements[count++] = TCodec.Read(ref view, State.Texts);
        }

        return new StateEnumerator<T>(elements, count);
    }

    public override DateTimeOffset?[] Expiries()
    {
        ref StateCell cell = ref Cell;
        List<DateTimeOffset?> expiries = [];
        for (int at = cell.IsEmpty ? 0 : HeadOf(cell)->Start; at < cell.Length; at = Next(cell, at))
        {
            if (IsVisible(ExpiryAt(cell, at)))
                expiries.Add(InstantOf(ExpiryAt(cell, at)));
        }

        return [.. expiries];
    }

    private protected override void Free(ref StateCell cell)
    {
        RemovePieces(cell, HeadOf(cell)->First + HeadOf(cell)->Count);
        cell.Free(State.Heap);
    }

    private protected override long FirstExpiry(in StateCell cell) => ExpiryAt(cell, HeadOf(cell)->Start);

    private protected override void RemoveExpired(ref StateCell cell, out long next)
    {
        Head* head = HeadOf(cell);
        int at = head->Start;
        int count = head->Count;
        while (count > 0 && !IsVisible(ExpiryAt(cell, at)))
        {
            at = Next(cell, at);
            count--;
        }

        if (count == 0)
        {
            Free(ref cell);
            next = 0;
            return;
        }

        next = ExpiryAt(cell, at);
        RemovePieces(cell, head->First + head->Count - count);
        head->First += head->Count - count;
        head->Count = count;
        head->Start = at;
        head->Mark = Math.Max(head->Mark, at);
        if (at <= cell.Length / 2)
            return;

        // More than half was removed: the rest moves to the front, or to a smaller piece.
        int left = cell.Length - at;
        StateCell old = cell;
        cell = default;
        cell.Reserve(sizeof(Head) + left, State.Heap);
        new ReadOnlySpan<byte>(old.Pointer + at, left).CopyTo(new Span<byte>(cell.Pointer + sizeof(Head), left));
        cell.Length = sizeof(Head) + left;
        *HeadOf(cell) = *HeadOf(old);
        HeadOf(cell)->Start = sizeof(Head);
        HeadOf(cell)->Mark -= at - sizeof(Head);
        old.Free(State.Heap);
    }

    private void Add(ref StateCell cell, ReadOnlySpan<byte> bytes, long expiry)
    {
        if (cell.IsEmpty)
        {
            cell.Reserve(sizeof(Head) + ElementHead + bytes.Length, State.Heap);
            cell.Length = sizeof(Head);
            *HeadOf(cell) = new Head { Start = sizeof(Head), Mark = sizeof(Head) };
        }

        int at = cell.Length;
        cell.Reserve(checked(at + ElementHead + bytes.Length), State.Heap);
        if (HasTtl)
            Unsafe.WriteUnaligned(cell.Pointer + at, expiry);
        Unsafe.WriteUnaligned(cell.Pointer + at + ElementHead - sizeof(int), bytes.Length);
        bytes.CopyTo(new Span<byte>(cell.Pointer + at + ElementHead, bytes.Length));
        cell.Length = at + ElementHead + bytes.Length;
        HeadOf(cell)->Count++;
    }

    private static Head* HeadOf(in StateCell cell) => (Head*)cell.Pointer;

    private long ExpiryAt(in StateCell cell, int at) => HasTtl ? Unsafe.ReadUnaligned<long>(cell.Pointer + at) : 0;

    private int LengthAt(in StateCell cell, int at) => Unsafe.ReadUnaligned<int>(cell.Pointer + at + ElementHead - sizeof(int));

    private int Next(in StateCell cell, int at) => at + ElementHead + LengthAt(cell, at);

    /// <summary>What is in front of the elements. 32 bytes.</summary>
    private struct Head
    {
        public int Count;

        /// <summary>Where the first element is.</summary>
        public int Start;

        /// <summary>The number of the first element; the first one that was ever appended has 0.</summary>
        public long First;

        /// <summary>The number up to which elements are stored.</summary>
        public long Stored;

        /// <summary>Where the piece that is written next begins: its first element that is still there, or the end.</summary>
        public int Mark;
    }
}
