extern alias generator;

using generator::Typed.Generator.Emitter;
using generator::Typed.Generator.Emitter.Operators;
using generator::Typed.Plan;
using Typed.Operators;
using Typed.Tests.Compilation;
using Kind = generator::Typed.Schema.FieldKind;

namespace Typed.Tests.Aggregate;

/// <summary>Keys and aggregates, compiled once through the emitter; the operators are made from it with any window and mode.</summary>
internal sealed class AggregateShape : IDisposable
{
    /// <summary>The input of all shapes. Ordinals are named below.</summary>
    public static readonly ColumnSpec[] Input =
    [
        new("Time", TypeSpec.Of(Kind.Timestamp, nullable: true)), new("Key", TypeSpec.Of(Kind.Int64, nullable: true)),
        new("Text", TypeSpec.Of(Kind.String, nullable: true)), new("Flag", TypeSpec.Of(Kind.Boolean, nullable: true)),
        new("Real", TypeSpec.Of(Kind.Double, nullable: true)), new("Price", Decimal(10, 2, nullable: true)),
        new("Whole", TypeSpec.Of(Kind.Int32)), new("Name", TypeSpec.Of(Kind.String)), new("Id", TypeSpec.Of(Kind.Guid, nullable: true)),
        new("Short", TypeSpec.Of(Kind.Float, nullable: true)), new("At", TypeSpec.Of(Kind.Timestamp, nullable: true)),
        new("Span", TypeSpec.Of(Kind.Window, nullable: true)), new("Wide", TypeSpec.Of(Kind.UInt64)),
        new("Gap", TypeSpec.Of(Kind.Duration, nullable: true)),
    ];

    public const int Time = 0, Key = 1, Text = 2, Flag = 3, Real = 4, Price = 5, Whole = 6, Name = 7, Id = 8, Short = 9, At = 10, Span = 11, Wide = 12, Gap = 13;

    /// <summary>Rows.Input of the compiled source is the schema of the input.</summary>
    private readonly CompiledSource _source;

    private AggregateShape(CompiledSource source, int[] keys, Call[] calls)
    {
        _source = source;
        Keys = keys;
        Calls = calls;
        InputSchema = (Schema.RowSchema)source.Assembly.GetType("Rows")!.GetField("Input")!.GetValue(null)!;
    }

    public Schema.RowSchema InputSchema { get; }

    public int[] Keys { get; }

    public Call[] Calls { get; }

    public static AggregateShape Compile(int[] keys, params Call[] calls)
    {
        RowSpec input = new(TypeSpec.Of(Kind.Int64), Input.ToEquatable());
        SourceOp source = new(0, "source-1", input, 0);
        AggregateCallSpec[] specs = [.. calls.Select((call, i) => call.Spec(i))];
        ColumnSpec[] columns = [.. keys.Select(key => Input[key]), .. specs.Select(spec => new ColumnSpec(spec.Name, spec.Type))];
        AggregateOp windowed = new(1, "aggregate-1", Row([new("Window", TypeSpec.Of(Kind.Window)), .. columns]), EquatableArray.Of(0))
        {
            TimeColumn = Time, SizeMicros = 2, SlideMicros = 1, Keys = keys.ToEquatable(), Aggregates = specs.ToEquatable(),
        };
        AggregateOp plain = new(2, "aggregate-2", Row(columns), EquatableArray.Of(0))
        {
            Keys = keys.ToEquatable(), Aggregates = specs.ToEquatable(), TtlMicros = 1, IsGlobal = keys.Length == 0,
        };
        AggregateOp sessions = windowed with { Number = 3, Name = "aggregate-3", Session = new SessionGapColumn(-1, 1, 0) };
        AggregateOp[] all = keys.Length == 0 ? [windowed, plain] : [windowed, plain, sessions];
        bool isTimed = keys.Length > 0 && keys[0] is At or Span;
        PhysicalPlan plan = new(Pipeline("Update"), EquatableArray.Of<OperatorSpec>(source, windowed, plain, sessions));
        SourceWriter writer = new();
        writer.Line("using Typed; using Typed.Operators; using Typed.Schema;");
        using (writer.Block("public static class Rows"))
        {
            writer.Line($"public static readonly RowSchema Input = {RowSchemaText.Of(input, "in")};");
            foreach (AggregateOp op in all)
                writer.Line($"public static readonly RowSchema {OperatorNames.Type(op)} = {RowSchemaText.Of(op.Output, "out")};");
        }

        AggregateEmitter.EmitType(windowed, plan, writer);
        AggregateEmitter.EmitType(plain with { WatermarkKey = isTimed ? 0 : -1 }, plan, writer);
        if (keys.Length > 0)
            AggregateEmitter.EmitType(sessions, plan, writer);
        writer.Lines(Factory(keys.Length == 0 ? "NoKey" : "Aggregate{0}.Key", isTimed, keys.Length == 0, AggregateEmitter.MakeOps("Aggregate1", windowed.Aggregates), AggregateEmitter.MakeOps("Aggregate2", plain.Aggregates), isTimed ? keys[0] : -1));
        return new AggregateShape(CompiledSource.Compile(writer.ToString(), UserAggregate), keys, calls);
    }

