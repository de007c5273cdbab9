using System.Buffers;
using System.Runtime.CompilerServices;
using Typed.State;

namespace Typed.Operators;

/// <summary>The list of a key.</summary>
/// <typeparam name="T">The elements.</typeparam>
public abstract class ListMember<T> : StateMember
    where T : notnull
{
    private protected ListMember(ProcessState state, string name, DueHeap? heap, long ttlMicros)
        : base(state, name, heap, ttlMicros)
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
/// | count (4) | start (4) | … | expiry (8), where there is a lifetime | length (4) | bytes | …
/// </code>
/// What is in front of the start was removed.
/// </remarks>
internal sealed unsafe class ListMember<T, TCodec>(ProcessState state, string name, DueHeap? heap, long ttlMicros)
    : ListMember<T>(state, name, heap, ttlMicros)
    where T : notnull
    where TCodec : struct, IStateCodec<T>
{
    private const int Header = 8;

    private int ElementHead => HasTtl ? sizeof(long) + sizeof(int) : sizeof(int);

    public override int Count
    {
        get
        {
            ref StateCell cell = ref Cell;
            if (cell.IsEmpty || !HasTtl)
                return cell.IsEmpty ? 0 : CountOf(cell);
            int visible = 0;
            for (int at = StartOf(cell); at < cell.Length; at = Next(cell, at))
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
        T[] elements = ArrayPool<T>.Shared.Rent(CountOf(cell));
        int count = 0;
        for (int at = StartOf(cell); at < cell.Length; at = Next(cell, at))
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
        for (int at = cell.IsEmpty ? 0 : StartOf(cell); at < cell.Length; at = Next(cell, at))
        {
            if (IsVisible(ExpiryAt(cell, at)))
                expiries.Add(InstantOf(ExpiryAt(cell, at)));
        }

        return [.. expiries];
    }

    private protected override void RemoveExpired(ref StateCell cell, out long next)
    {
        int at = StartOf(cell);
        int count = CountOf(cell);
        while (count > 0 && !IsVisible(ExpiryAt(cell, at)))
        {
            at = Next(cell, at);
            count--;
        }

        if (count == 0)
        {
            cell.Free(State.Heap);
            next = 0;
            return;
        }

        next = ExpiryAt(cell, at);
        CountOf(cell) = count;
        StartOf(cell) = at;
        if (at <= cell.Length / 2)
            return;

        // More than half was removed: the rest moves to the front, or to a smaller piece.
        int left = cell.Length - at;
        StateCell old = cell;
        cell = default;
        cell.Reserve(Header + left, State.Heap);
        new ReadOnlySpan<byte>(old.Pointer + at, left).CopyTo(new Span<byte>(cell.Pointer + Header, left));
        cell.Length = Header + left;
        CountOf(cell) = count;
        StartOf(cell) = Header;
        old.Free(State.Heap);
    }

    private protected override void Save(ref StateCell cell, StateWriter writer)
    {
        writer.Write(cell.IsEmpty ? 0 : CountOf(cell));
        for (int at = cell.IsEmpty ? 0 : StartOf(cell); at < cell.Length; at = Next(cell, at))
        {
            if (HasTtl)
                writer.Write(ExpiryAt(cell, at));
            writer.Write(new Columns.Utf8(cell.Pointer + at + ElementHead, LengthAt(cell, at)));
        }
    }

    private protected override void Load(ref StateCell cell, StateReader reader, out long first)
    {
        first = 0;
        int count = reader.ReadCount(ElementHead);
        for (int i = 0; i < count; i++)
        {
            long expiry = HasTtl ? reader.Read<long>() : 0;
            Add(ref cell, reader.ReadRaw(reader.Read<int>()), expiry);
            first = i == 0 ? expiry : first;
        }
    }

    private void Add(ref StateCell cell, ReadOnlySpan<byte> bytes, long expiry)
    {
        if (cell.IsEmpty)
        {
            cell.Reserve(Header + ElementHead + bytes.Length, State.Heap);
            cell.Length = Header;
            CountOf(cell) = 0;
            StartOf(cell) = Header;
        }

        int at = cell.Length;
        cell.Reserve(checked(at + ElementHead + bytes.Length), State.Heap);
        if (HasTtl)
            Unsafe.WriteUnaligned(cell.Pointer + at, expiry);
        Unsafe.WriteUnaligned(cell.Pointer + at + ElementHead - sizeof(int), bytes.Length);
        bytes.CopyTo(new Span<byte>(cell.Pointer + at + ElementHead, bytes.Length));
        cell.Length = at + ElementHead + bytes.Length;
        CountOf(cell)++;
    }

    private static ref int CountOf(in StateCell cell) => ref *(int*)cell.Pointer;

    private static ref int StartOf(in StateCell cell) => ref *(int*)(cell.Pointer + sizeof(int));

    private long ExpiryAt(in StateCell cell, int at) => HasTtl ? Unsafe.ReadUnaligned<long>(cell.Pointer + at) : 0;

    private int LengthAt(in StateCell cell, int at) => Unsafe.ReadUnaligned<int>(cell.Pointer + at + ElementHead - sizeof(int));

    private int Next(in StateCell cell, int at) => at + ElementHead + LengthAt(cell, at);
}
