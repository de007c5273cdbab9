using System.Reflection;
using Typed.Columns;
using Typed.Execution;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Benchmarks.Workers;

/// <summary>
/// A group-by of a million keys with one worker and with several, by turns in one run: keys that are equally frequent, and one key that half of the rows have. Micro-batches of
/// 64 batches of columns that are there. Beside them two queries with one worker each on threads of their own, each with the rows of half of the keys: what the processors leave
/// when nothing is exchanged, so no exchange can do better.
/// </summary>
internal static class WorkersBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int BatchesPerRun = 64;
    private const int Keys = 1_000_000;
    private const long HotKey = 42;
    private const int Runs = 9;
    private const int WarmUps = 2;

    public static void Run()
    {
        Measure("uniform", random => random.Next(Keys));
        Measure("half of the rows of one key", random => random.Next(2) == 0 ? HotKey : random.Next(Keys));
    }

    private static void Measure(string name, Func<Random, long> key)
    {
        Random random = new(7);
        List<ColumnBatch> batches = [.. Enumerable.Range(0, BatchesPerRun).Select(_ => Generate(random, key))];
        List<ColumnBatch>[] halves = Halves(batches);
        WorkersCase[] cases =
        [
            new("1 worker", [(NewRunner(1), batches)]),
            new("2 workers", [(NewRunner(2), batches)]),
            new("2 queries side by side", [(NewRunner(1), halves[0]), (NewRunner(1), halves[1])]),
        ];
        for (int run = 0; run < Runs + WarmUps; run++)
        {
            foreach (WorkersCase one in cases)
                one.Run(run, isMeasured: run >= WarmUps);
        }

        foreach (WorkersCase one in cases)
        {
            one.Dispose();
            Console.WriteLine($"workers {name,-28} {one.Describe(cases[0])}");
        }

        Console.WriteLine($"workers {name,-28} two workers at least 1.6 times one, medians: {(cases[1].TimesAsFastAs(cases[0]) >= 1.6 ? "holds" : "MISSED")}");

        foreach (ColumnBatch batch in (List<ColumnBatch>)[.. batches, .. halves[0], .. halves[1]])
            batch.Release();
    }

    private static GraphRunner NewRunner(int workers) => new(PlanOf(new ReadingsByKey()), null, workers);

    private static ColumnBatch Generate(Random random, Func<Random, long> key)
    {
        ColumnBatch batch = new(RowSchema.Of<KeyedReading>());
        for (int i = 0; i < BatchRows; i++)
            Append(batch, key(random), i);
        return batch;
    }

    // By the owner of the key, as an exchange would; the rows of the key that many have by turns.
    private static List<ColumnBatch>[] Halves(List<ColumnBatch> batches)
    {
        List<ColumnBatch>[] halves = [[], []];
        foreach (ColumnBatch batch in batches)
        {
            for (int i = 0; i < batch.Length; i++)
            {
                long key = ((FixedColumn<long>)batch[0])[i];
                List<ColumnBatch> half = halves[key == HotKey ? i & 1 : Shard.OwnerOf(Shard.Of(GroupHash.Of(key)), 2)];
                if (half.Count == 0 || half[^1].Length == BatchRows)
                    half.Add(new ColumnBatch(batch.Schema));
                Append(half[^1], key, i);
            }
        }

        return halves;
    }

    private static void Append(ColumnBatch batch, long key, long value)
    {
        ((FixedColumn<long>)batch[0]).Append(key);
        ((FixedColumn<long>)batch[1]).Append(value);
        batch.Length++;
    }

    private static PipelinePlan PlanOf(object pipeline) =>
        (PipelinePlan)Activator.CreateInstance(pipeline.GetType().GetNestedType("Plan", BindingFlags.NonPublic)!, pipeline)!;
}
