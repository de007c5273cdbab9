using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// A pipeline as it was written: logical operators, and what is needed to write the class. Each output is the root of a tree; an
/// operator that several outputs read is the same node in all of them.
/// </summary>
internal sealed record PipelineSpec(string Name, string FullName)
{
    public required DeclarationSpec Declaration { get; init; }

    /// <summary>The inputs that are streams, in order: parameters of Define, or of the outputs by name.</summary>
    public required EquatableArray<InputSpec> Sources { get; init; }

    /// <summary>The inputs that are tables, in order.</summary>
    public required EquatableArray<InputSpec> Tables { get; init; }

    /// <summary>All inputs in the order in which they are written, by name, so that From has them in the same order.</summary>
    public required EquatableArray<string> ParameterOrder { get; init; }

    /// <summary>The <c>init</c> properties that lambdas read.</summary>
    public required EquatableArray<MemberSpec> Parameters { get; init; }

    /// <summary>How visible From can be: public, internal, or private where only the class itself can name one of its records.</summary>
    public string Access { get; init; } = "public";

    /// <summary>The file that the class is written in, beside which its plan file belongs; only the generator knows it.</summary>
    public string SourcePath { get; init; } = "";

    /// <summary>Whether all code of the project can name the class and its records.</summary>
    public bool IsVisible { get; init; } = true;

    /// <summary>Whether the class can be made without being told anything: no required member, a constructor without parameters.</summary>
    public bool HasDefaults { get; init; } = true;

    /// <summary>Append, Update or Complete.</summary>
    public required string OutputMode { get; init; }

    /// <summary>What comes out: one for Define, or one for each method marked [Output], in order.</summary>
    public required EquatableArray<OutputSpec> Outputs { get; init; }

    /// <summary>Why state may be kept for ever, where that is said.</summary>
    public EquatableArray<UnboundedSpec> Unbounded { get; init; }

    /// <summary>The last operator of a pipeline with one output.</summary>
    public NodeSpec Root => Outputs.Single().Root;
}

/// <summary>Why some operators may keep state for ever.</summary>
/// <param name="On">The name of the class or the method that says so.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Nodes">The operators that it holds for.</param>
internal sealed record UnboundedSpec(string On, string Reason, EquatableArray<int> Nodes);

/// <summary>Rows that a pipeline gives.</summary>
/// <param name="Name">The name of the method.</param>
/// <param name="Root">The last operator.</param>
/// <param name="Comment">What the attribute says of it; empty for nothing.</param>
internal sealed record OutputSpec(string Name, NodeSpec Root, string Comment)
{
    /// <summary>Its columns.</summary>
    public RowSpec Row => Root.Row;
}

/// <summary>A stream or table that comes from outside.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="RecordName">The C# name of the record with <c>global::</c>.</param>
/// <param name="Row">Its columns.</param>
internal sealed record InputSpec(string Name, string RecordName, RowSpec Row)
{
    /// <summary>About how many rows come each second, where [Rate] says it; else 0.</summary>
    public double RowsPerSecond { get; init; }
}

/// <summary>
/// The columns of a row between two operators. A row of a field type (a <c>Stream&lt;string&gt;</c>) has one column named
/// <c>value</c>.
/// </summary>
/// <param name="Type">The C# row: a record, an anonymous type, a tuple; or a field type.</param>
/// <param name="Columns">The columns; equal to the members of <paramref name="Type"/> unless it is a field type.</param>
internal sealed record RowSpec(TypeSpec Type, EquatableArray<ColumnSpec> Columns)
{
    public bool IsScalar => Type.Value == ValueKind.Field && Type.Field is not (FieldKind.Record or FieldKind.Window);
}

/// <summary>A column between two operators.</summary>
internal sealed record ColumnSpec(string Name, TypeSpec Type)
{
    /// <summary>Whether [EventTime] marks the field this column is, unchanged.</summary>
    public bool IsEventTime { get; init; }

    /// <summary>How many different values [Cardinality] on the field says there are; 0 where it says nothing.</summary>
    public long Cardinality { get; init; }
}

