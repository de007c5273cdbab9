using Typed.Operators;
using Typed.State;

namespace Typed.Tests.State;

/// <summary>What a checkpoint has of an operator: what its changes add up to, over any number of restarts.</summary>
internal sealed class StoredState
{
    private StateImage _image = new();

    /// <summary>How many entries are stored.</summary>
    public int Count => _image.Count;

    /// <summary>Takes what has changed since the last time.</summary>
    public void Take(StatefulOperator from) => _image.Take(from);

    /// <summary>Takes what an operator has said has changed.</summary>
    public void Take(StateChanges changes, StateHead head) => _image.Apply(changes, head);

    /// <summary>Gives an operator what is stored.</summary>
    public void Give(StatefulOperator to) => _image.Give(to);

    /// <summary>Takes the state of one operator and gives it, as read from bytes, to another one.</summary>
    public void Move(StatefulOperator from, StatefulOperator to)
    {
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
}
