namespace Typed.Plan;

/// <summary>
/// A physical plan: what the planner makes of a <see cref="PipelineSpec"/> and the emitter turns into C#. Inputs come before
/// their readers. Everything that is computed from a row is computed in a <see cref="StageOp"/>; all other operators take plain
/// columns by their ordinal.
/// </summary>
/// <param name="Pipeline">What was written.</param>
/// <param name="Operators">The operators.</param>
internal sealed record PhysicalPlan(PipelineSpec Pipeline, EquatableArray<OperatorSpec> Operators)
{
    /// <summary>For each output of the pipeline, the number of the operator that gives its rows.</summary>
    public EquatableArray<int> Outputs { get; init; }
}

/// <summary>A step at run time.</summary>
/// <param name="Number">Its place in the plan, which is also part of the name of its generated class.</param>
/// <param name="Name">A stable name: the one that the user gave, else the kind and a count by kind, such as <c>aggregate-1</c>.</param>
/// <param name="Output">The columns that come out.</param>
/// <param name="Inputs">The numbers of the operators it reads.</param>
internal abstract record OperatorSpec(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
{
    /// <summary>The logical node it comes from, for messages and the plan text; −1 for none.</summary>
    public int Node { get; init; } = -1;

    /// <summary>The kind of operator, the first part of its name.</summary>
    public abstract string KindName { get; }

    /// <summary>The name that the user gave; null for none.</summary>
    public string? GivenName { get; init; }

    /// <summary>What it would be called without the name that the user gave, where there is one. It names the generated class: what the user gives need not be legal there.</summary>
    public string? DerivedName { get; init; }

    /// <summary>Whether it keeps something between micro-batches.</summary>
    public virtual bool KeepsState => false;

    /// <summary>Whether it drops rows behind the watermark, so that late rows are traced back from it to their source.</summary>
    public virtual bool DropsLateRows => false;

    /// <summary>The operator at its place in the plan; what it holds besides is numbered with it.</summary>
    public virtual OperatorSpec At(int number, string name) => this with { Number = number, Name = name };
}

internal sealed record SourceOp(int Number, string Name, RowSpec Output, int Source)
    : OperatorSpec(Number, Name, Output, EquatableArray<int>.Empty)
{
    /// <inheritdoc/>
    public override string KindName => "source";
}

/// <summary>
/// Filters and projections fused into one pass: rows for which all filters are true, one value for each output column. A value that
/// is a plain column is shared (no filter) or gathered, never recomputed.
/// </summary>
internal sealed record StageOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "stage";

    /// <inheritdoc/>
    public override OperatorSpec At(int number, string name)
    {
        // Every local name in the expressions is unique within the stage.
        IReadOnlyList<ExprSpec> all = ExprTree.Renumber(Filters.Concat(Values));
        return this with
        {
            Number = number,
            Name = name,
            Filters = all.Take(Filters.Count).ToEquatable(),
            Values = all.Skip(Filters.Count).ToEquatable(),
        };
    }

    public EquatableArray<ExprSpec> Filters { get; init; }

    public required EquatableArray<ExprSpec> Values { get; init; }

    /// <summary>Whether a stateful operator reads this stage, so that late rows may have to be traced to its input.</summary>
    public bool TracksOrigin { get; init; }
}

/// <summary>
/// One row for each element of the list in a column of the input. The output is <see cref="Columns"/> of the input and, last, the
/// element (unless <see cref="HasElement"/> is false because nobody reads it).
/// </summary>
internal sealed record FlattenOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs, int ListColumn)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "flatten";

    /// <summary>The columns of the input that are passed on.</summary>
    public required EquatableArray<int> Columns { get; init; }

    public bool HasElement { get; init; } = true;

    /// <summary>As <see cref="StageOp.TracksOrigin"/>.</summary>
    public bool TracksOrigin { get; init; }
}

internal sealed record WatermarkOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs, int TimeColumn, long DelayMicros)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "watermark";

    /// <summary>As in <see cref="WatermarkNode"/>.</summary>
    public long? IdleAfterMicros { get; init; }

    /// <summary>As in <see cref="WatermarkNode"/>.</summary>
    public long? MaxAheadMicros { get; init; }
}