/// <summary>
/// A logical operator. <see cref="Id"/> numbers the nodes of a pipeline in the order in which they are written, so that
/// findings can name them; the analyzer maps it to a place in the source.
/// </summary>
internal abstract record NodeSpec(int Id, RowSpec Row)
{
    /// <summary>The name that the user gave to its state; null for none.</summary>
    public string? GivenName { get; init; }

    /// <summary>The nodes whose rows it reads, in order.</summary>
    public abstract IReadOnlyList<NodeSpec> Inputs { get; }
}

/// <summary>A logical operator that reads one other.</summary>
internal abstract record UnaryNode(int Id, RowSpec Row, NodeSpec Input) : NodeSpec(Id, Row)
{
    /// <inheritdoc/>
    public override IReadOnlyList<NodeSpec> Inputs => [Input];
}

internal sealed record SourceNode(int Id, RowSpec Row, int Source, string Name) : NodeSpec(Id, Row)
{
    /// <inheritdoc/>
    public override IReadOnlyList<NodeSpec> Inputs => [];
}

internal sealed record FilterNode(int Id, RowSpec Row, NodeSpec Input, ExprSpec Predicate) : UnaryNode(Id, Row, Input);

/// <summary>One value for each column of the row.</summary>
internal sealed record ProjectNode(int Id, RowSpec Row, NodeSpec Input, EquatableArray<ExprSpec> Values) : UnaryNode(Id, Row, Input);

/// <summary>One row for each element of a list. In the values, input 0 is the row and local 0 … as <see cref="ElementLocal"/> the element.</summary>
internal sealed record FlattenNode(int Id, RowSpec Row, NodeSpec Input, ExprSpec List, int ElementLocal, EquatableArray<ExprSpec> Values)
    : UnaryNode(Id, Row, Input);

/// <summary>A watermark. <see cref="Time"/> is a column of the input; anything else is a finding.</summary>
internal sealed record WatermarkNode(int Id, RowSpec Row, NodeSpec Input, ExprSpec Time, long DelayMillis) : UnaryNode(Id, Row, Input)
{
    /// <summary>After how long without rows it no longer holds others back; null for what the options of the query say.</summary>
    public long? IdleAfterMicros { get; init; }

    /// <summary>How far ahead of the clock an event time may be and move the watermark; null for what the options of the query say.</summary>
    public long? MaxAheadMicros { get; init; }
}

/// <summary>
/// An aggregation. Its row: the window if there is one (column <c>Window</c>), the keys, the aggregates. What the user's
/// <c>Select</c> makes of them is a <see cref="ProjectNode"/> above.
/// </summary>
internal sealed record AggregateNode(int Id, RowSpec Row, NodeSpec Input) : UnaryNode(Id, Row, Input)
{
    public WindowSpec? Window { get; init; }

    /// <summary>The keys without the window; one for each column after it.</summary>
    public required EquatableArray<ExprSpec> Keys { get; init; }

    public required EquatableArray<AggregateSpec> Aggregates { get; init; }

    /// <summary>How long a group without rows is kept, in processing time, µs; 0 for ever.</summary>
    public long TtlMicros { get; init; }

    /// <summary>Whether it is one group of all rows (semantics 3.5).</summary>
    public bool IsGlobal { get; init; }
}

/// <summary>Windows in µs (semantics 1). Time is a timestamp or a window.</summary>
internal sealed record WindowSpec(ExprSpec Time, long SizeMicros, long SlideMicros, long OffsetMicros)
{
    /// <summary>The gap, where the windows are sessions (semantics 4); they have no size then.</summary>
    public SessionGapSpec? Session { get; init; }
}

/// <summary>How long a session stays open after a row (semantics 4.1): <see cref="PerRow"/> where there is one, else the same for all.</summary>
internal sealed record SessionGapSpec(long Micros, int Months)
{
    /// <summary>The gap of a row, a duration.</summary>
    public ExprSpec? PerRow { get; init; }
}

/// <summary>One aggregate of a group.</summary>
/// <param name="Function">The name of the member of Group: Count, Sum, MaxBy …</param>
/// <param name="Type">The type of the result.</param>
/// <param name="Arguments">The values, without the constants.</param>
internal sealed record AggregateSpec(string Function, TypeSpec Type, EquatableArray<ExprSpec> Arguments)
{
    /// <summary>The name of the column.</summary>
    public required string Name { get; init; }

