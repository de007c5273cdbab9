using System.Runtime.CompilerServices;
using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>A state field that is not a plain value: it points to what the key of the present call keeps.</summary>
public abstract unsafe class StateMember
{
    /// <summary>Passed to <see cref="Expire"/> when the key itself goes, or is moved.</summary>
    internal const long KeyGoes = -1;

    private readonly DueHeap? _heap;
    private readonly long _ttl;
    private StateCell* _cell;
    private long* _due;

    private protected StateMember(ProcessState state, string name, int number, DueHeap? heap, long ttlMicros)
    {
        State = state;
        Name = name;
        Number = number;
        _heap = heap;
        _ttl = ttlMicros;
    }

    /// <summary>Whether a key has one entry for it, so that whether that is stored is noted with the key.</summary>
    internal virtual bool IsSingle => false;

    /// <summary>When it is to be looked at because something expires, µs; 0 for never.</summary>
    internal long NotedDue => _due == null ? 0 : *_due;

    private protected ProcessState State { get; }

    private protected string Name { get; }

    private protected int Number { get; }

    private protected bool HasTtl => _heap is not null;

    private protected long Now => State.Now;

    /// <summary>When what is written now expires, µs; 0 for never.</summary>
    private protected long Expiry => HasTtl ? Instant.After(Now, _ttl) : 0;

    private protected ref StateCell Cell
    {
        get
        {
            if (State.Group < 0)
            {
                throw Error(
                    "tws-no-implicit-key",
                    "is used outside of a call for a key. Read and write state in the handlers only; what a constructor or another thread does has no key");
            }

            return ref *_cell;
        }
    }

    /// <summary>Points to what a key keeps, which lies in native memory.</summary>
    public void Use(ref StateCell cell)
    {
        _cell = (StateCell*)Unsafe.AsPointer(ref cell);
        _due = null;
    }

    /// <summary>Points to what a key keeps and to the time that is noted for it, which lie in native memory.</summary>
    public void Use(ref StateCell cell, ref long due)
    {
        _cell = (StateCell*)Unsafe.AsPointer(ref cell);
        _due = (long*)Unsafe.AsPointer(ref due);
    }

    /// <summary>Removes what has expired, if <paramref name="due"/> is still what is noted for the key, and notes when to look again.</summary>
    internal void Expire(long due)
    {
        if (*_due == 0 || (due != KeyGoes && *_due != due))
            return;
        *_due = 0;
        _heap!.Live--;
        if (due == KeyGoes || _cell->IsEmpty)
            return;
        RemoveExpired(ref *_cell, out long next);
        if (next != 0)
            Note(next);
    }

    /// <summary>Removes all that the key keeps.</summary>
    public void Clear()
    {
        ref StateCell cell = ref Cell;
        if (cell.IsEmpty)
            return;
        Free(ref cell);
        Changed();
    }

    /// <summary>Writes all that the key keeps, and what of it is stored.</summary>
    internal void Save(StateWriter writer) => Save(ref *_cell, writer);

    /// <summary>Reads what <see cref="Save(StateWriter)"/> wrote.</summary>
    internal void Load(StateReader reader)
    {
        Load(ref *_cell, reader);
        NoteFirst();
    }

    /// <summary>Writes the entries of the key that have changed; those that were removed were written then, but for a single one.</summary>
    /// <param name="changes">Takes them.</param>
    /// <param name="isStored">Whether there is an entry, for a single one.</param>
    internal void SaveChanges(StateChanges changes, bool isStored) => SaveChanges(ref *_cell, changes, isStored);

    /// <summary>Takes one of the entries of a key.</summary>
    internal void LoadEntry(StateReader key, StateReader value) => LoadEntry(ref *_cell, key, value);

    /// <summary>Puts the entries that were taken in order.</summary>
    internal void Arrange()
    {
        if (!_cell->IsEmpty)
            Arrange(ref *_cell);
    }

    /// <summary>Notes when something expires, once all is there.</summary>
    internal void NoteFirst()
    {
        if (!HasTtl || _cell->IsEmpty)
            return;
        long first = FirstExpiry(*_cell);
        if (*_due == 0)
        {
            Note(first);
        }
        else if (first < *_due)
        {
            // What was noted before is void.
            *_due = first;
            _heap!.Push(first, State.Group);
        }
    }

    /// <summary>Whether some entries of a key wait for others that are still to come.</summary>
    internal virtual bool IsIncomplete(int group) => false;

    /// <summary>The keys of which some entries wait for others.</summary>
    internal virtual IReadOnlyCollection<int> Incomplete => [];

    /// <summary>Begins to give keys other numbers: those that wait for entries are told by <see cref="Move"/>.</summary>
    internal virtual void BeginMove()
    {
    }

    /// <summary>A key has another number.</summary>
    internal virtual void Move(int from, int to)
    {
    }

    /// <summary>Notes again what is noted with the key.</summary>
    internal void NoteAgain()
    {
        if (*_due != 0)
            Note(*_due);
    }

    internal static StreamingQueryException Unbound(string kind) => new(
        "tws-state-outside-init",
        $"A {kind} has no processor. Declare it as a field marked [State] of a partial class that derives from KeyedProcessor or GroupProcessor, and do not make one yourself.");

    private protected virtual void Free(ref StateCell cell) => cell.Free(State.Heap);

    /// <summary>Physically removes what has expired by now.</summary>
    /// <param name="cell">What is kept; not empty.</param>
    /// <param name="next">When the rest expires first; 0 if nothing is left.</param>
    private protected abstract void RemoveExpired(ref StateCell cell, out long next);

    /// <summary>When the first thing that is kept expires.</summary>
    private protected abstract long FirstExpiry(in StateCell cell);

    private protected abstract void Save(ref StateCell cell, StateWriter writer);

    private protected abstract void Load(ref StateCell cell, StateReader reader);

    private protected abstract void SaveChanges(ref StateCell cell, StateChanges changes, bool isStored);

    private protected abstract void LoadEntry(ref StateCell cell, StateReader key, StateReader value);

    private protected virtual void Arrange(ref StateCell cell)
    {
    }

    /// <summary>Begins an entry of the present key; more fields of its key may follow.</summary>
    private protected void BeginPut(StateChanges changes) => State.Entries.BeginPut(changes, Number, State.Group);

    /// <summary>Begins the removal of an entry of the present key, at once: later nobody knows of it.</summary>
    private protected StateChanges BeginRemove()
    {
        StateChanges early = State.Entries.Early;
        State.Entries.BeginRemove(early, Number, State.Group);
        return early;
    }

    private protected void Changed() => State.Changes |= ProcessState.BitOf(Number);

    private protected InvalidDataException Damaged(string what) => new($"State of {State.Processor} is damaged: the field '{Name}' has {what}.");

    /// <summary>Takes note that something was written, which expires at <paramref name="expiry"/>.</summary>
    private protected void Written(long expiry)
    {
        Changed();
        if (expiry != 0 && *_due == 0)
            Note(expiry);
    }

    private protected static DateTimeOffset? InstantOf(long expiry) => expiry == 0 ? null : Instant.FromMicros(expiry);

    private protected bool IsVisible(long expiry) => expiry == 0 || Now < expiry;

    private protected StreamingQueryException Null(string what) =>
        Error("null-state-value", $"is given {what} that is null (semantics 10.5). State has no null: remove it with Clear or Remove instead");

    private protected StreamingQueryException Error(string rule, string what) => new(rule, $"The state field '{Name}' of {State.Processor} {what}.");

    private void Note(long time)
    {
        *_due = time;
        _heap!.Push(time, State.Group);
        _heap.Live++;
    }
}
