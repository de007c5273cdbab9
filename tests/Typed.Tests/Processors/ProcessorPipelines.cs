namespace Typed.Tests.Processors;

public enum Mood : short
{
    Calm,
    Tense = 7,
}

[StreamRecord]
public readonly partial record struct Place(string City, int? Zip, Mood Mood);

[StreamRecord]
public sealed partial record Note(string Text, byte[]? Seal, Place? At, TimeSpan Took);

/// <summary>What a row asks of <see cref="Keeper"/>: to keep one value of each type, or to forget.</summary>
[StreamRecord]
public readonly partial record struct Ask(
    string User, int Part, string Do, bool Flag, long Number, double Real, [Precision(12, 3)] decimal Exact, string? Text, DateTimeOffset Time, DateOnly Day,
    TimeSpan Span, Guid Id, Mood Mood, Place? Place, IReadOnlyList<string> Tags);

[StreamRecord]
public readonly partial record struct Told(string User, int Part, string What);

/// <summary>Keeps fields of every kind for each pair of a user and a part, and tells what it has when it is asked.</summary>
public sealed partial class Keeper : KeyedProcessor<(string User, int Part), Ask, Told>
{
    [State] private bool _flag;
    [State] private bool? _maybeFlag;
    [State] private byte _small;
    [State] private long _number;
    [State] private ulong? _maybeNumber;
    [State] private float _half;
    [State] private double _real;
    [State] private double? _maybeReal;
    [State] private decimal _exact;
    [State] private decimal? _maybeExact;
    [State] private DateTimeOffset _time;
    [State] private DateTimeOffset? _maybeTime;
    [State] private DateOnly _day;
    [State] private DateOnly? _maybeDay;
    [State] private TimeSpan _span;
    [State] private Guid _id;
    [State] private Guid? _maybeId;
    [State] private Mood _mood;
    [State] private Mood? _maybeMood;
    [State] private string? _text;
    [State] private byte[]? _bytes;
    [State] private Place? _place;
    [State] private Note? _note;
    [State] private TimeWindow? _window;
    [State] private ValueState<Place> _lastPlace;
    [State] private ListState<string> _tags;
    [State] private ListState<Note> _notes;
    [State] private MapState<string, decimal> _prices;

    /// <summary>What is told of the rows' number.</summary>
    public string Prefix { get; init; } = "";

    public override void OnRows(Rows<Ask> rows, Context<(string User, int Part), Told> ctx)
    {
        foreach (Ask row in rows)
        {
            switch (row.Do)
            {
                case "keep":
                    Keep(row);
                    break;
                case "forget":
                    ctx.Clear();
                    break;
                default:
                    ctx.Emit(new Told(ctx.Key.User, ctx.Key.Part, Prefix + Tell()));
                    break;
            }
        }
    }

    private void Keep(Ask row)
    {
        (_flag, _maybeFlag, _small, _number, _maybeNumber) = (row.Flag, row.Flag, (byte)row.Number, row.Number, (ulong)row.Number);
        (_half, _real, _maybeReal, _exact, _maybeExact) = ((float)row.Real, row.Real, row.Real, row.Exact, row.Exact);
        (_time, _maybeTime, _day, _maybeDay, _span) = (row.Time, row.Time, row.Day, row.Day, row.Span);
        (_id, _maybeId, _mood, _maybeMood, _text) = (row.Id, row.Id, row.Mood, row.Mood, row.Text);
        _bytes = [.. row.Id.ToByteArray().Take(row.Part)];
        _place = row.Place;
        _note = row.Text is null ? null : NoteOf(row);
        _window = new TimeWindow(row.Time, row.Time + row.Span);
        if (row.Place is { } place)
            _lastPlace.Set(place);
        foreach (string tag in row.Tags)
            _tags.Append(tag);
        _notes.Append(NoteOf(row));
        _prices.Set(row.Text ?? "", row.Exact);
    }

    private static Note NoteOf(Ask row) => new("about " + row.Text, row.Flag ? row.Id.ToByteArray() : null, row.Place, row.Span);

    private string Tell() => Telling.Of(
        _flag, _maybeFlag, _small, _number, _maybeNumber, _half, _real, _maybeReal, _exact, _maybeExact, _time, _maybeTime, _day, _maybeDay, _span, _id, _maybeId,
        _mood, _maybeMood, _text, _bytes, _place, _note, _window, _lastPlace.TryGet(out Place last) ? last : null, _tags.ToArray(), _notes.ToArray(),
        _prices.OrderBy(price => price.Key, StringComparer.Ordinal).ToArray());
}

/// <summary>Values as one text, arrays by their elements.</summary>
internal static class Telling
{
    public static string Of(params object?[] values) => string.Join("; ", values.Select(One));

    private static string One(object? value) => value switch
    {
        null => "-",
        string text => $"'{text}'",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTimeOffset time => time.ToString("O"),
        decimal number => number.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture),
        Note note => $"note({One(note.Text)} {One(note.Seal)} {One(note.At)} {note.Took})",
        System.Collections.IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(One)) + "]",
        IFormattable one => one.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}

[Pipeline(OutputMode.Append)]
public sealed partial class Keeping
{
    public string Prefix { get; init; } = "";

    public Stream<Told> Define(Stream<Ask> asks) => asks
        .GroupBy(a => (a.User, a.Part))
        .Process(new Keeper { Prefix = Prefix }, "keeper");
}

/// <summary>Counts the rows of a key that may be null, and begins with what a table says.</summary>
[GroupProcessor(Output = OutputMode.Update, Timeout = TimeMode.ProcessingTime)]
public sealed partial class Counter(long step) : GroupProcessor<string?, (string? User, long Number), (string? Key, (long Count, bool Ended) Seen), Begin>
{
    [State] private long _count;

    public override void OnInitial(Begin row) => _count = row.Count;

    public override void OnRows(Rows<(string? User, long Number)> rows, GroupContext<string?, (string? Key, (long Count, bool Ended) Seen)> ctx)
    {
        _count += rows.Count * step;
        ctx.Emit((ctx.Key, (_count, false)));
        ctx.TimeoutAfter("1 hour");
    }

    public override void OnTimeout(GroupContext<string?, (string? Key, (long Count, bool Ended) Seen)> ctx)
    {
        ctx.Emit((ctx.Key, (_count, true)));
        ctx.Clear();
    }
}

[StreamRecord]
public readonly partial record struct Begin(string? User, long Count);

[StreamRecord]
public readonly partial record struct Counted(string? User, long Count, bool Ended);

[Pipeline(OutputMode.Update)]
public sealed partial class Counting
{
    public static Stream<Counted> Define(Stream<Ask> asks, Table<Begin> begins) => asks
        .Select(a => (User: a.Text, Number: a.Number + 1))
        .GroupBy(a => a.User)
        .Process(new Counter(2), "counter", begins, b => b.User)
        .Select(c => new Counted(c.Key, c.Seen.Count, c.Seen.Ended));
}
