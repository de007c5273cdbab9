using System.Collections.Concurrent;
using System.Globalization;
using Typed.Conformance.Cases;
using Typed.Conformance.Compilation;
using Typed.Conformance.Plans;
using Typed.Conformance.Running;

namespace Typed.Conformance.Metamorphic;

/// <summary>
/// Runs the plans of cases over the same rows in several ways that must not matter: in order and in one batch; in another order within the allowed lateness, a
/// few rows a batch; in yet another, with stops and crashes between. What append mode has written in the end has to be the same multiset of rows, and the account
/// of the rows has to balance after every batch.
/// </summary>
/// <param name="settings">How to run the queries.</param>
/// <param name="seed">Where the random orders begin.</param>
internal sealed class MetamorphicRun(Settings settings, int seed)
{
    private const int CasesPerAssembly = 40;

    // Several, since after a restart the first one only makes the watermarks of the streams defined again (semantics 2.1.7).
    private const int ClosingBatches = 3;
    private readonly ConcurrentDictionary<int, Outcome> _outcomes = [];
    private readonly HashSet<int> _rewritten = [];

    /// <summary>Runs the cases; the outcomes come in their order.</summary>
    public IReadOnlyList<Outcome> Run(IReadOnlyList<ConformanceCase> cases)
    {
        List<(ConformanceCase Case, WrittenPlan Plan, FiniteInput Input)> taken = [];
        foreach (ConformanceCase one in cases)
        {
            if (LaterOperators.Find(one) is string later)
                Done(one, Result.Skipped, later);
            else if (!one.Query.Has("plan"))
                Done(one, Result.Skipped, "it is about no plan");
            else
                Take(one, taken);
        }

        Parallel.ForEach(
            taken.Chunk(CasesPerAssembly),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            RunPortion);
        return [.. cases.Select(one => _outcomes[one.Number])];
    }

    private void Take(ConformanceCase one, List<(ConformanceCase Case, WrittenPlan Plan, FiniteInput Input)> taken)
    {
        try
        {
            if (FinitePlan.Of(one, out string reason) is not { } finite)
            {
                Done(one, Result.Skipped, reason);
                return;
            }

            WrittenPlan plan = PlanWriter.Write(finite.Query);
            if (one.Query.Text("output_mode") is not (null or "append"))
                _rewritten.Add(one.Number);
            if (FiniteInput.Read(finite, plan, out reason) is { } input)
                taken.Add((finite, plan, input));
            else
                Done(one, Result.Skipped, reason);
        }
        catch (NoFormException)
        {
            Done(one, Result.Skipped, "it has no form");
        }
    }

    private void RunPortion((ConformanceCase Case, WrittenPlan Plan, FiniteInput Input)[] portion)
    {
        CompiledCases compiled = CompiledCases.Compile(portion.ToDictionary(entry => entry.Case.Number, entry => CaseSource.Write(entry.Case, entry.Plan, "Append")), load: true);
        foreach ((ConformanceCase one, WrittenPlan plan, FiniteInput input) in portion)
        {
            string[] errors = [.. compiled.CommonErrors, .. compiled.Errors(one.Number).Select(error => error.ToString())];
            if (errors.Length > 0)
            {
                // The rules refuse plans that can never close a group; written for another mode they become such plans here.
                bool refused = _rewritten.Contains(one.Number) && compiled.CommonErrors.Count == 0 && compiled.Errors(one.Number).Any(error => error.Id.StartsWith("TYPED", StringComparison.Ordinal));
                Done(one, refused ? Result.Skipped : Result.Failed, refused ? "append mode refuses it" : "it does not compile: " + string.Join("; ", errors.Take(3)));
                continue;
            }

            try
            {
                (int rows, string? difference) = CompareAsync(one, plan, input, () => compiled.Create(one.Number)).GetAwaiter().GetResult();
                Done(one, difference is null ? Result.Passed : Result.Failed, difference ?? (rows == 0 ? "no row came out in any order" : ""));
            }
            catch (Exception e)
            {
                Done(one, Result.Failed, e.ToString());
            }
        }
    }

    private async Task<(int Rows, string? Difference)> CompareAsync(ConformanceCase one, WrittenPlan plan, FiniteInput input, Func<CaseProgram> create)
    {
        Random random = new(seed + one.Number);
        List<Batch> whole = [.. Cut(input, stream => stream.InOrder(), new Random(0), 1)];
        string[] expected = await WriteAsync(plan, create(), whole, null, null, [1]);
        for (int variant = 1; variant <= 2; variant++)
        {
            int batches = 2 + random.Next(6);
            List<Batch> cut = [.. Cut(input, stream => stream.Arrive(random), random, batches)];
            string[] actual = await WriteAsync(plan, create(), cut, random.Next(4) is > 0 and var size ? size : null, variant == 2 ? random : null, settings.Workers);
            if (!actual.SequenceEqual(expected))
            {
                return (expected.Length, $"the same rows in {batches} batches{(variant == 2 ? " with restarts" : "")} (seed {seed}) give other rows\n"
                    + $"    not in order, missing  {string.Join(' ', Without(expected, actual))}\n    not in order, too many {string.Join(' ', Without(actual, expected))}\n"
                    + string.Concat(cut.Select((batch, i) => $"    batch {i}: {string.Join("; ", batch.Rows.Select(entry => entry.Key + " " + Values.Print(entry.Value)))}\n")));
            }
        }

        return (expected.Length, null);
    }

