using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;
using Typed.Time;

namespace Typed.Plan;

/// <summary>
/// Grouping: <c>GroupBy(…).Select(g => …)</c> becomes an aggregation, whose row is the window, the keys and the aggregates that the
/// lambda asks for, and a projection above it for what the lambda makes of them.
/// </summary>
internal sealed partial class PipelineParser
{
    // The window of the grouping whose key is being read.
    private WindowSpec? _windowInGroup;

    /// <summary>The GroupBy that an operator is called on, the scope it is in, the stream that it groups, and its name if it has one; null, reported, if that cannot be read.</summary>
    private (IInvocationOperation GroupBy, PlanScope Scope, NodeSpec Input, GroupName? Name)? Grouped(IInvocationOperation call, PlanScope scope)
    {
        GroupName? name = null;
        IOperation? source = Follow(call.Instance!, ref scope);
        while (source is IInvocationOperation { Instance: { } named, TargetMethod.Name: "Named" } naming && LanguageTypeName(naming.TargetMethod.ContainingType) is "GroupedStream" or "WindowedStream")
        {
            if (ReadName(naming, scope, name) is not { } read)
                return null;
            name = read;
            source = Follow(named, ref scope);
        }

        if (source is null)
            return null;
        if (source is IInvocationOperation { TargetMethod.Name: "WithWatermark", Arguments: [var time, ..] } late && LanguageTypeName(late.TargetMethod.ContainingType) is "GroupedStream" or "WindowedStream")
        {
            Report(TimeDiagnostics.WatermarkAfterAggregation, OperatorPlace(late), "GroupBy", ColumnNamed(time.Value));
            return null;
        }

        if (source is not IInvocationOperation { Instance: { } stream, TargetMethod.Name: "GroupBy" } groupBy)
        {
            NotFollowed(source, "it is not a GroupBy on a stream");
            return null;
        }

        return Stream(stream, scope) is { } input ? (groupBy, scope, input, name) : null;
    }

    // x => x.Time names the column Time.
    private static string ColumnNamed(IOperation lambda) => Shorten(lambda.Syntax.ToString().Split('.').Last());

    private NodeSpec? Aggregation(IInvocationOperation select, PlanScope scope)
    {
        if (Grouped(select, scope) is not var (groupBy, groupScope, input, name))
            return null;
        bool good = true;
        GroupingParts parts = new(new GroupScope(input.Row, isGlobal: false));
        WindowSpec? window = null;
        if (Argument(groupBy, "window") is { } windowArgument)
        {
            window = Window(groupBy, windowArgument, input, groupScope, parts);
            good &= window is not null;
        }
        else if (HasArgument(groupBy, "sessionGap"))
        {
            window = SessionOfRows(groupBy, input, groupScope);
            good &= window is not null;
        }

        if (window is not null)
            parts.AddWindow();

        if (HasArgument(groupBy, "key"))
            good &= Key(groupBy, input, groupScope, parts, window);
        long ttl = 0;
        if (Argument(groupBy, "ttl") is { } ttlArgument)
            good &= TimeToLive(ttlArgument, groupScope, out ttl);
        if (!good)
            return null;

        int id = NewNode(OperatorPlace(groupBy));
        PlaceArgument(id, groupBy, "key");
        PlaceArgument(id, groupBy, "window");
        PlaceArgument(id, groupBy, "sessionGap");
        PlaceArgument(id, groupBy, "on");
        foreach ((string place, Location at) in parts.WindowPlaces)
            _places.Add(id, place, at);
        if (name is not null)
        {
            _places.Add(id, NamedPlace, name.Word);
            _places.Add(id, "name", name.At);
        }

        return Project(select, id, input, parts, scope, (row, aggregates) => new AggregateNode(id, row, input)
        {
            Window = window,
            Keys = parts.Keys.ToEquatable(),
            Aggregates = aggregates,
            TtlMicros = ttl,
            GivenName = name?.Text,
        });
    }

    private NodeSpec? GlobalAggregation(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        int id = NewNode(OperatorPlace(call));
        GroupingParts parts = new(new GroupScope(input.Row, isGlobal: true));
        return Project(call, id, input, parts, scope, (row, aggregates) => new AggregateNode(id, row, input)
        {
            Keys = default,
            Aggregates = aggregates,
            IsGlobal = true,
        });
    }

    private NodeSpec? Project(
        IInvocationOperation call, int id, NodeSpec input, GroupingParts parts, PlanScope scope, Func<RowSpec, EquatableArray<AggregateSpec>, AggregateNode> make)
    {
        GroupScope group = parts.Group;
        group.FirstAggregate = parts.Columns.Count;
        group.Node = id;
        if (Lambda(Argument(call, "selector")!, scope, _ => throw new InvalidOperationException("A group has no rows to bind."), group) is not { } value)
            return null;
        IEnumerable<ColumnSpec> columns = parts.Columns.Concat(group.Aggregates.Select(one => new ColumnSpec(one.Name, one.Type)));
        RowSpec row = RowOfColumns(columns);
        AggregateNode aggregate = make(row, group.Aggregates.ToEquatable());
        if (Shape(call, "selector", value, [row]) is not var (result, values))
            return null;
        int project = NewNode(OperatorPlace(call));
        PlaceArgument(project, call, "selector");
        return new ProjectNode(project, result, aggregate, values);
    }

