using Typed.Columns;
using Typed.Execution;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Tests.Execution.Workers;

[StreamRecord]
public readonly partial record struct Mixed(long Key, sbyte Small, int? Number, string? Text, Guid Id, decimal? Amount, bool? Flag, DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct KeySum(long Key, long Rows, long Sum);

[Pipeline(OutputMode.Complete)]
public sealed partial class SumsByKey
{
    public static Stream<KeySum> Define(Stream<Mixed> rows) => rows
        .GroupBy(r => r.Key)
        .Select(g => new KeySum(g.Key, g.Count(), g.Sum(r => (long)r.Small)));
}

/// <summary>What an exchange has for each worker are the rows that are found for it one by one, copied or by a list.</summary>
[Collection("Buffers")]
public sealed class ExchangeTests
{
    public static TheoryData<int, bool> Many => new() { { 2, false }, { 2, true }, { 3, false }, { 3, true }, { 8, true }, { 9, false }, { 9, true }, { 256, true } };

    [Theory]
    [MemberData(nameof(Many))]
    public void Each_worker_gets_its_rows_in_order(int workers, bool takesPicks)
    {
        long before = BufferPool.Outstanding;
        Random random = new(workers);
        using (Target target = new(takesPicks))
        using (ExchangeOperator exchange = new(RowSchema.Of<Mixed>(), target, 0, workers))
        {
            exchange.Begin(new BatchContext(0, 0, OutputMode.Append, false, new Arena()));
            List<Mixed>[] expected = [.. Enumerable.Range(0, workers).Select(_ => new List<Mixed>())];
            foreach ((int count, int keys) in ((int, int)[])[(1, 5), (700, 1), (0, 5), (3, 100), (1000, 100), (65, 3), (3000, 2000)])
            {
                List<Mixed> rows = [.. Enumerable.Range(0, count).Select(_ => RowOf(random, keys))];
                ColumnBatch batch = new(RowSchema.Of<Mixed>());
                foreach (Mixed row in rows)
                {
                    Append(row, batch);
                    expected[Shard.OwnerOf(Shard.Of(GroupHash.Of(row.Key)), workers)].Add(row);
                }

                batch.Length = count;
                exchange.Process(batch);
                batch.Release();
            }

            for (int worker = 0; worker < workers; worker++)
                Assert.Equal(expected[worker], exchange.BoxFor(worker).SelectMany(RowsOf));
            Assert.Equal(expected.Sum(rows => rows.Count), exchange.ShardRows.Sum());
            Assert.Equal(takesPicks && workers <= 8, exchange.BoxFor(0).Any(packet => packet.Lists is not null));
        }

        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public async Task Rows_of_another_key_with_the_hash_of_one_that_many_have_are_not_added_to_it()
    {
        (long first, long second) = SameHash();
        List<Mixed> rows = [.. Enumerable.Range(0, 3000).Select(i => new Mixed(i % 2 == 0 ? first : i % 6 == 1 ? second : i, (sbyte)(i % 100), null, null, Guid.Empty, null, null, DateTimeOffset.UnixEpoch))];
        foreach (int workers in (int[])[1, 2, 5])
        {
            MemorySource<Mixed> source = new();
            source.Add(rows);
            MemorySink<KeySum> sink = new();
            await using StreamingQuery query = await SumsByKey.From(source).To(sink).StartAsync(
                new QueryOptions { Workers = workers, UncappedWorkers = true, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
            await query.Completion;
            Assert.Equal(
                rows.GroupBy(row => row.Key).Select(group => new KeySum(group.Key, group.Count(), group.Sum(row => row.Small))).OrderBy(sum => sum.Key),
                sink.Rows.OrderBy(sum => sum.Key));
        }
    }

    private static (long First, long Second) SameHash()
    {
        Dictionary<uint, long> keys = [];
        for (long key = 1_000_000; ; key = (key * 31) + 7)
        {
            if (!keys.TryAdd(GroupHash.Of(key), key))
                return (keys[GroupHash.Of(key)], key);
        }
    }

    private static Mixed RowOf(Random random, int keys) => new(
        random.Next(keys),
        (sbyte)random.Next(100),
        random.Next(3) == 0 ? null : random.Next(),
        random.Next(4) switch { 0 => null, 1 => "", 2 => $"row {random.Next(1000)}", _ => new string('x', random.Next(200)) },
        new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        random.Next(3) == 0 ? null : random.Next(1_000_000) / 100m,
        random.Next(3) switch { 0 => null, 1 => false, _ => true },
        DateTimeOffset.UnixEpoch.AddSeconds(random.Next()));

    private static IEnumerable<Mixed> RowsOf(Packet packet)
    {
        if (packet.Lists is null)
            return Enumerable.Range(0, packet.Batch.Length).Select(row => Read<Mixed>(packet.Batch, row));
        return Enumerable.Range(0, packet.Count).Select(i => Read<Mixed>(packet.Batch, packet.Picks[i]));
    }

    private static void Append<T>(in T row, ColumnBatch batch)
        where T : IStreamRecord<T> => T.Append(row, batch);

    private static T Read<T>(ColumnBatch batch, int row)
        where T : IStreamRecord<T> => T.Read(batch, row);

    /// <summary>Stands behind an exchange and says by what rows are split.</summary>
    private sealed class Target(bool takesPicks) : StatefulOperator("target", RowSchema.Of<Mixed>())
    {
        public override string Kind => "target";

        public override string StateSchema => "nothing";

        internal override StateLayout Layout => StateLayout.Of("nothing", StateTimeKind.None, "Key int64", "Key int64");

        internal override bool SplitsByKey => true;

        internal override bool TakesPicks => takesPicks;

        private protected override long HotBytes => 0;

        internal override void HashRows(ColumnBatch batch, int input, Span<uint> hashes)
        {
            for (int i = 0; i < hashes.Length; i++)
                hashes[i] = GroupHash.Of(((FixedColumn<long>)batch[0])[i]);
        }

        public override void Process(ColumnBatch batch) => throw new NotSupportedException("Rows stop in front of it.");

        internal override void SaveHead(StateHead head) => throw new NotSupportedException("It has no state.");

        internal override void LoadEntry(in StateEntry entry) => throw new NotSupportedException("It has no state.");

        private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice) => throw new NotSupportedException("It has no state.");

        private protected override void BeginLoad(StateHead head) => throw new NotSupportedException("It has no state.");
    }
}
