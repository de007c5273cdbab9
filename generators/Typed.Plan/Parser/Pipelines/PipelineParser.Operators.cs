using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;
using Typed.Time;

namespace Typed.Plan;

/// <summary>The operators of a stream, except grouping and joining.</summary>
internal sealed partial class PipelineParser
{
    // The element of a list in SelectMany; the expression parser numbers its own locals from 1000.
    private const int ElementLocal = 0;

    private const long MicrosPerMonth = 31L * 86_400_000_000;

    private NodeSpec? Stream(IOperation operation, PlanScope scope)
    {
        if (Follow(operation, ref scope, untilHelper: _shares) is not { } source)
            return null;
        if (_nextNode >= MostNodes)
        {
            if (!_isTooLarge)
                Report(PipelineDiagnostics.TooLarge, NameOf(_pipeline), MostNodes.ToString(System.Globalization.CultureInfo.InvariantCulture));
            _isTooLarge = true;
            return null;
        }

        switch (source)
        {
            case IParameterReferenceOperation { Parameter: var parameter } when scope.TryFindNode(parameter.OriginalDefinition, out NodeSpec bound):
                return bound;
            case IParameterReferenceOperation { Parameter: var parameter } reference when _sourceNumbers.TryGetValue(parameter, out int number):
                return Source(reference, number);
            case IParameterReferenceOperation { Parameter: var parameter } when _outputsRead.TryGetValue(parameter, out IMethodSymbol? output):
                return OutputRead(parameter, output);
            case IInvocationOperation call when IsStreamHelper(call):
                return SharedCall(call, scope);
            case IInvocationOperation call:
                return Operator(call, scope);
            default:
                NotFollowed(source, "it is not an operator on a stream");
                return null;
        }
    }

    private NodeSpec? Operator(IInvocationOperation call, PlanScope scope)
    {
        string type = LanguageTypeName(call.TargetMethod.ContainingType);
        if (type is "OuterJoins" or "MixedOuterJoins")
            return OuterJoin(call, scope);
        if (call.Instance is null)
        {
            NotFollowed(call, "it is not an operator on a stream");
            return null;
        }

        string name = call.TargetMethod.Name;
        if (type is "GroupedStream" or "WindowedStream" && name == "Select")
            return Aggregation(call, scope);
        if (type == "GroupedStream" && name == "Process")
            return Process(call, scope);
        if (type == "Stream" && name == "Named")
            return Named(call, scope);
        if (type is not "Stream" and not "OrderedStream")
        {
            NotFollowed(call, "it is not an operator on a stream");
            return null;
        }

        if (Stream(call.Instance, scope) is not { } input)
            return null;
        return name switch
        {
            "Where" => Where(call, input, scope),
            "WhereNotNull" => WhereNotNull(call, input, scope),
            "Select" => Select(call, input, scope),
            "SelectMany" => SelectMany(call, input, scope),
            "WithWatermark" => WithWatermark(call, input, scope),
            "Aggregate" => GlobalAggregation(call, input, scope),
            "Union" => Union(call, input, scope),
            "Take" => Take(call, input, scope),
            "Skip" => Skip(call, input, scope),
            "OrderBy" or "OrderByDescending" => OrderBy(call, input, scope),
            "ThenBy" or "ThenByDescending" => ThenBy(call, input, scope),
            "Join" or "LeftJoin" or "SemiJoin" or "AntiJoin" => Argument(call, "table") is not null ? TableJoin(call, input, scope) : StreamJoin(call, input, scope),
            "DropDuplicates" or "DropDuplicatesWithinWatermark" => DropDuplicates(call, input, scope),
            "LastBy" or "TopBy" => Top(call, input, scope),
            "Observe" => Observe(call, input, scope),
            "Expect" => Expect(call, input, scope),
            "ExpectAll" => ExpectAll(call, input, scope),
            _ => Unknown(call),
        };
    }

    private NodeSpec? Unknown(IInvocationOperation call)
    {
        NotFollowed(call, $"{call.TargetMethod.Name} is not an operator of this version");
        return null;
    }

