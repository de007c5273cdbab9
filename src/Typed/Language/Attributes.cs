namespace Typed;

/// <summary>Makes a partial record a row: the generator adds its schema, columns, readers and writers.</summary>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Class)]
public sealed class StreamRecordAttribute : Attribute;

/// <summary>Makes a partial class with a static method <c>Define</c>, or with several marked <see cref="OutputAttribute"/>, a query: the generator compiles it.</summary>
/// <param name="mode">What is written in each batch.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PipelineAttribute(OutputMode mode) : Attribute
{
    /// <summary>What is written in each batch.</summary>
    public OutputMode Mode { get; } = mode;
}

/// <summary>
/// Makes a static method of a pipeline class one of its outputs. A parameter with the name of another output (its first letter small) reads that
/// output; all other parameters are inputs, the same for all outputs that name them. A stage that several outputs reach, by an
/// output they read or by a static helper they call with the same streams, runs once.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OutputAttribute : Attribute
{
    /// <summary>What the rows are, for the plan in words.</summary>
    public string Comment { get; init; } = "";
}

/// <summary>
/// Says about how many rows of a stream are expected each second: <c>Define([Rate(500)] Stream&lt;Purchase&gt; purchases)</c>. With it the plan says about how many bytes
/// operators keep that hold rows for a length of time: windows, deduplications, joins. Nothing is checked at run time, and nothing runs differently.
/// </summary>
/// <param name="rowsPerSecond">Rows in a second of event time, on average; above 0 (TYPED0063).</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RateAttribute(double rowsPerSecond) : Attribute
{
    /// <summary>Rows in a second of event time, on average.</summary>
    public double RowsPerSecond { get; } = rowsPerSecond;
}

/// <summary>
/// Says about how many different values a field has: <c>[Cardinality(50_000)] string UserId</c>. With it the plan says about how many bytes operators keep that have an
/// entry for each key. Nothing is checked at run time, and nothing runs differently.
/// </summary>
/// <param name="values">How many different values are expected, all in all; at least 1, on a field that can be a key: no list, map or record (TYPED0017).</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class CardinalityAttribute(long values) : Attribute
{
    /// <summary>How many different values are expected.</summary>
    public long Values { get; } = values;
}

/// <summary>
/// Says why state may be kept for ever: nothing is said then about operators that never end what they keep. On a method (Define, an output, a
/// helper) it holds for the operators that are written in it, on a pipeline or a processor for all of them.
/// </summary>
/// <param name="reason">Why that is no harm: what bounds the keys.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class UnboundedAttribute(string reason) : Attribute
{
    /// <summary>Why that is no harm.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Marks the event time of a record: the time that windows use where none is named.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class EventTimeAttribute : Attribute;

/// <summary>The precision and scale of a decimal field; without it decimal(38, 18).</summary>
/// <param name="precision">The number of digits, 1 to 38.</param>
/// <param name="scale">How many of them stand after the point, 0 to the precision and at most 28.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class PrecisionAttribute(int precision, int scale) : Attribute
{
    /// <summary>The number of digits.</summary>
    public int Precision { get; } = precision;

    /// <summary>The number of digits after the point.</summary>
    public int Scale { get; } = scale;
}

/// <summary>The name of a field in JSON objects and CSV headers; without it the camel-cased name, or the name itself, whichever comes.</summary>
/// <param name="name">The name.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class JsonNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}

/// <summary>A nullable string that takes what did not fit, as a JSON object (semantics 17.3).</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class RescuedDataAttribute : Attribute;

/// <summary>A nullable string that takes the raw text of a malformed record in permissive mode (semantics 17.1).</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class CorruptRecordAttribute : Attribute;

/// <summary>
/// The identity of a field across renames: of a field of a record, or of a state variable of a processor. Stored state is read by ids where both the stored field and the
/// present one have one, else by names.
/// </summary>
/// <param name="id">A number from 1 on that is unique in the record or the processor and never used again.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class IdAttribute(int id) : Attribute
{
    /// <summary>The identity.</summary>
    public int Id { get; } = id;
}

/// <summary>A field that the source supplies: where a record came from.</summary>
/// <param name="field">What to supply.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class FromSourceAttribute(SourceField field) : Attribute
{
    /// <summary>What to supply.</summary>
    public SourceField Field { get; } = field;
}

/// <summary>What a source knows of a record beside its content.</summary>
public enum SourceField
{
    /// <summary>The path of the file; a string.</summary>
    Path,

    /// <summary>When the file was last modified; a <see cref="DateTimeOffset"/>.</summary>
    Modified,

    /// <summary>The line in the file, from 1; a <see cref="long"/>.</summary>
    Line,

    /// <summary>The offset in the partition; a <see cref="long"/>.</summary>
    Offset,
}
