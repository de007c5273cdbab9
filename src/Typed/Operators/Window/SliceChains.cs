namespace Typed.Operators;

/// <summary>The groups that a key has in several tables.</summary>
internal struct SliceChain
{
    /// <summary>The first one: its place.</summary>
    public int First;

    /// <summary>The last one.</summary>
    public int Last;

    /// <summary>How many there are.</summary>
    public int Count;

    /// <summary>The micro-batch that changed one of them last.</summary>
    public uint Epoch;
}

/// <summary>Groups of several tables by key.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TKeys">How a key is hashed and compared.</typeparam>
internal sealed unsafe class SliceChains<TKey, TKeys> : KeyTable<TKey, SliceChain, TKeys>
    where TKey : unmanaged
    where TKeys : struct, IGroupKeys<TKey>
{
    private readonly List<Link> _links = [];

    /// <summary>A group: which one it is, and the place of the next one of its key; −1 for none.</summary>
    public Link this[int place] => _links[place];

    /// <inheritdoc/>
    private protected override bool HasCells => false;

    /// <summary>Adds a group. Those of a key are chained in the order in which they are added.</summary>
    /// <param name="key">The key; what it points to stays where it is.</param>
    /// <param name="table">The number of the table.</param>
    /// <param name="group">The number of the group in it.</param>
    /// <param name="epoch">The micro-batch that changed it last.</param>
    public void Add(in TKey key, int table, int group, uint epoch)
    {
        int place = _links.Count;
        _links.Add(new Link(table, group, -1));
        int found = FindOrAdd(key, new SliceChain { First = place, Last = place }, ownKey: false, out bool added);
        SliceChain* chain = &Records[found].Acc;
        if (!added)
            _links[chain->Last] = _links[chain->Last] with { Next = place };
        chain->Last = place;
        chain->Count++;
        chain->Epoch = Math.Max(chain->Epoch, epoch);
    }

    /// <inheritdoc/>
    private protected override void OwnCells(ref SliceChain acc)
    {
    }

    /// <summary>A group.</summary>
    internal readonly record struct Link(int Table, int Group, int Next);
}
