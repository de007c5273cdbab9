using System.Globalization;
using Typed;

/// <summary>What the program shows: a line of progress while it works, the storms as they come, and the account at the end.</summary>
internal sealed class Report(TextWriter screen, bool live)
{
    private const string Row = "{0,-17} {1,-5} {2,-22} {3,8} {4,13} {5,12}";
    private readonly Lock _lock = new();
    private int _storms;
    private bool _stopping;

    /// <summary>Prints the storms of a batch.</summary>
    public Task Storms(BatchRows<Storm> batch, ForeachBatchContext context)
    {
        lock (_lock)
        {
            foreach (Storm storm in batch.Rows.OrderBy(storm => storm.Hour).ThenBy(storm => storm.Code, StringComparer.Ordinal))
            {
                Clear();
                if (_storms++ == 0)
                {
                    Print(Row, "hour (UTC)", "from", "city", "flights", "mean delay", "worst");
                    screen.WriteLine(new string('─', 82));
                }

                Print(Row, storm.Hour.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), storm.Code, storm.City ?? "?", storm.Flights, storm.Mean.ToString("0.0", CultureInfo.InvariantCulture), storm.Worst);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Shows how far the query is.</summary>
    public void Batch(StreamingQueryProgress progress)
    {
        lock (_lock)
        {
            if (!live)
                return;
            Clear();
            screen.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{(_stopping ? "finishing" : "batch")} {progress.BatchId}: {progress.InputRows:N0} flights, watermark {progress.EventTime?.Watermark:yyyy-MM-dd HH:mm}, {progress.BatchDuration} ms"));
        }
    }

    /// <summary>Says that the running batch will be the last.</summary>
    public void Stopping()
    {
        lock (_lock)
            _stopping = true;
    }

    /// <summary>Prints where every row is.</summary>
    public void Account(StreamingQuery query, TimeSpan took, string late)
    {
        QueryTotals totals = query.Totals;
        lock (_lock)
        {
            Clear();
            if (totals.Batches == 0)
            {
                screen.WriteLine("Nothing new: every file has been read. Add one to the folder and run again, or delete the output folder to begin anew.");
                return;
            }

            OperatorRows hours = totals.Operators.First(one => one.Grouping);
            screen.WriteLine();
            string before = hours.HeldBefore > 0 ? $" + {Number(hours.HeldBefore)} held before" : "";
            screen.WriteLine($"{Number(totals.InputRows)} flights{before} = {Number(hours.Closed)} in {Number(hours.GroupsClosed)} closed hours"
                + $" + {Number(hours.Late)} late + {Number(hours.Held)} held in {Number(hours.GroupsHeld)} open hours");
            screen.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_storms} storms, {totals.Batches} {(totals.Batches == 1 ? "batch" : "batches")}, {took.TotalSeconds:0.00} s, {totals.InputRows / took.TotalSeconds:N0} flights/s"));
            if (hours.Late > 0)
                screen.WriteLine($"late flights: {late}");
            if (_stopping)
                screen.WriteLine("Stopped between two batches; run again to go on.");
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private void Print(string row, params object[] cells) => screen.WriteLine(string.Format(CultureInfo.InvariantCulture, row, cells));

    private void Clear()
    {
        if (live)
            screen.Write("\r\u001b[2K");
    }
}