/// <summary>An aggregation over columns. Its output: the window (kind Window) if there is one, the keys, the aggregates.</summary>
internal sealed record AggregateOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "aggregate";

    /// <inheritdoc/>
    public override bool KeepsState => true;

    /// <inheritdoc/>
    public override bool DropsLateRows => true;

    /// <summary>The timestamp or window column that is cut into windows; −1 for none.</summary>
    public int TimeColumn { get; init; } = -1;

    public long SizeMicros { get; init; }

    public long SlideMicros { get; init; }

    public long OffsetMicros { get; init; }

    /// <summary>The gap, where the windows are sessions.</summary>
    public SessionGapColumn? Session { get; init; }

    /// <summary>The columns of the keys.</summary>
    public EquatableArray<int> Keys { get; init; }

    /// <summary>What the keys are: the name of a column, else the expression. State knows them by it, since columns move.</summary>
    public EquatableArray<string> KeyTexts { get; init; }

    /// <summary>What is cut into windows, as text like the keys; empty for nothing.</summary>
    public string TimeText { get; init; } = "";

    /// <summary>The gap of each row, as text like the keys; empty where all have the same.</summary>
    public string GapText { get; init; } = "";

    /// <summary>Which of the keys carries the watermark where there is no window: late and eviction tests go by it (semantics 2.3.2); −1 for none.</summary>
    public int WatermarkKey { get; init; } = -1;

    /// <summary>Whether the window carries the watermark (semantics 2.3.7).</summary>
    public bool WindowIsWatermarked { get; init; }

    public EquatableArray<AggregateCallSpec> Aggregates { get; init; }

    public long TtlMicros { get; init; }

    public bool IsGlobal { get; init; }
}

/// <summary>The gap of sessions: in a column of the input, or the same for all rows where that is −1.</summary>
internal sealed record SessionGapColumn(int Column, long Micros, int Months);

/// <summary>An aggregate over columns of the input.</summary>
internal sealed record AggregateCallSpec(string Function, TypeSpec Type, EquatableArray<int> Columns)
{
    public required string Name { get; init; }

    /// <summary>What the columns are: the name of one, else the expression.</summary>
    public required EquatableArray<string> Texts { get; init; }

    public EquatableArray<double> Constants { get; init; }

    public string? UserType { get; init; }

    public string? UserState { get; init; }

    public string? UserInstance { get; init; }
}

internal sealed record UnionOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "union";
}

/// <summary>A deduplication over plain columns. The output is <see cref="Columns"/> of the input.</summary>
internal sealed record DistinctOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "distinct";

    /// <inheritdoc/>
    public override bool KeepsState => true;

    /// <inheritdoc/>
    public override bool DropsLateRows => TimeColumn >= 0;

    /// <summary>The columns of the keys.</summary>
    public required EquatableArray<int> Keys { get; init; }

    /// <summary>What the keys are called in the query; columns are renamed when others are dropped.</summary>
    public required EquatableArray<string> KeyNames { get; init; }

    /// <summary>What the keys are: the name of a column, else the expression.</summary>
    public required EquatableArray<string> KeyTexts { get; init; }

    /// <summary>The columns of the input that are passed on.</summary>
    public required EquatableArray<int> Columns { get; init; }

    /// <summary>The column that carries the watermark (semantics 2.3.4); −1 for none.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>The column that says when a key is forgotten: one of the keys, or the event time of its first row; −1 where keys stay.</summary>
    public int ExpiryColumn { get; init; } = -1;

    /// <summary>How long after that time a key is forgotten.</summary>
    public long DelayMicros { get; init; }

    public bool WithinWatermark { get; init; }

    /// <summary>As <see cref="StageOp.TracksOrigin"/>.</summary>
    public bool TracksOrigin { get; init; }
}

