using System.Runtime.InteropServices;

namespace Typed.State;

/// <content>How entries come back.</content>
public sealed partial class PagedSpillArea
{
    // How many pages are asked for at once where all of a part come: enough for the disk, little for the memory.
    private const int PagesAtOnce = 256;
    private const int AnyKey = -1;
    private readonly Reader _reader;
    private readonly List<Request> _requests = [];
    private readonly List<int> _pages = [];
    private readonly List<int> _firstRequests = [];
    private readonly List<SpillDue> _dueItems = [];

    /// <inheritdoc/>
    public override void Take(SpillBatch keys, ISpillTarget target)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Counts.KeysAsked += keys.Count;
        if (_count == 0)
            return;
        _requests.Clear();
        SpillPart? part = null;
        ReadOnlySpan<SpillBatch.Item> all = keys.ItemSpan;
        for (int i = 0; i < keys.Count; i++)
        {
            ref readonly SpillBatch.Item item = ref all[i];
            if ((part is null || part.Table != item.Table || part.Key != item.Part) && !_parts.TryGetValue((item.Table, item.Part), out part))
                continue;
            Ask(part, SpillKey.Hash(keys.KeyOf(item).Span), i);
        }

        Answer(new Question(target, keys, NeverDue, Takes: true));
        Sweep();
    }

    /// <inheritdoc/>
    public override void TakeDue(int table, long time, ISpillTarget target)
    {
        if (!_due.TryGetValue(table, out SpillDueIndex? due))
            return;
        while (due.Take(time, _dueItems))
        {
            _requests.Clear();
            foreach (SpillDue item in _dueItems)
            {
                if (_parts.TryGetValue((table, item.Part), out SpillPart? part))
                    Ask(part, item.Hash, AnyKey);
            }

            Answer(new Question(target, null, time, Takes: true));
        }

        Sweep();
    }

    /// <inheritdoc/>
    public override void TakePart(int table, long part, ISpillTarget target)
    {
        Show(table, part, target, takes: true);
        DropPart(table, part);
    }

    /// <inheritdoc/>
    public override void Visit(int table, long part, ISpillTarget target) => Show(table, part, target, takes: false);

    private void Show(int table, long key, ISpillTarget target, bool takes)
    {
        if (!_parts.TryGetValue((table, key), out SpillPart? part))
            return;
        ShowAll(part, new Question(target, null, NeverDue, Takes: false), null);
        if (takes)
            Counts.EntriesTaken += part.Live;
    }

    /// <summary>Shows all entries of a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="question">Who gets them.</param>
    /// <param name="between">What is done whenever those of some pages were shown; null for nothing.</param>
    private void ShowAll(SpillPart part, Question question, Action? between)
    {
        _requests.Clear();
        int asked = 0;
        for (int b = 0; b < part.Buckets.Count; b++)
        {
            SpillBucket bucket = part[b];
            for (int page = 0; page < bucket.PageCount; page++)
            {
                ReadOnlySpan<ushort> fingerprints = bucket.FingerprintsOf(page);
                for (int entry = 0; entry < fingerprints.Length; entry++)
                {
                    if (fingerprints[entry] != 0)
                        _requests.Add(new Request(bucket.Pages[page].Number, entry, AnyKey, part, bucket));
                }

                asked++;
            }

            if (asked < PagesAtOnce)
                continue;
            Answer(question);
            between?.Invoke();
            _requests.Clear();
            asked = 0;
        }

        Answer(question);
        between?.Invoke();
    }

    /// <summary>Notes the entries that may be those of a hash.</summary>
    private void Ask(SpillPart part, ulong hash, int key)
    {
        SpillBucket bucket = part.Of(hash);
        ushort fingerprint = SpillKey.Fingerprint(hash);
        ReadOnlySpan<ushort> all = bucket.Fingerprints;
        for (int position = all.IndexOf(fingerprint); position >= 0;)
        {
            SpillPage page = bucket.Pages[bucket.PageOf(position)];
            _requests.Add(new Request(page.Number, position - page.First, key, part, bucket));
            int next = all[(position + 1)..].IndexOf(fingerprint);
            position = next < 0 ? -1 : position + 1 + next;
        }
    }

    /// <summary>Reads each page that is asked for once, and gives what was asked for.</summary>
    private void Answer(Question question)
    {
        if (_requests.Count == 0)
            return;
        CollectionsMarshal.AsSpan(_requests).Sort(static (a, b) => a.Page != b.Page ? a.Page.CompareTo(b.Page) : a.Entry.CompareTo(b.Entry));
        _pages.Clear();
        _firstRequests.Clear();
        for (int i = 0; i < _requests.Count; i++)
        {
            if (i > 0 && _requests[i].Page == _requests[i - 1].Page)
                continue;
            _pages.Add(_requests[i].Page);
            _firstRequests.Add(i);
        }

        _firstRequests.Add(_requests.Count);
        Counts.PagesRead += _pages.Count;
        _reader.Question = question;
        Store.Read(CollectionsMarshal.AsSpan(_pages), _reader);
        _reader.Question = default;
        _requests.Clear();
    }

    /// <summary>Notes that an entry has left; a page without entries is deleted, and so is a part.</summary>
    private void Remove(in Request request, int page, in SpillEntryBytes entry)
    {
        (SpillPart part, SpillBucket bucket) = (request.Part, request.Bucket);
        bool due = entry.Due != NeverDue;
        SpillPage removed = bucket.Pages[page];
        _count--;
        part.Live--;
        Counts.EntriesTaken++;
        _liveBytes -= EntryBytes(entry.KeyLength, entry.ValueLength, due);
        if (due)
        {
            part.Due--;
            DueOf(part.Table).Remove(1);
        }

        if (!bucket.Remove(page, request.Entry))
            return;
        bucket.RemovePage(page);
        _emptied.Add((removed.Number, removed.Bytes));
        if (part.Live > 0)
            return;
        part.Clear();
        _parts.Remove((part.Table, part.Key));
    }

    /// <summary>An entry that is to come: where it may lie, and which key it is to have.</summary>
    private readonly record struct Request(int Page, int Entry, int Key, SpillPart Part, SpillBucket Bucket);

    /// <summary>What is done with entries.</summary>
    /// <param name="Target">Gets them.</param>
    /// <param name="Keys">The keys that are asked for; null for all that were found.</param>
    /// <param name="Time">The time at which they are due; never for others.</param>
    /// <param name="Takes">Whether they leave.</param>
    private readonly record struct Question(ISpillTarget Target, SpillBatch? Keys, long Time, bool Takes)
    {
        /// <summary>Gets the due times; null if nobody wants them.</summary>
        internal List<long>? Due { get; init; }
    }

    /// <summary>Looks into pages as they come.</summary>
    private sealed class Reader(PagedSpillArea area) : IPageTarget
    {
        private readonly StateReader _key = new(ReadOnlyMemory<byte>.Empty);
        private readonly StateReader _value = new(ReadOnlyMemory<byte>.Empty);

        internal Question Question { get; set; }

        public void Take(int index, byte[] bytes, int start, int length)
        {
            ReadOnlySpan<byte> page = bytes.AsSpan(start, length);
            int first = area._firstRequests[index];
            int end = area._firstRequests[index + 1];
            area.Test(page, area._requests[first]);
            for (int i = first; i < end; i++)
            {
                Request request = area._requests[i];
                SpillEntryBytes entry = SpillPageBytes.Entry(page, request.Entry);
                int inBucket = request.Bucket.IndexOf(request.Page);

                // Asked for twice, it has left the first time, and its page with it if it was the last one there.
                if (inBucket < 0 || request.Bucket.FingerprintsOf(inBucket)[request.Entry] == 0 || !IsMeant(request, page, entry))
                    continue;
                if (Question.Takes)
                    area.Remove(request, inBucket, entry);
                Question.Due?.Add(entry.Due);
                _key.Reset(bytes, start + entry.Key, entry.KeyLength);
                _value.Reset(bytes, start + entry.Value, entry.ValueLength);
                Question.Target.Take(request.Part.Table, request.Part.Key, _key, _value);
            }
        }

        private bool IsMeant(in Request request, ReadOnlySpan<byte> page, in SpillEntryBytes entry)
        {
            if (Question.Keys is { } keys)
                return keys.KeyOf(keys.ItemSpan[request.Key]).Span.SequenceEqual(page.Slice(entry.Key, entry.KeyLength));
            return Question.Time == NeverDue || entry.Due <= Question.Time;
        }
    }
}