    /// <summary>Constants such as a quantile, an error, a cap.</summary>
    public EquatableArray<double> Constants { get; init; }

    /// <summary>The C# type of a user's aggregate, and of its state.</summary>
    public string? UserType { get; init; }

    public string? UserState { get; init; }

    /// <summary>How to make the user's aggregate: <c>default</c> or a parameter of the pipeline.</summary>
    public string? UserInstance { get; init; }
}

internal sealed record UnionNode(int Id, RowSpec Row, NodeSpec Left, NodeSpec Right) : NodeSpec(Id, Row)
{
    /// <inheritdoc/>
    public override IReadOnlyList<NodeSpec> Inputs => [Left, Right];
}

/// <summary>A deduplication: of rows with equal keys the first (semantics 5).</summary>
internal sealed record DistinctNode(int Id, RowSpec Row, NodeSpec Input) : UnaryNode(Id, Row, Input)
{
    /// <summary>The keys, computed from the row.</summary>
    public required EquatableArray<ExprSpec> Keys { get; init; }

    /// <summary>Whether a key is forgotten the delay of the watermark after the time of its first row (semantics 5.4).</summary>
    public bool WithinWatermark { get; init; }
}

/// <summary>The first rows of each group, or the latest row of each key. What is made of a row and its rank is in <see cref="Values"/>.</summary>
internal sealed record TopNode(int Id, RowSpec Row, NodeSpec Input) : UnaryNode(Id, Row, Input)
{
    /// <summary>The local in <see cref="Values"/> that is the rank.</summary>
    public const int RankLocal = 0;

    /// <summary>The keys of a group, computed from the row.</summary>
    public required EquatableArray<ExprSpec> Keys { get; init; }

    /// <summary>What the keys are called.</summary>
    public required EquatableArray<string> KeyNames { get; init; }

    /// <summary>What is greatest in the first row.</summary>
    public required ExprSpec By { get; init; }

    /// <summary>How many rows of a group.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Whether of equal rows the last to arrive is the first: the latest row of a key.</summary>
    public bool IsLast { get; init; }

    /// <summary>How long a key without rows is kept, in processing time, µs; 0 for ever.</summary>
    public long TtlMicros { get; init; }

    /// <summary>Whether the rank is asked for; else the row is that of the input.</summary>
    public bool IsRanked { get; init; }

    /// <summary>One value for each column of the row where the rank is asked for.</summary>
    public EquatableArray<ExprSpec> Values { get; init; }
}

internal sealed record LimitNode(int Id, RowSpec Row, NodeSpec Input, long Count) : UnaryNode(Id, Row, Input);

/// <summary>A node that is always refused: it exists so that rules can say why.</summary>
internal sealed record SkipNode(int Id, RowSpec Row, NodeSpec Input, long Count) : UnaryNode(Id, Row, Input);

internal sealed record SortNode(int Id, RowSpec Row, NodeSpec Input, EquatableArray<SortKeySpec> Keys) : UnaryNode(Id, Row, Input);

internal sealed record SortKeySpec(ExprSpec Value, bool Descending);

internal enum TableJoinKind
{
    Inner,
    LeftOuter,
    LeftSemi,
    LeftAnti,
}

/// <summary>A join with a table. In <see cref="On"/> and the values input 0 is the stream, input 1 the table.</summary>
internal sealed record TableJoinNode(int Id, RowSpec Row, NodeSpec Input, int Table, string TableName, RowSpec TableRow) : UnaryNode(Id, Row, Input)
{
    public required TableJoinKind Kind { get; init; }

    public required ExprSpec On { get; init; }

    /// <summary>One value for each column of the row; the columns of input 1 are nullable in a left outer join.</summary>
    public required EquatableArray<ExprSpec> Values { get; init; }
}

/// <summary>Named metrics of the rows that pass.</summary>
internal sealed record ObserveNode(int Id, RowSpec Row, NodeSpec Input, string Name, EquatableArray<AggregateSpec> Aggregates)
    : UnaryNode(Id, Row, Input)
{
    /// <summary>The metrics, computed from the aggregates: columns of input 0 are the aggregates in order.</summary>
    public required EquatableArray<MemberSpec> Metrics { get; init; }

    public required EquatableArray<ExprSpec> Values { get; init; }
}