    private NodeSpec? Where(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        if (RowLambda(call, "predicate", scope, input.Row) is not { } predicate)
            return null;
        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "predicate");
        return new FilterNode(id, input.Row, input, predicate);
    }

    private NodeSpec? WhereNotNull(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        if (RowLambda(call, "value", scope, input.Row) is not { } value)
            return null;
        value = RowShape.WithoutLift(value);
        TypeSpec truth = TypeSpec.Of(FieldKind.Boolean);
        ExprSpec predicate = value.Type.Nullable
            ? new UnaryExpr(truth, "!", new IsNullExpr(truth, value), false)
            : new ConstantExpr(truth, "true");
        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "value");
        return new FilterNode(id, input.Row, input, predicate);
    }

    private NodeSpec? Select(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        if (RowLambda(call, "selector", scope, input.Row) is not { } value)
            return null;
        if (Shape(call, "selector", value, [input.Row]) is not var (row, values))
            return null;
        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "selector");
        return new ProjectNode(id, row, input, values);
    }

    private NodeSpec? SelectMany(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        if (RowLambda(call, "collection", scope, input.Row) is not { } list)
            return null;
        list = RowShape.WithoutLift(list);
        if (list is ConvertExpr { Operand: var inner } && inner.Type.Is(FieldKind.List))
            list = inner;
        if (!list.Type.Is(FieldKind.List) || list.Type.Element is not { } elementType)
        {
            Report(PipelineDiagnostics.RowType, ArgumentPlace(Argument(call, "collection")!), "SelectMany", $"{list.Type.Declared} is not a list");
            return null;
        }

        LocalExpr element = new(elementType, ElementLocal);
        ExprSpec? value = element;
        string place = "collection";
        if (Argument(call, "selector") is { } selector)
        {
            place = "selector";
            value = Lambda(selector, scope, index => index == 0 ? RowOf(0, input.Row) : new ValueBinding(element));
        }

        if (value is null || Shape(call, place, value, [input.Row]) is not var (row, values))
            return null;
        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "collection");
        return new FlattenNode(id, row, input, list, ElementLocal, values);
    }

    private NodeSpec? WithWatermark(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        ExprSpec? time = RowLambda(call, "eventTime", scope, input.Row);
        if (!TryConstant(Argument(call, "delay")!, "The delay of a watermark", scope, out string delay) || time is null)
            return null;
        if (!DurationText.TryParse(delay, out long micros, out int months))
        {
            Report(TimeDiagnostics.UnreadableDelay, ArgumentPlace(Argument(call, "delay")!), delay);
            return null;
        }

        if (!Patience(call, "idleAfter", TimeDiagnostics.IdleAfter, scope, out long? idleAfter) | !Patience(call, "maxAhead", TimeDiagnostics.MaxAhead, scope, out long? maxAhead))
            return null;
        time = RowShape.WithoutLift(time);
        if (time is not ColumnExpr)
        {
            IOperation lambda = Argument(call, "eventTime")!;
            Report(TimeDiagnostics.WatermarkNotAColumn, ArgumentPlace(lambda), $"'{Shorten(LambdaBodyText(lambda))}'");
            return null;
        }

        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "eventTime");
        PlaceArgument(id, call, "delay");
        // Months count 31 days each (semantics 2.1.1). Rounded down, so that what is below zero stays below it.
        decimal total = micros + ((decimal)months * MicrosPerMonth);
        return new WatermarkNode(id, input.Row, input, time, (long)Math.Floor(total / 1000)) { IdleAfterMicros = idleAfter, MaxAheadMicros = maxAhead };
    }

    /// <summary>How long others wait for a watermark, or how far it may run ahead; null if the query does not say.</summary>
    private bool Patience(IInvocationOperation call, string name, DiagnosticRule rule, PlanScope scope, out long? micros)
    {
        micros = null;
        if (Argument(call, name) is not { } argument || argument.ConstantValue is { HasValue: true, Value: null })
            return true;
        if (!TryConstant(argument, name, scope, out string text))
            return false;
        string? problem = !DurationText.TryParse(text, out long duration, out int months) ? "it is not a duration"
            : months != 0 ? "months and years differ in length"
            : duration < 0 ? "it is below zero"
            : duration == 0 && name == "idleAfter" ? "every input would be idle between two of its rows"
            : null;
        micros = duration;
        if (problem is not null)
            Report(rule, ArgumentPlace(argument), text, problem);
        return problem is null;
    }

    private NodeSpec? Union(IInvocationOperation call, NodeSpec left, PlanScope scope)
    {
        if (Stream(Argument(call, "other")!, scope) is not { } right)
            return null;
        Location place = OperatorPlace(call);
        left = TakenApart(left, right.Row, place);
        right = TakenApart(right, left.Row, place);
        if (!left.Row.Columns.Select(column => column.Name).SequenceEqual(right.Row.Columns.Select(column => column.Name)))
        {
            Report(PipelineDiagnostics.RowType, place, "Union", "a record inside the rows may be null on one side only; give both sides the same columns in a Select");
            return null;
        }

        List<ColumnSpec> columns = [];
        for (int i = 0; i < left.Row.Columns.Count; i++)
        {
            (ColumnSpec one, ColumnSpec other) = (left.Row.Columns[i], right.Row.Columns[i]);
            columns.Add(one with { Type = Common(one.Type, other.Type), IsEventTime = one.IsEventTime && other.IsEventTime, Cardinality = one.Cardinality == other.Cardinality ? one.Cardinality : 0 });
        }

        RowSpec row = left.Row with { Columns = columns.ToEquatable() };
        left = Widened(left, row, place);
        right = Widened(right, row, place);
        return new UnionNode(NewNode(place), row, left, right);
    }

    // A nested record is one column where it came out of one, and several where it was put together: then they are several on both sides.
    private NodeSpec TakenApart(NodeSpec input, RowSpec other, Location place)
    {
        List<ColumnSpec> columns = [];
        List<ExprSpec> values = [];
        for (int i = 0; i < input.Row.Columns.Count; i++)
        {
            ColumnSpec column = input.Row.Columns[i];
            ColumnExpr whole = new(column.Type, 0, i, column.Name);
            string inner = column.Name + ".";
            if (column.Type.Is(FieldKind.Record) && !column.Type.Nullable && other.Columns.Any(one => one.Name.StartsWith(inner, StringComparison.Ordinal)))
            {
                columns.AddRange(column.Type.Members.Select(member => new ColumnSpec(inner + member.Name, member.Type)));
                values.AddRange(column.Type.Members.Select(member => new MemberExpr(member.Type, whole, member.Name)));
                continue;
            }

            columns.Add(column);
            values.Add(whole);
        }

        return columns.Count == input.Row.Columns.Count
            ? input
            : new ProjectNode(NewNode(place), input.Row with { Columns = columns.ToEquatable() }, input, values.ToEquatable());
    }

    // Both sides have one C# type; what may differ is whether null occurs and the digits of decimals.
    private static TypeSpec Common(TypeSpec left, TypeSpec right)
    {
        TypeSpec common = left.AsNullable(left.Nullable || right.Nullable);
        if (!left.Is(FieldKind.Decimal) || (left.Precision == right.Precision && left.Scale == right.Scale))
            return common;
        int scale = Math.Max(left.Scale, right.Scale);
        int whole = Math.Max(left.Precision - left.Scale, right.Precision - right.Scale);
        return common with { Precision = Math.Min(38, whole + scale), Scale = scale };
    }

    private NodeSpec Widened(NodeSpec input, RowSpec row, Location place)
    {
        bool same = true;
        List<ExprSpec> values = [];
        for (int i = 0; i < row.Columns.Count; i++)
        {
            TypeSpec from = input.Row.Columns[i].Type;
            TypeSpec to = row.Columns[i].Type;
            ExprSpec column = new ColumnExpr(from, 0, i, input.Row.Columns[i].Name);
            bool converts = from.Precision != to.Precision || from.Scale != to.Scale;
            values.Add(converts ? new ConvertExpr(to.AsNullable(from.Nullable), column, false) : column);
            same &= !converts;
        }

        return same ? input : new ProjectNode(NewNode(place), row, input, values.ToEquatable());
    }

    private NodeSpec? Take(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        if (!TryConstant(Argument(call, "count")!, "The number of rows of a limit", scope, out int count))
            return null;
        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "count");
        return new LimitNode(id, input.Row, input, count);
    }

    // Skip is refused whatever its count is.
    private NodeSpec Skip(IInvocationOperation call, NodeSpec input, PlanScope scope) =>
        new SkipNode(NewNode(OperatorPlace(call)), input.Row, input, Argument(call, "count")?.ConstantValue is { HasValue: true, Value: int count } ? count : 0);

    private NodeSpec? OrderBy(IInvocationOperation call, NodeSpec input, PlanScope scope) =>
        SortKey(call, input.Row, scope) is { } key
            ? new SortNode(NewNode(OperatorPlace(call)), input.Row, input, EquatableArray.Of(key))
            : null;

    private NodeSpec? ThenBy(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        // Only projections can stand between a sort and its next key: the key is read from what they give.
        if (input is SortNode sort)
            return SortKey(call, sort.Row, scope) is { } key ? sort with { Keys = sort.Keys.Append(key).ToEquatable() } : null;
        NotFollowed(call, "a further sort key must follow OrderBy directly; sort before Select");
        return null;
    }

    private SortKeySpec? SortKey(IInvocationOperation call, RowSpec row, PlanScope scope)
    {
        if (RowLambda(call, "key", scope, row) is not { } key)
            return null;
        if (!RowShape.IsRow(key.Type) && HasOrder(key.Type))
            return new SortKeySpec(RowShape.WithoutLift(key), call.TargetMethod.Name.EndsWith("Descending", StringComparison.Ordinal));
        Report(PipelineDiagnostics.KeyType, ArgumentPlace(Argument(call, "key")!), Shorten(LambdaBodyText(Argument(call, "key")!)), "rows are sorted by single values that have an order, one ThenBy for each");
        return null;
    }

    private static bool HasOrder(TypeSpec type) =>
        type.Value == ValueKind.Field && type.Field != FieldKind.Map && (type.Element is null || HasOrder(type.Element));

    private (RowSpec Row, EquatableArray<ExprSpec> Values)? Shape(IInvocationOperation call, string argument, ExprSpec value, IReadOnlyList<RowSpec> input)
    {
        // The row's own C# type, for the marks of a record; anonymous objects and tuples are known by their values alone.
        ITypeSymbol type = RowTypeOf(call.TargetMethod.ReturnType);
        RowSpec? declared = TypeReader.IsStreamRecord(type) ? TypeReader.ReadRow(type) : null;
        if (RowShape.Of(value, declared, input, out EquatableArray<ExprSpec> values, out string problem) is { } row)
            return (row, values);
        Report(PipelineDiagnostics.RowType, ArgumentPlace(Argument(call, argument)!), call.TargetMethod.Name, problem);
        return null;
    }

    private void PlaceArgument(int node, IInvocationOperation call, string name)
    {
        if (Argument(call, name) is { } argument)
            _places.Add(node, name, ArgumentPlace(argument));
    }
}