    private static RowSpec RowOfColumns(IEnumerable<ColumnSpec> columns)
    {
        EquatableArray<ColumnSpec> all = columns.ToEquatable();
        return new RowSpec(
            new TypeSpec(ValueKind.Row, default, "", false) { Members = all.Select(column => new MemberSpec(column.Name, column.Type)).ToEquatable() }, all);
    }

    private bool Key(IInvocationOperation groupBy, NodeSpec input, PlanScope scope, GroupingParts parts, WindowSpec? window)
    {
        _windowInGroup = window;
        (ExprSpec Value, RowSpec Row, EquatableArray<ExprSpec> Values)? key = KeyOf(groupBy, input, scope);
        _windowInGroup = null;
        if (key is not var (value, row, values))
            return false;
        parts.AddKey(value, row, values);
        return true;
    }

    /// <summary>The argument of an operator that is a key: the value, and its columns, of which each has an equality.</summary>
    private (ExprSpec Value, RowSpec Row, EquatableArray<ExprSpec> Values)? KeyOf(IInvocationOperation call, NodeSpec input, PlanScope scope, string argument = "key")
    {
        if (RowLambda(call, argument, scope, input.Row) is not { } value)
            return null;
        Location place = ArgumentPlace(Argument(call, argument)!);
        value = RowShape.WithoutLift(value);
        if (RowShape.Of(value, null, [input.Row], out EquatableArray<ExprSpec> values, out string problem) is not { } key)
        {
            Report(PipelineDiagnostics.KeyType, place, Shorten(LambdaBodyText(Argument(call, argument)!)), problem);
            return null;
        }

        if (key.Columns.Count > 0)
            return AreKeys(key.Columns, place) ? (value, key, values) : null;
        Report(PipelineDiagnostics.KeyType, place, Shorten(LambdaBodyText(Argument(call, argument)!)), "it has no members");
        return null;
    }

    private bool AreKeys(EquatableArray<ColumnSpec> columns, Location place)
    {
        bool good = true;
        foreach (ColumnSpec column in columns)
        {
            if (column.Type.Field is not FieldKind.List and not FieldKind.Map and not FieldKind.Record)
                continue;
            string reason = column.Type.Is(FieldKind.Record) ? "a record inside a key has no equality of its own columns" : "its elements can change while it is a key";
            Report(PipelineDiagnostics.KeyType, place, column.Name, reason);
            good = false;
        }

        return good;
    }

    private WindowSpec? Window(IInvocationOperation groupBy, IOperation argument, NodeSpec input, PlanScope scope, GroupingParts parts)
    {
        PlanScope windowScope = scope;
        if (Follow(argument, ref windowScope) is not { } source)
            return null;
        if (source is not IInvocationOperation { TargetMethod: { Name: "Tumbling" or "Sliding" or "Session" } } call)
        {
            Report(PipelineDiagnostics.NotConstant, ArgumentPlace(argument), "A window");
            return null;
        }

        if (call.TargetMethod.Name == "Session")
            return Session(groupBy, call, input, scope, windowScope, parts);
        if (!WindowDuration(call, "size", "size", windowScope, parts, out long size))
            return null;
        long slide = size;
        long offset = 0;
        if (HasArgument(call, "every") && !WindowDuration(call, "every", "slide", windowScope, parts, out slide))
            return null;
        if (HasArgument(call, "offset") && !WindowDuration(call, "offset", "offset", windowScope, parts, out offset))
            return null;
        return WindowTime(groupBy, input, scope) is { } time ? new WindowSpec(time, size, slide, offset) : null;
    }

    private bool WindowDuration(IInvocationOperation call, string argument, string what, PlanScope scope, GroupingParts parts, out long micros)
    {
        micros = 0;
        IOperation operation = Argument(call, argument)!;
        if (!TryConstant(operation, $"The {what} of a window", scope, out string text))
            return false;
        Location place = ArgumentPlace(operation);
        parts.WindowPlaces.Add((argument, place));
        if (!DurationText.TryParse(text, out micros, out int months))
            Report(TimeDiagnostics.WindowText, place, text);
        else if (months != 0)
            Report(TimeDiagnostics.WindowCalendar, place, text, what);
        else
            return true;
        return false;
    }