    public StatefulOperator Window(OutputMode mode, long size, long slide, long offset, bool watermarked, int timeColumn = Time) =>
        Make("Window", mode, size, slide, offset, watermarked, timeColumn);

    public StatefulOperator Sessions(OutputMode mode, int timeColumn, int gapColumn, long gap, int months, bool watermarked) =>
        Make("Sessions", mode, timeColumn, gapColumn, gap, months, watermarked);

    public StatefulOperator Keyed(OutputMode mode) => Make("Keyed", mode);

    public StatefulOperator Global(OutputMode mode) => Make("Global", mode);

    public StatefulOperator Expiring(OutputMode mode, long ttl) => Make("Expiring", mode, ttl);

    public StatefulOperator Timed(OutputMode mode) => Make("Timed", mode);

    public void Dispose() => _source.Dispose();

    public static TypeSpec Decimal(int precision, int scale, bool nullable) =>
        TypeSpec.Of(Kind.Decimal, nullable) with { Precision = precision, Scale = scale };

    private StatefulOperator Make(string name, params object[] arguments) =>
        (StatefulOperator)_source.Assembly.GetType("Made")!.GetMethod(name)!.Invoke(null, arguments)!;

    private static RowSpec Row(IEnumerable<ColumnSpec> columns) => new(TypeSpec.Of(Kind.Int64), columns.ToEquatable());

    private static PipelineSpec Pipeline(string mode) => new("P", "P")
    {
        Declaration = new("", EquatableArray<string>.Empty), Sources = default, Tables = default, ParameterOrder = default, Parameters = default,
        OutputMode = mode, Outputs = default,
    };

