namespace Typed.Plan;

/// <summary>Custom state (semantics 9, 10): a processor takes the rows of each key and emits rows.</summary>
internal sealed record ProcessNode(int Id, RowSpec Row, NodeSpec Input) : UnaryNode(Id, Row, Input)
{
    public required ProcessorTraits Processor { get; init; }

    /// <summary>The members that are kept for each key.</summary>
    public required EquatableArray<StateMemberSpec> States { get; init; }

    /// <summary>How the object is made.</summary>
    public required ProcessorInstanceSpec Instance { get; init; }

    /// <summary>The name that the user gave; part of the identity of the state.</summary>
    public string Name => GivenName!;

    /// <summary>The key as handlers see it, and the columns it is stored in.</summary>
    public required RowSpec KeyRow { get; init; }

    /// <summary>One value for each column of <see cref="KeyRow"/>.</summary>
    public required EquatableArray<ExprSpec> Keys { get; init; }

    /// <summary>The table that the first batch reads; null for none.</summary>
    public InitialStateSpec? Initial { get; init; }

    /// <summary>
    /// Whether the watermark ends here, so that another one can be declared on the rows that go out (semantics 2.1.10, 2.2.3).
    /// </summary>
    public bool EndsWatermark => Processor.Form == ProcessorForm.Group || Processor.Time == ProcessorTime.ProcessingTime;
}

/// <summary>How a processor is made: its constructor and the members that are set. The values hold constants and parameters of the pipeline.</summary>
internal sealed record ProcessorInstanceSpec(EquatableArray<ExprSpec> Arguments, EquatableArray<AssignedMemberSpec> Members);

/// <summary>A member that an object initialiser sets.</summary>
internal sealed record AssignedMemberSpec(string Name, ExprSpec Value);

/// <summary>The initial state of a processor: rows of a table.</summary>
/// <param name="Table">The number of the table.</param>
/// <param name="TableName">Its name.</param>
/// <param name="Row">Its columns.</param>
/// <param name="Keys">The column of the table for each column of the key.</param>
internal sealed record InitialStateSpec(int Table, string TableName, RowSpec Row, EquatableArray<int> Keys);

/// <summary>
/// Custom state over plain columns. The input's columns are the row that handlers get, in order, and computed keys behind them.
/// </summary>
internal sealed record ProcessOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "process";

    /// <inheritdoc/>
    public override bool KeepsState => true;

    /// <inheritdoc/>
    public override bool DropsLateRows => Processor.Time == ProcessorTime.EventTime;

    public required ProcessorTraits Processor { get; init; }

    /// <summary>The members that are kept for each key.</summary>
    public required EquatableArray<StateMemberSpec> States { get; init; }

    public required ProcessorInstanceSpec Instance { get; init; }

    /// <summary>The name that the user gave.</summary>
    public required string UserName { get; init; }

    /// <summary>The row as handlers see it.</summary>
    public required RowSpec InputRow { get; init; }

    /// <summary>The column of the input for each column of <see cref="InputRow"/>.</summary>
    public required EquatableArray<int> InputColumns { get; init; }

    /// <summary>The key as handlers see it.</summary>
    public required RowSpec KeyRow { get; init; }

    /// <summary>The columns of the keys.</summary>
    public required EquatableArray<int> Keys { get; init; }

    /// <summary>What the keys are: the name of a column, else the expression.</summary>
    public required EquatableArray<string> KeyTexts { get; init; }

    /// <summary>The column of the input that carries the watermark (semantics 2.3.6); −1 for none.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>Whether there is a watermark below, so that handlers can ask for it (semantics 9.8).</summary>
    public bool HasWatermark { get; init; }

    /// <summary>The column of the output that carries the event time on (semantics 10.8); −1 for none.</summary>
    public int OutputTimeColumn { get; init; } = -1;

    /// <summary>The table of the initial state; null for none.</summary>
    public InitialStateSpec? Initial { get; init; }
}
