using Typed.Operators;
using Typed.State;

namespace Typed.Tests.State;

/// <summary>What a checkpoint has of an operator: what its changes add up to, over any number of restarts.</summary>
internal sealed class StoredState
{
    private readonly Random _random = new(5);
    private readonly StateChanges _parts = new();
    private StateImage _image = new();

    /// <summary>How many entries are stored.</summary>
    public int Count => _image.Count;

    /// <summary>Takes some of what has changed: about so many entries, ahead of the rest.</summary>
    public void TakeSome(StatefulOperator from, int entries)
    {
        CaptureSlice slice = new() { EntriesAtLeast = entries };
        slice.Begin(TimeSpan.Zero);
        from.SaveSome(_parts, slice);
    }

    /// <summary>Takes what has changed since the last time.</summary>
    public void Take(StatefulOperator from)
    {
        StateHead head = new();
        from.SaveHead(head);
        StateLayout.Check(from, _parts);
        TakeParts(head);
        _image.Take(from);
    }

    /// <summary>Takes what an operator has said has changed.</summary>
    public void Take(StateChanges changes, StateHead head)
    {
        TakeParts(head);
        _image.Apply(changes, head);
    }

    /// <summary>What an operator has used at most while it got what is stored, before it was asked to spill.</summary>
    public long MostBytes { get; private set; }

    /// <summary>Gives an operator what is stored; if it has a spill area, it is asked to spill now and then.</summary>
    /// <param name="to">The operator.</param>
    /// <param name="keepBytes">How many bytes it is to keep; null for any number.</param>
    public void Give(StatefulOperator to, long? keepBytes = null)
    {
        MostBytes = 0;
        _image.Give(new StatefulInstances(to), () =>
        {
            if (keepBytes is null && _random.Next(3) == 0)
                return;
            MostBytes = Math.Max(MostBytes, to.MemoryBytes);
            to.Spill(keepBytes ?? (_random.Next(2) * _random.NextInt64(to.MemoryBytes + 1)));
        });
    }

    /// <summary>Checks that an operator gets the state of another one within a part of the memory that all of it takes, and that nothing of it is to be stored again.</summary>
    public static void LoadsWithin(StatefulOperator full, StatefulOperator empty)
    {
        StoredState stored = new();
        stored.Take(full);
        long keep = full.MemoryBytes / 20;
        using MemorySpillArea area = new();
        empty.SpillArea = area;
        stored.Give(empty, keep);
        Assert.InRange(stored.MostBytes, 1, full.MemoryBytes / 3);
        Assert.InRange(empty.MemoryBytes, 0, full.MemoryBytes / 3);
        Assert.NotEqual(0, area.Count);
        Assert.Equal(full.State.Total, empty.State.Total);
        StateChanges changes = new();
        empty.SaveChanges(changes);
        Assert.Equal(0, changes.Count);
    }

    /// <summary>Takes the state of one operator and gives it, as read from bytes, to another one.</summary>
    public void Move(StatefulOperator from, StatefulOperator to)
    {
        while (_random.Next(2) == 0)
            TakeSome(from, _random.Next(1, 20));
        Take(from);
        StateReader reader = new(Bytes());
        _image = StateImage.Load(reader);
        Assert.Equal(0, reader.Left);
        Give(to);
    }

    /// <summary>All that is stored.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        StateWriter writer = new();
        _image.Save(writer);
        return writer.Written;
    }

    /// <summary>Checks that an operator refuses each entry when its key or its value is cut short, wherever that is.</summary>
    public void RefusesWhatIsCutShort(Func<StatefulOperator> make)
    {
        Assert.NotEqual(0, _image.Count);
        foreach (StateImage cut in _image.CutShort())
        {
            using StatefulOperator other = make();
            Assert.Throws<InvalidDataException>(() => cut.Give(other));
        }
    }

    private void TakeParts(StateHead head)
    {
        _image.Apply(_parts, head);
        _parts.Clear();
    }
}