    private static string Factory(string key, bool isTimed, bool isGlobal, string windowOps, string plainOps, int timeColumn)
    {
        string one = string.Format(System.Globalization.CultureInfo.InvariantCulture, key, 1) + ", Aggregate1.Acc, Aggregate1";
        string two = string.Format(System.Globalization.CultureInfo.InvariantCulture, key, 2) + ", Aggregate2.Acc, Aggregate2";
        string three = one.Replace("Aggregate1", "Aggregate3", StringComparison.Ordinal);
        string sessionOps = windowOps.Replace("Aggregate1", "Aggregate3", StringComparison.Ordinal);
        return $$"""
            public static class Made
            {
                public static StatefulOperator Window(OutputMode mode, long size, long slide, long offset, bool watermarked, int time)
                {
                    WindowSettings window = new(time, size, slide, offset, watermarked);
                    if (size == slide)
                        return new TumblingAggregateOperator<{{one}}>("window", Rows.Aggregate1, mode, Aggregate1.StateSchema, window, {{windowOps}});
                    return mode == OutputMode.Append
                        ? new SlidingAppendOperator<{{one}}>("window", Rows.Aggregate1, Aggregate1.StateSchema, window, {{windowOps}})
                        : new SlidingUpdateOperator<{{one}}>("window", Rows.Aggregate1, mode, Aggregate1.StateSchema, window, {{windowOps}});
                }

                {{(isGlobal ? "" : $"public static StatefulOperator Sessions(OutputMode mode, int time, int gapColumn, long gap, int months, bool watermarked) => new SessionAggregateOperator<{three}>(\"sessions\", Rows.Aggregate3, mode, Aggregate3.StateSchema, new SessionSettings(time, gapColumn, gap, months, watermarked), {sessionOps});")}}
                public static StatefulOperator Keyed(OutputMode mode) => new KeyedAggregateOperator<{{two}}>("keyed", Rows.Aggregate2, mode, Aggregate2.StateSchema, {{plainOps}});
                public static StatefulOperator Expiring(OutputMode mode, long ttl) => new ExpiringAggregateOperator<{{two}}>("ttl", Rows.Aggregate2, mode, Aggregate2.StateSchema, ttl, {{plainOps}});
                {{(isGlobal ? $"public static StatefulOperator Global(OutputMode mode) => new GlobalAggregateOperator<Aggregate2.Acc, Aggregate2>(\"global\", Rows.Aggregate2, mode, Aggregate2.StateSchema, {plainOps});" : "")}}
                {{(isTimed ? $"public static StatefulOperator Timed(OutputMode mode) => new TimedAggregateOperator<{two}>(\"timed\", Rows.Aggregate2, mode, Aggregate2.StateSchema, {timeColumn}, {plainOps});" : "")}}
            }
            """;
    }

    private const string UserAggregate = """
        public struct UserSum : Typed.IAggregate<int, long, long>
        {
            public long Initial => 1000;
            public void Add(ref long state, int value) => state += value;
            public void Merge(ref long state, in long other) => state += other - 1000;
            public long Result(in long state) => state;
        }
        """;
}

/// <summary>An aggregate of a shape.</summary>
internal sealed record Call(string Function, params int[] Columns)
{
    public double[] Constants { get; init; } = [];

    internal AggregateCallSpec Spec(int number) => new(Function, ResultType(), Columns.ToEquatable())
    {
        Name = $"{Function}{number}",
        Texts = Columns.Select(column => AggregateShape.Input[column].Name).ToEquatable(),
        Constants = Constants.ToEquatable(),
        UserType = Function == "Aggregate" ? "global::UserSum" : null,
        UserState = Function == "Aggregate" ? "long" : null,
        UserInstance = Function == "Aggregate" ? "default(global::UserSum)" : null,
    };

    private TypeSpec ResultType()
    {
        TypeSpec? column = Columns.Length == 0 ? null : AggregateShape.Input[Columns[0]].Type;
        return Function switch
        {
            "Count" or "CountNotNull" or "CountDistinct" or "ApproxCountDistinct" or "Aggregate" => TypeSpec.Of(Kind.Int64),
            "Sum" when column!.Field == Kind.Decimal => AggregateShape.Decimal(20, 2, column.Nullable),
            "Sum" => TypeSpec.Of(column!.Field is Kind.Double or Kind.Float ? Kind.Double : Kind.Int64, column.Nullable),
            "Average" when column!.Field == Kind.Decimal => AggregateShape.Decimal(14, 6, column.Nullable),
            "Average" => TypeSpec.Of(Kind.Double, column!.Nullable),
            "VariancePopulation" or "VarianceSample" or "StandardDeviationPopulation" or "StandardDeviationSample" or "ApproxQuantile" =>
                TypeSpec.Of(Kind.Double, nullable: true),
            "Collect" or "CollectSet" => new TypeSpec(generator::Typed.Plan.ValueKind.Field, Kind.List, "", false) { Element = column!.AsNullable(false) },
            "MinBy" or "MaxBy" => column!.AsNullable(),
            _ => column!,
        };
    }
}
