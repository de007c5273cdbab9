using Typed.Columns;
using Typed.Connect;
using Typed.Schema;
using Typed.Testing;

namespace Typed.Tests.Connect;

public sealed class SinkTests
{
    private static readonly SinkContext Context = new("q", Guid.NewGuid(), Item.Schema, OutputMode.Append, false, TimeProvider.System);

    [Fact]
    public async Task The_console_prints_a_table_with_batch_and_watermark()
    {
        StringWriter text = new();
        ISinkWriter writer = ConsoleSink.Table(rows: 3, writer: text, width: 40).Open(Context);
        await WriteAsync(writer, 7, 1_000_000, new(1, "a\nb\u001b[2J"), new(-20, null), new(3, "名前"), new(4, "x"), new(5, "y"));
        await WriteAsync(writer, 8, null);
        Assert.Equal(
            """
            Batch 7 · 5 rows · watermark 1970-01-01 00:00:01 UTC
              Id │ Name
            ─────┼───────────────
               1 │ a\nb\u{1b}[2J
             -20 │ null
               3 │ 名前
             … and 2 more rows


            """, text.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Long_cells_are_cut_to_the_width_or_not()
    {
        string name = new('n', 100);
        StringWriter cut = new();
        await WriteAsync(ConsoleSink.Table(writer: cut, width: 40).Open(Context), 0, null, new Item(1, name));
        Assert.All(cut.ToString().Split('\n'), line => Assert.True(line.Length <= 40, line));
        Assert.Contains("n…", cut.ToString(), StringComparison.Ordinal);
        StringWriter whole = new();
        await WriteAsync(ConsoleSink.Table(truncate: false, writer: whole, width: 40).Open(Context), 0, null, new Item(1, name));
        Assert.Contains(name, whole.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreach_batch_is_called_for_empty_batches_too()
    {
        List<(long Id, int Attempt, bool Empty, string Key)> calls = [];
        List<Item> kept = [];
        BatchRows<Item>? later = null;
        ISink<Item> sink = ForeachBatch.Run<Item>((batch, context) =>
        {
            calls.Add((context.BatchId, context.Attempt, batch.IsEmpty, context.BatchKey));
            kept.AddRange(batch.Rows);
            Assert.Equal(batch.Rows, batch.Detach());
            later = batch;
            return Task.CompletedTask;
        });
        ISinkWriter writer = sink.Open(Context with { RepeatedBatch = 0 });
        await WriteAsync(writer, 0, null, new(1, "a"), new(2, "b"));
        await WriteAsync(writer, 1, null);
        string query = Context.QueryId.ToString("N");
        Assert.Equal([(0, 2, false, query + "/0"), (1, 1, true, query + "/1")], calls);
        Assert.Equal([new(1, "a"), new(2, "b")], kept);
        Assert.Contains("Detach", Assert.Throws<InvalidOperationException>(() => later!.Rows.Any()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreach_batch_passes_failures_on()
    {
        ISinkWriter writer = ForeachBatch.Run<Item>((_, _) => throw new InvalidTimeZoneException()).Open(Context);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => WriteAsync(writer, 0, null, new Item(1, "a")));
        ISinkWriter again = ForeachBatch.Run<Item>((_, context) =>
        {
            Assert.True(context.Token.CanBeCanceled);
            return Task.CompletedTask;
        }).Open(Context);
        using CancellationTokenSource stop = new();
        again.Begin(0, null);
        await again.CommitAsync(stop.Token);
    }

    [Fact]
    public async Task A_foreach_writer_is_closed_after_a_failure()
    {
        Recorder recorder = new();
        ISinkWriter writer = ForeachSink.Of(recorder).Open(Context);
        await WriteAsync(writer, 0, null, new Item(1, "a"));
        await WriteAsync(writer, 1, null, new Item(2, "skipped"));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => WriteAsync(writer, 2, null, new Item(-1, "fails")));
        Assert.Equal(["open 0", "1", "close", "open 1", "close", "open 2", "close InvalidTimeZoneException"], recorder.Log);
    }

    [Fact]
    public async Task A_function_that_gives_no_task_is_named()
    {
        ISinkWriter writer = ForeachBatch.Run<Item>((_, _) => null!).Open(Context);
        writer.Begin(0, null);
        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Contains("gave null in the place of a task", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_to_call_is_refused()
    {
        Assert.Equal("foreach-writer-null", Assert.Throws<QueryStartException>(() => ForeachBatch.Run<Item>(null!)).Rule);
        Assert.Equal("foreach-writer-null", Assert.Throws<QueryStartException>(() => ForeachSink.Run<Item>(null!)).Rule);
        Assert.Equal("foreach-writer-null", Assert.Throws<QueryStartException>(() => ForeachSink.Of<Item>(null!)).Rule);
    }

    [Fact]
    public async Task A_loaded_table_is_loaded_as_often_as_its_policy_says()
    {
        VirtualClock time = new(DateTimeOffset.UnixEpoch);
        int loads = 0;
        async Task<List<bool>> Read(TableRefresh refresh)
        {
            await using ITableReader reader = Tables.Load(_ =>
            {
                loads++;
                return Task.FromResult<IEnumerable<Item>>([new Item(loads, null)]);
            }, refresh).Open(Reading.Context(time: time));
            List<bool> read = [];
            for (int batch = 0; batch < 4; batch++)
            {
                read.Add(await reader.RefreshAsync(batch, Reading.Token) is not null);
                time.Advance(TimeSpan.FromMinutes(4));
            }

            return read;
        }

        Assert.Equal([true, false, false, false], await Read(TableRefresh.Once));
        Assert.Equal([true, true, true, true], await Read(TableRefresh.EachBatch));
        Assert.Equal([true, false, true, false], await Read(TableRefresh.Every("8 minutes")));
        Assert.Throws<ArgumentException>(() => Tables.Load(_ => Task.FromResult<IEnumerable<Item>>([]), TableRefresh.OnChange));
        Assert.Throws<FormatException>(() => TableRefresh.Every("now and then"));
    }

    [Fact]
    public void Values_have_texts()
    {
        Assert.Equal("-0.05", Text(FieldType.Decimal(10, 2), column => ((FixedColumn<Int128>)column).Append(-5)));
        Assert.Equal("1234.00", Text(FieldType.Decimal(10, 2), column => ((FixedColumn<Int128>)column).Append(123400)));
        Assert.Equal("7", Text(FieldType.Decimal(10, 0), column => ((FixedColumn<Int128>)column).Append(7)));
        Assert.Equal("-170141183460469231731687303715884105728", Text(FieldType.Decimal(38, 0), column => ((FixedColumn<Int128>)column).Append(Int128.MinValue)));
        Assert.Equal("2025-01-04T10:00:00.25Z"[..19] + ".250Z", Text(FieldType.Of(FieldKind.Timestamp), column => ((FixedColumn<long>)column).Append(1735984800250000)));
        Assert.Equal("1969-12-31T23:59:59.999999Z", Text(FieldType.Of(FieldKind.Timestamp), column => ((FixedColumn<long>)column).Append(-1)));
        Assert.Equal("1970-01-02", Text(FieldType.Of(FieldKind.Date), column => ((FixedColumn<int>)column).Append(1)));
        Assert.Equal("0.1", Text(FieldType.Of(FieldKind.Double), column => ((FixedColumn<double>)column).Append(0.1)));
        Assert.Equal("Red", Text(FieldType.Enum("Color", [new("Red", 4)]), column => ((FixedColumn<long>)column).Append(4)));
        Assert.Equal("AQI=", Text(FieldType.Of(FieldKind.Binary), column => ((Utf8Column)column).Append([1, 2])));
        Assert.Equal("[1, null]", Text(FieldType.List(FieldType.Of(FieldKind.Int32, nullable: true)), column =>
        {
            ListColumn list = (ListColumn)column;
            ((FixedColumn<int>)list.Elements).Append(1);
            list.Elements.AppendNull();
            list.Commit();
        }));
    }

    private static string? Text(FieldType type, Action<Column> fill)
    {
        Column column = Column.Create(type);
        fill(column);
        string? text = ColumnText.ToManaged(column, 0);
        column.Release();
        return text;
    }

    private static async Task WriteAsync(ISinkWriter writer, long batchId, long? watermark, params Item[] rows)
    {
        writer.Begin(batchId, watermark);
        if (rows.Length > 0)
        {
            ColumnBatch batch = RecordBatch.Of(rows);
            writer.Write(batch);
            batch.Release();
        }

        await writer.CommitAsync(Reading.Token);
    }

    private sealed class Recorder : ForeachWriter<Item>
    {
        public List<string> Log { get; } = [];

        public override ValueTask<bool> OpenAsync(ForeachBatchContext context)
        {
            Log.Add($"open {context.BatchId}");
            return new(context.BatchId != 1);
        }

        public override ValueTask ProcessAsync(Item row, CancellationToken cancellation)
        {
            if (row.Id < 0)
                throw new InvalidTimeZoneException();
            Log.Add(row.Id.ToString(null, null));
            return default;
        }

        public override ValueTask CloseAsync(Exception? failure)
        {
            Log.Add(("close " + failure?.GetType().Name).TrimEnd());
            return default;
        }
    }
}
