using Typed.Schema;

namespace Typed.Operators;

/// <summary>The operators of a query and how they are joined: filled by generated code, run by the micro-batch loop.</summary>
public sealed class OperatorGraph : IDisposable
{
    private readonly List<Operator> _operators = [];
    private readonly Dictionary<Operator, Operator[]> _inputs = [];
    private readonly List<Operator> _outputs = [];
    private List<StatefulOperator>? _stateful;

    /// <summary>Where the rows of each source enter, by the source's number. A source that is read twice has two entries.</summary>
    public List<(int Source, Operator Entry)> Entries { get; } = [];

    /// <summary>The tables that operators look up.</summary>
    public List<TableSlot> Tables { get; } = [];

    /// <summary>The watermark nodes (semantics 2.1).</summary>
    public List<WatermarkOperator> Watermarks { get; } = [];

    /// <summary>
    /// The stateful operators, the one nearest the sink first (semantics 13.4): each before those it reads, and all behind its left input before
    /// those behind its right one. What several outputs share comes once, where the first of them reaches it.
    /// </summary>
    public IReadOnlyList<StatefulOperator> Stateful => _stateful ??= FromTheSinks();

    /// <summary>The nodes of named metrics.</summary>
    public List<IObservation> Observations { get; } = [];

    /// <summary>The expectations of all operators.</summary>
    public IEnumerable<Expectation> Expectations => _operators.OfType<ExpectOperator>().SelectMany(one => one.Expectations);

    /// <summary>The last operator that was added.</summary>
    public Operator? Last { get; set; }

    /// <summary>The operators whose rows go to sinks, by the number of the output; the last operator if none was named.</summary>
    public IReadOnlyList<Operator> Outputs => _outputs.Count > 0 || Last is null ? _outputs : [Last];

    /// <summary>All operators, inputs before readers.</summary>
    public IReadOnlyList<Operator> Operators => _operators;

    /// <summary>Adds an operator that reads <paramref name="inputs"/>.</summary>
    public T Add<T>(T added, params ReadOnlySpan<Operator> inputs)
        where T : Operator
    {
        _operators.Add(added);
        _inputs[added] = inputs.ToArray();
        _stateful = null;
        foreach (Operator input in inputs)
            input.PushTo(added);
        if (added is WatermarkOperator watermark)
            Watermarks.Add(watermark);
        if (added is IObservation observation)
            Observations.Add(observation);
        Last = added;
        return added;
    }

    /// <summary>Adds the operator at which the rows of a source enter.</summary>
    public T AddEntry<T>(int source, T added)
        where T : Operator
    {
        Entries.Add((source, added));
        return Add(added);
    }

    /// <summary>The names of the operators whose rows <paramref name="reader"/> gets, in their order.</summary>
    public IReadOnlyList<string> InputsOf(Operator reader) => [.. _inputs.GetValueOrDefault(reader, []).Select(input => input.Name)];

    /// <summary>Names the operator whose rows are the next output.</summary>
    public void AddOutput(Operator last)
    {
        _outputs.Add(last);
        _stateful = null;
    }

    /// <summary>Adds a table.</summary>
    public TableSlot AddTable(int number, RowSchema schema)
    {
        TableSlot slot = new(number, schema);
        Tables.Add(slot);
        return slot;
    }

    /// <summary>Frees the operators and tables, each also where another one fails.</summary>
    public void Dispose() => Disposal.Of([.. _operators, .. Tables]);

    private List<StatefulOperator> FromTheSinks()
    {
        List<StatefulOperator> found = [];
        HashSet<Operator> seen = [];
        Stack<Operator> waiting = new(Outputs.Reverse());
        while (waiting.TryPop(out Operator? next))
        {
            if (!seen.Add(next))
                continue;
            if (next is StatefulOperator stateful)
                found.Add(stateful);
            Operator[] inputs = _inputs[next];
            for (int i = inputs.Length - 1; i >= 0; i--)
                waiting.Push(inputs[i]);
        }

        return found;
    }
}
