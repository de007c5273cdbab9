using System.Globalization;

namespace Typed;

/// <summary>
/// The account of a query's rows over its batches and its restarts (design §4): what came in went out, was left out for a reason, or is
/// held. It is given the progress record of each batch and checks what must hold of it: that each operator has an account for all its
/// rows, that it gets what the one before gave, that it goes on with what it held, and that the query balances as a whole.
/// </summary>
public sealed class RowAccount
{
    private Sums _before = new();
    private Sums _now = new();
    private long _batch = -1;

    /// <summary>Records that the sources gave, those that could not be read included.</summary>
    public long In => _now.In;

    /// <summary>Rows that went to the sinks; a row that went to several counts for each.</summary>
    public long Out => _now.Out;

    /// <summary>Records that could not be read.</summary>
    public long Malformed => _now.Malformed;

    /// <summary>Rows that a predicate, a limit or a join removed.</summary>
    public long Filtered => _now.Rows.Filtered;

    /// <summary>Rows behind the watermark.</summary>
    public long Late => _now.Rows.Late;

    /// <summary>Rows without an event time where one is needed.</summary>
    public long NullTime => _now.Rows.NullTime;

    /// <summary>Rows whose key had been seen.</summary>
    public long Duplicates => _now.Rows.Duplicates;

    /// <summary>Rows that an expectation removed.</summary>
    public long Dropped => _now.Rows.Dropped;

    /// <summary>Rows that an expectation sent to the quarantine.</summary>
    public long Quarantined => _now.Rows.Quarantined;

    /// <summary>Rows that left the state of a join unmatched and gave no row.</summary>
    public long Expired => _now.Rows.Expired;

    /// <summary>Rows that joins and lists added, and those that more than one operator reads, once for each further reader.</summary>
    public long FannedOut => _now.Rows.FannedOut;

    /// <summary>Rows whose groups were closed, or that a join had no more use for, less the groups that came of them.</summary>
    public long Combined => _now.Rows.Closed - _now.Made;

    /// <summary>Rows in the state of all operators.</summary>
    public long Held => _now.Held.Values.Sum();

    /// <summary>Rows that were held when the account was begun, if that was not with the first batch.</summary>
    public long HeldAtFirst => _now.HeldAtFirst;

    /// <summary>Rows for which there is no account: 0, or there is an error in an operator.</summary>
    public long Unaccounted => HeldAtFirst + In + FannedOut - Out - Malformed - _now.Rows.LeftOut - Expired - Combined - Held;

    /// <summary>Adds a batch. One that failed is left out, since it comes again; one that comes again takes the place of what it was before.</summary>
    /// <returns>What does not balance, in words; empty if all is accounted for.</returns>
    public IReadOnlyList<string> Add(StreamingQueryProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (progress.Failed || progress.Operators.Count == 0)
            return [];
        if (progress.BatchId == _batch)
            _now = _before;
        bool follows = progress.BatchId == _batch || progress.BatchId == _batch + 1;
        (_batch, _before) = (progress.BatchId, _now);
        _now = _before.Copy();
        List<string> wrong = [];
        CheckEdges(progress.Operators, wrong);
        foreach (OperatorRows one in progress.Operators)
        {
            CheckOperator(one, follows, wrong);
            _now.Add(one);
        }

        // A source that is read twice enters twice; what several operators or sinks read goes on several times.
        long fannedOut = -progress.InputRows;
        foreach (OperatorRows one in progress.Operators)
        {
            int readers = progress.Operators.Sum(reader => reader.Inputs.Count(input => input == one.Name)) + progress.Sinks.Count(sink => sink.Operator == one.Name);
            fannedOut += (one.Inputs.Count == 0 ? one.In : 0) + (one.Out * (readers - 1));
        }

        _now.Add(progress, fannedOut);
        if (Unaccounted != 0)
            wrong.Add(Text($"{Unaccounted} rows of the query are in no account: {this}"));
        return [.. wrong.Select(one => Text($"batch {progress.BatchId}: {one}"))];
    }

    /// <summary>The account in one line.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        Part(Out, "out");
        Part(Filtered, "filtered");
        Part(Late, "late");
        Part(NullTime, "without time");
        Part(Duplicates, "duplicates");
        Part(Dropped, "dropped");
        Part(Quarantined, "quarantined");
        Part(Malformed, "malformed");
        Part(Expired, "expired");
        Part(Combined, "combined into others");
        Part(Held, "held");
        string first = HeldAtFirst == 0 ? "" : Text($"{HeldAtFirst} held at first + ");
        string fanned = FannedOut == 0 ? "" : Text($" + {FannedOut} fanned out");
        return Text($"{first}{In} in{fanned} = {(parts.Count == 0 ? "0" : string.Join(" + ", parts))}");

        void Part(long rows, string what)
        {
            if (rows != 0)
                parts.Add(Text($"{rows} {what}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void CheckEdges(IReadOnlyList<OperatorRows> operators, List<string> wrong)
    {
        Dictionary<string, long> outs = operators.ToDictionary(one => one.Name, one => one.Out);
        foreach (OperatorRows one in operators)
        {
            if (one.Inputs.Count > 0 && one.Inputs.Sum(input => outs[input]) is long given && given != one.In)
                wrong.Add(Text($"{one.Name} had {one.In} rows, but {string.Join(" and ", one.Inputs)} gave {given}"));
        }
    }

    private void CheckOperator(OperatorRows one, bool follows, List<string> wrong)
    {
        long held = _before.Held.GetValueOrDefault(one.Name);
        if (one.Unaccounted != 0)
            wrong.Add(Text($"{one.Unaccounted} rows of {one.Name} are in no account: {one}"));
        if (follows && one.HeldBefore != held)
            wrong.Add(Text($"{one.Name} held {held} rows after the batch before, but goes on with {one.HeldBefore}: {one}"));
        ReadOnlySpan<long> counts =
        [
            one.In, one.Out, one.Filtered, one.Late, one.NullTime, one.Duplicates, one.Dropped, one.Quarantined, one.Grouped, one.Closed, one.Expired, one.Held,
        ];
        foreach (long count in counts)
        {
            if (count >= 0)
                continue;
            wrong.Add(Text($"{one.Name} has a count below zero: {one}"));
            return;
        }
    }

    private sealed record Sums
    {
        internal long In { get; private set; }

        internal long Out { get; private set; }

        internal long Malformed { get; private set; }

        /// <summary>What came out of states.</summary>
        internal long Made { get; private set; }

        internal long HeldAtFirst { get; private set; }

        /// <summary>The sums over all operators.</summary>
        internal OperatorRows Rows { get; private set; } = new() { Name = "" };

        /// <summary>By the names of the operators.</summary>
        internal Dictionary<string, long> Held { get; private init; } = [];

        internal Sums Copy() => this with { Held = new(Held) };

        internal void Add(OperatorRows one)
        {
            Rows = Rows.Add(one);
            Made += one.Grouping ? one.Out : 0;

            // A gap in the batches, as when the process died after a commit, is taken as it is.
            HeldAtFirst += one.HeldBefore - Held.GetValueOrDefault(one.Name);
            Held[one.Name] = one.Held;
        }

        internal void Add(StreamingQueryProgress progress, long fannedOut)
        {
            In += progress.InputRows + progress.MalformedRecords;
            Malformed += progress.MalformedRecords;
            Out += progress.Sink.OutputRows;
            Rows = Rows with { FannedOut = Rows.FannedOut + fannedOut };
        }
    }
}
