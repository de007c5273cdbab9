namespace Typed.Operators;

/// <summary>
/// Which groups leave memory: those that were not touched for the most micro-batches. Ages are counted first; of those of the age at which there is
/// no room any more, as many stay as there is room for.
/// </summary>
internal sealed class ColdGroups
{
    /// <summary>So many ages are told apart; what is older is as old as the last one.</summary>
    public const int Ages = 1024;

    private readonly long[] _groups = new long[Ages];
    private uint _now;
    private int _age;
    private long _room;

    /// <summary>The age from which on groups leave, where all of an age do.</summary>
    public int LeastAge => _age;

    /// <summary>Starts to count.</summary>
    /// <param name="now">The present micro-batch; of no matter where only ages are counted.</param>
    public void Begin(uint now = 0)
    {
        Array.Clear(_groups);
        _now = now;
    }

    /// <summary>Counts groups that were touched together.</summary>
    public void Count(uint epoch, long groups = 1) => CountAged(AgeOf(epoch), groups);

    /// <summary>Counts groups of an age, fewer than <see cref="Ages"/> micro-batches.</summary>
    public void CountAged(int age, long groups) => _groups[age] += groups;

    /// <summary>Ends counting.</summary>
    /// <param name="keep">How many groups stay.</param>
    public void Decide(long keep)
    {
        _room = keep;
        for (_age = 0; _age < Ages && _groups[_age] <= _room; _age++)
            _room -= _groups[_age];
    }

    /// <summary>Whether a group leaves, or groups that stay together do.</summary>
    public bool Takes(uint epoch, long groups = 1)
    {
        int age = AgeOf(epoch);
        if (age != _age)
            return age > _age;
        _room -= groups;
        return _room < 0;
    }

    private int AgeOf(uint epoch) => (int)Math.Min(_now - epoch, Ages - 1);
}
