namespace Typed.State;

/// <content>How what is known of due times stays about as small as what is here.</content>
public sealed partial class PagedSpillArea
{
    /// <summary>Which part of what the pages have is worth reading all of them to be rid of: so no entry that comes pays for more than some bytes.</summary>
    private const int WorthReading = 4;
    private readonly DueItems _shownDue = new();

    // Whether an entry that has a due time may still be here.
    private Func<SpillDue, bool> IsThere(int table) => item =>
        _parts.TryGetValue((table, item.Part), out SpillPart? part) && part.Of(item.Hash).Fingerprints.Contains(SpillKey.Fingerprint(item.Hash));

    /// <summary>Forgets what is known of when entries are due that are not here any more.</summary>
    private void CleanDue()
    {
        foreach ((int table, SpillDueIndex due) in _due)
        {
            if (due.Live == 0)
            {
                due.Clear(withPages: true);
            }
            else if (due.IsWasteful)
            {
                due.Clean();
                if (due.VoidBytes > _pageBytes / WorthReading)
                    Restore(table, due);
            }
        }
    }

    /// <summary>Finds out from the entries when they are due.</summary>
    private void Restore(int table, SpillDueIndex due)
    {
        long read = Counts.PagesRead;
        due.Empty();
        Question question = new(_shownDue, null, NeverDue, Takes: false) { Due = _shownDue.Times };
        Action move = () => _shownDue.MoveTo(due);
        foreach (SpillPart part in _parts.Values)
        {
            if (part.Table == table && part.Due > 0)
                ShowAll(part, question, move);
        }

        Counts.PagesRead = read;
    }

    /// <summary>When entries that are shown are due. They are kept until some pages were read, since the index may write one of its own.</summary>
    private sealed class DueItems : ISpillTarget
    {
        private readonly List<SpillDue> _items = [];

        /// <summary>The times of the entries that were shown.</summary>
        internal List<long> Times { get; } = [];

        public void Take(int table, long part, StateReader key, StateReader value)
        {
            if (Times[^1] != NeverDue)
                _items.Add(new SpillDue(Times[^1], part, SpillKey.Hash(key.ReadRaw(key.Left))));
        }

        internal void MoveTo(SpillDueIndex due)
        {
            foreach (SpillDue item in _items)
                due.Restore(item);
            _items.Clear();
            Times.Clear();
        }
    }
}
