using System.Globalization;
using Typed;

/// <summary>What the program shows: the day by the hour, how the alarms ended, what was missed, and where every sign-in is.</summary>
internal sealed class Report(TextWriter screen)
{
    private readonly List<Alarm> _alarms = [];

    /// <summary>Takes the alarms of a batch.</summary>
    public Task Alarms(BatchRows<Alarm> batch, ForeachBatchContext context)
    {
        _alarms.AddRange(batch.Rows);
        return Task.CompletedTask;
    }

    /// <summary>Prints everything.</summary>
    public void Print(QueryTotals totals, IReadOnlyList<Attack> attacks)
    {
        PrintHours();
        PrintEnds();
        PrintAttacks(attacks);
        OperatorRows watcher = totals.Operators.First(one => one.Grouping);
        screen.WriteLine();
        screen.WriteLine($"{Number(totals.InputRows)} sign-ins = {Number(watcher.Grouped)} seen by the watch + {Number(watcher.Late)} late");
    }

    private void PrintHours()
    {
        screen.WriteLine("users under attack, by the hour");
        int[] hours = new int[24];
        foreach (Alarm alarm in _alarms.Where(alarm => alarm.What == "guessing"))
            hours[alarm.First.Hour]++;
        for (int hour = 6; hour < 24; hour++)
            screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hour,7}:00 {hours[hour],4} {new string('█', hours[hour] * 2)}"));
    }

    private void PrintEnds()
    {
        screen.WriteLine();
        screen.WriteLine($"{"somebody got in",-16} {"from",8} {"to",9} {"failures",9} {"addresses",10}");
        screen.WriteLine(new string('─', 56));
        foreach (Alarm alarm in _alarms.Where(alarm => alarm.What == "got in").OrderByDescending(alarm => alarm.Failures).ThenBy(alarm => alarm.User, StringComparer.Ordinal).Take(12))
        {
            screen.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{alarm.User,-16} {alarm.First,8:HH:mm:ss} {alarm.Last,9:HH:mm:ss} {alarm.Failures,9} {alarm.Addresses,10}"));
        }

        int begun = _alarms.Count(alarm => alarm.What == "guessing");
        int ended = _alarms.Count - begun;
        screen.WriteLine();
        screen.WriteLine($"{Number(begun)} alarms: {Number(_alarms.Count(alarm => alarm.What == "got in"))} got in, "
            + $"{Number(_alarms.Count(alarm => alarm.What == "gave up"))} gave up, {Number(begun - ended)} not over yet");
    }

    private void PrintAttacks(IReadOnlyList<Attack> attacks)
    {
        List<double> seconds = [];
        HashSet<Alarm> right = [];
        int missed = 0;
        foreach (Attack attack in attacks)
        {
            Alarm noticed = _alarms.FirstOrDefault(
                alarm => alarm.What == "guessing" && alarm.User == attack.User && alarm.Last >= attack.First && alarm.First <= attack.First + TimeSpan.FromMinutes(10));
            if (noticed.User is null)
            {
                missed += attack.IsSlow ? 0 : 1;
                continue;
            }

            right.Add(noticed);
            seconds.Add((noticed.Last - attack.First).TotalSeconds);
        }

        seconds.Sort();
        int slow = attacks.Count(attack => attack.IsSlow);
        screen.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{attacks.Count} attacks: {right.Count} noticed, half of them within {seconds[seconds.Count / 2]:0} s; {missed} missed, and {slow} were too patient for the limit"));
        int mistaken = _alarms.Count(alarm => alarm.What == "guessing") - right.Count;
        screen.WriteLine($"{Number(mistaken)} alarms were people who had forgotten their password");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