/// <summary>The first rows of each group over plain columns. The output is <see cref="Columns"/> of the input and, if it is wanted, the rank.</summary>
internal sealed record TopOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => IsLast ? "last" : "top";

    /// <inheritdoc/>
    public override bool KeepsState => true;

    /// <inheritdoc/>
    public override bool DropsLateRows => WatermarkKey >= 0;

    /// <summary>The columns of the keys.</summary>
    public required EquatableArray<int> Keys { get; init; }

    /// <summary>The column that rows are ordered by.</summary>
    public required int By { get; init; }

    /// <summary>What the keys and the order are called in the query; columns are renamed when others are dropped.</summary>
    public required EquatableArray<string> KeyNames { get; init; }

    /// <summary>What the keys are: the name of a column, else the expression.</summary>
    public required EquatableArray<string> KeyTexts { get; init; }

    public required string ByName { get; init; }

    /// <summary>What the order is, as text like the keys.</summary>
    public required string ByText { get; init; }

    /// <summary>The columns of the input that are kept.</summary>
    public required EquatableArray<int> Columns { get; init; }

    public required int Count { get; init; }

    public bool IsLast { get; init; }

    /// <summary>Which of the keys carries the watermark; −1 for none.</summary>
    public int WatermarkKey { get; init; } = -1;

    public long TtlMicros { get; init; }

    public bool HasRank { get; init; }
}

/// <summary>A limit: over the life of the query, or of each result in complete mode above an aggregation.</summary>
internal sealed record LimitOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs, long Count, bool PerResult)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "limit";

    /// <inheritdoc/>
    public override bool KeepsState => !PerResult;
}

internal sealed record SortOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs, EquatableArray<SortColumnSpec> Keys)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "sort";
}

internal sealed record SortColumnSpec(int Column, bool Descending);

/// <summary>
/// A hash join with a table. The input has the stream's columns (and its computed keys); the table is first run through a stage of
/// its own, <see cref="TableStage"/>, that filters it and computes its keys. The output is <see cref="LeftColumns"/> of the input and
/// then, for inner and left outer, <see cref="RightColumns"/> of the table stage.
/// </summary>
internal sealed record TableJoinOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "join";

    /// <inheritdoc/>
    public override OperatorSpec At(int number, string name) =>
        this with { Number = number, Name = name, TableStage = (StageOp)TableStage.At(TableStage.Number, name + "-table") };

    public required int Table { get; init; }

    public required TableJoinKind Kind { get; init; }

    /// <summary>What is done to the rows of the table before they are indexed; its <c>Inputs</c> are empty.</summary>
    public required StageOp TableStage { get; init; }

    /// <summary>Pairs of columns that must be equal: of the input, of the table stage.</summary>
    public required EquatableArray<JoinKeySpec> Keys { get; init; }

    /// <summary>What a pair of rows with equal keys must satisfy besides; input 0 the stream, input 1 the table stage.</summary>
    public ExprSpec? Residual { get; init; }

    /// <summary>The columns of the input that are passed on: keys that nobody reads later are not among them.</summary>
    public required EquatableArray<int> LeftColumns { get; init; }

    /// <summary>The columns of the table stage that are passed on; empty for semi and anti joins.</summary>
    public required EquatableArray<int> RightColumns { get; init; }

    /// <summary>As <see cref="StageOp.TracksOrigin"/>.</summary>
    public bool TracksOrigin { get; init; }
}

internal sealed record JoinKeySpec(int Left, int Right, bool NullSafe) : IEquatable<JoinKeySpec>;

/// <summary>Named metrics over columns of the input; rows pass unchanged.</summary>
internal sealed record ObserveOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs, string MetricsName)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "observe";

    /// <inheritdoc/>
    public override OperatorSpec At(int number, string name) =>
        this with { Number = number, Name = name, Values = ExprTree.Renumber(Values).ToEquatable() };

    /// <summary>Names and types of the metrics.</summary>
    public required EquatableArray<MemberSpec> Metrics { get; init; }

    /// <summary>A global aggregation over the input's columns, as in <see cref="AggregateOp"/>.</summary>
    public required EquatableArray<AggregateCallSpec> Aggregates { get; init; }

    /// <summary>The metrics from the aggregates: columns of input 0 are the aggregates in order.</summary>
    public required EquatableArray<ExprSpec> Values { get; init; }
}