    // Semantics 4.3: months are accepted here.
    private WindowSpec? Session(IInvocationOperation groupBy, IInvocationOperation call, NodeSpec input, PlanScope scope, PlanScope windowScope, GroupingParts parts)
    {
        IOperation argument = Argument(call, "gap")!;
        if (!TryConstant(argument, "The gap of sessions", windowScope, out string text))
            return null;
        Location place = ArgumentPlace(argument);
        parts.WindowPlaces.Add(("gap", place));
        if (!DurationText.TryParse(text, out long micros, out int months))
        {
            Report(SessionDiagnostics.GapText, place, text);
            return null;
        }

        return WindowTime(groupBy, input, scope) is { } time ? new WindowSpec(time, 0, 0, 0) { Session = new SessionGapSpec(micros, months) } : null;
    }

    private WindowSpec? SessionOfRows(IInvocationOperation groupBy, NodeSpec input, PlanScope scope)
    {
        ExprSpec? gap = RowLambda(groupBy, "sessionGap", scope, input.Row);
        ExprSpec? time = WindowTime(groupBy, input, scope);
        return gap is null || time is null
            ? null
            : new WindowSpec(time, 0, 0, 0) { Session = new SessionGapSpec(0, 0) { PerRow = RowShape.WithoutLift(gap) } };
    }

    // The time that is named, else the one that carries the watermark, else the one marked [EventTime].
    private ExprSpec? WindowTime(IInvocationOperation groupBy, NodeSpec input, PlanScope scope)
    {
        if (HasArgument(groupBy, "on"))
            return RowLambda(groupBy, "on", scope, input.Row) is { } named ? RowShape.WithoutLift(named) : null;
        List<int> candidates = [.. WatermarkFlow.Columns(input)];
        string which = "carry a watermark";
        if (candidates.Count == 0)
        {
            candidates = [.. Enumerable.Range(0, input.Row.Columns.Count).Where(i => input.Row.Columns[i].IsEventTime && IsTime(input.Row.Columns[i].Type))];
            which = "are marked [EventTime]";
        }

        if (candidates.Count == 1)
        {
            ColumnSpec column = input.Row.Columns[candidates[0]];
            return new ColumnExpr(column.Type, 0, candidates[0], column.Name);
        }

        string problem = candidates.Count == 0
            ? LostTime(input) is { } lost
                ? $"a Select before it leaves out '{lost}', over which they would be"
                : "no column of the row carries a watermark or is marked [EventTime]"
            : $"the columns {string.Join(", ", candidates.Select(one => input.Row.Columns[one].Name))} {which}";
        Report(TimeDiagnostics.WindowTime, OperatorPlace(groupBy), "GroupBy", problem);
        return null;
    }

    /// <summary>The event time that rows had further up, and have no more.</summary>
    private static string? LostTime(NodeSpec node)
    {
        for (NodeSpec? above = node; above is not null; above = above.Inputs.Count == 1 ? above.Inputs[0] : null)
        {
            if (above is WatermarkNode { Time: ColumnExpr time })
                return time.Name;
            if (above.Row.Columns.FirstOrDefault(column => column.IsEventTime) is { } marked)
                return marked.Name;
        }

        return null;
    }

    private static bool IsTime(TypeSpec type) => type.Is(FieldKind.Timestamp) || type.Is(FieldKind.Window);

    private bool TimeToLive(IOperation argument, PlanScope scope, out long micros)
    {
        micros = 0;
        if (!TryConstant(argument, "The time to live of a group", scope, out string text))
            return false;
        string? problem = !DurationText.TryParse(text, out micros, out int months) ? "it is not a duration"
            : months != 0 ? "months and years differ in length"
            : micros <= 0 ? "every group would be forgotten at once"
            : null;
        if (problem is not null)
            Report(TimeDiagnostics.TimeToLive, ArgumentPlace(argument), text, problem);
        return problem is null;
    }

    /// <summary>What of a grouping has been read: the columns of the aggregation before the aggregates.</summary>
    private sealed class GroupingParts(GroupScope group)
    {
        public GroupScope Group { get; } = group;

        public List<ColumnSpec> Columns { get; } = [];

        public List<ExprSpec> Keys { get; } = [];

        public List<(string Place, Location At)> WindowPlaces { get; } = [];

        public void AddWindow()
        {
            TypeSpec type = TypeSpec.Of(FieldKind.Window);
            Group.Window = new ColumnExpr(type, 0, 0, "Window");
            Group.Names.Add("Window");
            Columns.Add(new ColumnSpec("Window", type));
        }

        public void AddKey(ExprSpec value, RowSpec key, EquatableArray<ExprSpec> values)
        {
            int first = Columns.Count;
            bool isOne = !RowShape.IsRow(value.Type) || value.Type.Is(FieldKind.Window);
            foreach (ColumnSpec column in key.Columns)
            {
                string name = isOne ? "Key" : column.Name;
                for (int number = 2; !Group.Names.Add(name); number++)
                    name = column.Name + number.ToString(CultureInfo.InvariantCulture);
                Columns.Add(column with { Name = name });
            }

            Keys.AddRange(values);
            RowSpec row = RowOfColumns(Columns);
            Group.Key = isOne
                ? new ColumnExpr(row.Columns[first].Type, 0, first, row.Columns[first].Name)
                : RowShape.Parts(value.Type, row, first);
        }
    }
}
