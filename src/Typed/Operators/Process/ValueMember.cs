using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Typed.State;

namespace Typed.Operators;

/// <summary>The one value of a key.</summary>
/// <typeparam name="T">The value.</typeparam>
public abstract class ValueMember<T> : StateMember
    where T : notnull
{
    private protected ValueMember(ProcessState state, string name, int number, DueHeap? heap, long ttlMicros)
        : base(state, name, number, heap, ttlMicros)
    {
    }

    /// <summary>When the value expires; null if there is none, or it never does.</summary>
    public abstract DateTimeOffset? ExpiresAt { get; }

    /// <summary>The value, if there is one.</summary>
    public abstract bool TryGet([MaybeNullWhen(false)] out T value);

    /// <summary>Writes the value.</summary>
    public abstract void Set(T value);

    internal StreamingQueryException Absent() =>
        Error("state-get-when-absent", "is read although it has no value (semantics 9.7). Test Exists first, or use TryGet");
}

/// <summary>The value as bytes, behind its expiry where it has one.</summary>
/// <remarks>
/// <code>
/// entry: key of the group | → | length (int32) | expiry (int64), where there is a lifetime | value
/// </code>
/// </remarks>
internal sealed unsafe class ValueMember<T, TCodec>(ProcessState state, string name, int number, DueHeap? heap, long ttlMicros)
    : ValueMember<T>(state, name, number, heap, ttlMicros)
    where T : notnull
    where TCodec : struct, IStateCodec<T>
{
    internal override bool IsSingle => true;

    private int Head => HasTtl ? sizeof(long) : 0;

    public override DateTimeOffset? ExpiresAt
    {
        get
        {
            ref StateCell cell = ref Cell;
            return cell.IsEmpty || !IsVisible(ExpiryOf(cell)) ? null : InstantOf(ExpiryOf(cell));
        }
    }

    public override bool TryGet([MaybeNullWhen(false)] out T value)
    {
        ref StateCell cell = ref Cell;
        if (cell.IsEmpty || !IsVisible(ExpiryOf(cell)))
        {
            value = default;
            return false;
        }

        StateView view = new(cell.Pointer + Head, cell.Length - Head);
        value = TCodec.Read(ref view, State.Texts);
        return true;
    }

    public override void Set(T value)
    {
        ref StateCell cell = ref Cell;
        if (value is null)
            throw Null("a value");
        long expiry = Expiry;
        State.Bytes.Clear();
        if (HasTtl)
            State.Bytes.Write(expiry);
        TCodec.Write(value, State.Bytes);
        cell.Set(State.Bytes.Span, State.Heap);
        Written(expiry);
    }

    private protected override void RemoveExpired(ref StateCell cell, out long next)
    {
        next = ExpiryOf(cell);
        if (IsVisible(next))
            return;
        cell.Free(State.Heap);
        Changed();
        next = 0;
    }

    private protected override long FirstExpiry(in StateCell cell) => ExpiryOf(cell);

    private protected override void Save(ref StateCell cell, StateWriter writer) => ProcessState.Save(cell, writer);

    private protected override void Load(ref StateCell cell, StateReader reader)
    {
        State.Load(ref cell, reader);
        if (cell.IsEmpty || cell.Length < Head)
            throw Damaged($"{cell.Length} bytes");
    }

    private protected override void SaveChanges(ref StateCell cell, StateChanges changes, bool isStored)
    {
        if (!cell.IsEmpty)
        {
            BeginPut(changes);
            changes.BeginValue();
            Save(ref cell, changes.Writer);
            changes.End();
        }
        else if (isStored)
        {
            State.Entries.Remove(changes, Number, State.Group);
        }
    }

    private protected override void LoadEntry(ref StateCell cell, StateReader key, StateReader value) => Load(ref cell, value);

    private long ExpiryOf(in StateCell cell) => HasTtl ? Unsafe.ReadUnaligned<long>(cell.Pointer) : 0;
}
