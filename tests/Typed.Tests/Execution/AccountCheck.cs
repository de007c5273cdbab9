using Typed.Execution;
using Typed.Operators;

namespace Typed.Tests.Execution;

/// <summary>Checks the account of operators that a test drives by hand, after each of their batches and over restarts (design §4).</summary>
internal sealed class AccountCheck
{
    private readonly RowAccount _account = new();
    private long _batch;

    /// <summary>To be called after each batch, with all operators that had a part in it.</summary>
    internal void After(params IEnumerable<Operator> operators) => Add([.. operators.Select(one => BatchProgress.Rows(one, []))]);

    /// <summary>To be called after each batch of a graph.</summary>
    internal void After(OperatorGraph graph) => Add([.. graph.Operators.Select(one => BatchProgress.Rows(one, graph.InputsOf(one)))]);

    private void Add(IReadOnlyList<OperatorRows> operators) => Assert.Empty(_account.Add(new StreamingQueryProgress
    {
        Id = Guid.Empty,
        RunId = Guid.Empty,
        Name = "test",
        Timestamp = DateTimeOffset.UnixEpoch,
        BatchId = _batch++,
        InputRows = operators.Where(one => one.Inputs.Count == 0).Sum(one => one.In),
        Sinks = [new SinkProgress("test", operators[^1].Out) { Operator = operators[^1].Name }],
        Operators = operators,
    }));
}