    /// <summary>The rows of all streams cut into batches, each stream at places of its own; then rows that close everything.</summary>
    private static IEnumerable<Batch> Cut(FiniteInput input, Func<FiniteInput.Stream, List<object?[]>> arrange, Random random, int batches)
    {
        Batch[] cut = [.. Enumerable.Range(0, batches).Select(_ => new Batch([]))];
        foreach (FiniteInput.Stream stream in input.Streams)
        {
            List<object?[]> rows = arrange(stream);
            int[] ends = [.. Enumerable.Range(0, batches - 1).Select(_ => random.Next(rows.Count + 1)).Order(), rows.Count];
            int start = 0;
            for (int i = 0; i < batches; i++)
            {
                cut[i].Rows[stream.Source.Name] = [.. rows[start..ends[i]]];
                start = ends[i];
            }
        }

        IEnumerable<Batch> closing = Enumerable.Range(1, ClosingBatches)
            .Select(times => new Batch(input.Streams.ToDictionary(stream => stream.Source.Name, stream => stream.Closing(input.UntilClosed * times).ToArray())));
        return cut.Concat(closing);
    }

    /// <summary>Runs a query over batches and gives what it wrote.</summary>
    /// <param name="batchSize">The rows in a batch of columns at most; null for what the source gives.</param>
    /// <param name="faults">Decides after which batches the query is stopped, and whether it then has lost what it knew of its last commit; null for no stop at all.</param>
    /// <param name="workers">How many workers, at each start the next number.</param>
    private async Task<string[]> WriteAsync(WrittenPlan plan, CaseProgram program, List<Batch> batches, int? batchSize, Random? faults, IReadOnlyList<int> workers)
    {
        string folder = Path.Combine(Path.GetTempPath(), "typed-metamorphic-" + Guid.NewGuid().ToString("N"));
        QueryOptions options = new()
        {
            Checkpoint = faults is null ? null : folder,
            TimeProvider = new VirtualTime(1_700_000_000_000),
            Stepped = true,
            BatchSize = settings.BatchSize ?? batchSize,
            UncappedWorkers = true,
            State = settings.State,
        };
        int starts = 0;
        RowAccount account = new();
        foreach (PlanInput table in plan.Tables)
            program.Set(table.Name, [.. table.Rows.Select(row => Values.Read(row, table.Columns))]);
        StreamingQuery query = await StartAsync();
        try
        {
            foreach (Batch batch in batches)
            {
                foreach ((string source, object?[][] rows) in batch.Rows.Where(entry => entry.Value.Length > 0))
                    program.Add(source, rows);
                while (await query.Loop.StepAsync() is { } progress)
                {
                    if (account.Add(progress) is [_, ..] wrong)
                        throw new MismatchException(string.Join("\n    ", wrong));
                    if (progress.LateRows > 0 && !HasEarlyTimes(batches))
                        throw new MismatchException($"batch {progress.BatchId} had {progress.LateRows} late rows although none came behind the delay");
                }

                if (faults is null || faults.Next(4) == 0)
                    continue;
                await query.DisposeAsync();
                if (faults.Next(3) == 0)
                    LoseLastCommit(folder);
                query = await StartAsync();
            }
        }
        finally
        {
            await query.DisposeAsync();
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }

        return [.. program.Written().SelectMany(batch => batch.Rows).Select(row => Values.Print(Rounded(row))).Order(StringComparer.Ordinal)];

        async Task<StreamingQuery> StartAsync() => await program.StartAsync(options with { Workers = workers[starts++ % workers.Count] });
    }

    // As if the process had died after the sink had the batch, before the commit was written.
    private static void LoseLastCommit(string checkpoint)
    {
        string? last = Directory.EnumerateFiles(Path.Combine(checkpoint, "commits"))
            .Where(path => Path.GetFileName(path).All(char.IsAsciiDigit))
            .MaxBy(path => long.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        if (last is not null)
            File.Delete(last);
    }

    // The watermark begins at 1970, so what lies before is late at once (semantics 2.1.5), however it comes.
    private static bool HasEarlyTimes(List<Batch> batches) =>
        batches.SelectMany(batch => batch.Rows.Values).SelectMany(rows => rows).SelectMany(row => row.OfType<DateTimeOffset>()).Any(time => time <= DateTimeOffset.UnixEpoch);

    // Sums of doubles depend on their order in the last digits.
    private static object?[] Rounded(object?[] row) => [.. row.Select(value => value is double number ? (object)number.ToString("G10", null) : value)];

    private static IEnumerable<string> Without(string[] rows, string[] others)
    {
        List<string> left = [.. others];
        return [.. rows.Where(row => !left.Remove(row))];
    }

    private void Done(ConformanceCase one, Result result, string reason) => _outcomes[one.Number] = new Outcome(one, result, reason);

    /// <summary>What is given to the query at once.</summary>
    internal sealed record Batch(Dictionary<string, object?[][]> Rows);
}
