using Typed.Benchmarks;
using Typed.Benchmarks.Aggregate;
using Typed.Benchmarks.Distinct;
using Typed.Benchmarks.EndToEnd;
using Typed.Benchmarks.Generator;
using Typed.Benchmarks.Join;
using Typed.Benchmarks.Process;
using Typed.Benchmarks.Session;
using Typed.Benchmarks.Spill;
using Typed.Benchmarks.Stage;
using Typed.Benchmarks.State;
using Typed.Benchmarks.TableJoin;
using Typed.Benchmarks.Top;
using Typed.Benchmarks.Workers;

// One name runs one benchmark, no name all of them. Every benchmark prints its figures beside a calibration kernel of the same run.
Dictionary<string, Action> benchmarks = new()
{
    ["flights-json"] = FlightsJson.Run,
    ["flights-windows"] = FlightsWindows.Run,
    ["windows"] = WindowBenchmark.Run,
    ["group-by"] = GroupByBenchmark.Run,
    ["state-bytes"] = StateBytesBenchmark.Run,
    ["dedup"] = DistinctBenchmark.Run,
    ["top"] = TopBenchmark.Run,
    ["windows-disorder"] = WindowBenchmark.RunDisorder,
    ["sessions"] = SessionBenchmark.Run,
    ["ide"] = IdeBenchmark.Run,
    ["stage"] = StageBenchmark.Run,
    ["table-join"] = TableJoinBenchmark.Run,
    ["join"] = StreamJoinBenchmark.Run,
    ["process"] = ProcessBenchmark.Run,
    ["snapshot"] = SnapshotBenchmark.Run,
    ["stall"] = StallBenchmark.Run,
    ["recovery"] = RecoveryBenchmark.Run,
    ["workers"] = WorkersBenchmark.Run,
    ["durable"] = DurableBenchmark.Run,
    ["spill"] = SpillBenchmark.Run,
};

Calibration.Print();
foreach ((string name, Action run) in benchmarks)
{
    if (args.Length == 0 || args.Contains(name))
        run();
}
