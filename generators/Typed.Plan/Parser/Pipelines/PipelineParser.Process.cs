using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>Custom state: <c>GroupBy(key).Process(new LoginWatch { … }, "name")</c>.</summary>
internal sealed partial class PipelineParser
{
    private NodeSpec? Process(IInvocationOperation call, PlanScope scope)
    {
        if (Grouped(call, scope) is not var (groupBy, groupScope, input, named))
            return null;
        bool good = true;
        if (Argument(groupBy, "ttl") is { } ttl)
        {
            NotFollowed(ttl, "the processor says when its state goes, by time-outs, timers or a Ttl of its members; leave the time to live of the groups out");
            good = false;
        }

        GroupingParts parts = new(new GroupScope(input.Row, isGlobal: false));
        good &= Key(groupBy, input, groupScope, parts, window: null);
        good &= TryConstant(Argument(call, "name")!, "The name of a processor", scope, out string name);
        if (named is not null)
        {
            ReportBoth(StateDiagnostics.SecondName, named.At, ArgumentPlace(Argument(call, "name")!), named.Text, name);
            good = false;
        }

        if (Instance(Argument(call, "processor")!, scope) is not var (traits, states, instance) || !good)
            return null;
        InitialStateSpec? initial = null;
        if (HasArgument(call, "initial") && (initial = Initial(call, scope, parts)) is null)
            return null;
        if (EmittedRow(RowTypeOf(call.TargetMethod.ReturnType)) is not { } row || KeyRow(call.TargetMethod.ContainingType.TypeArguments[0], parts) is not { } keyRow)
            return null;
        if (row.Columns.FirstOrDefault(column => column.Type.Value != ValueKind.Field) is { } foreign)
        {
            Report(PipelineDiagnostics.RowType, OperatorPlace(call), "Process", $"no column can hold {foreign.Type.Declared}");
            return null;
        }

        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "processor");
        PlaceArgument(id, call, "name");
        return new ProcessNode(id, row, input)
        {
            Processor = traits,
            States = states,
            Instance = instance,
            GivenName = name,
            KeyRow = keyRow,
            Keys = parts.Keys.ToEquatable(),
            Initial = initial,
        };
    }

    // What handlers emit becomes columns, tuples inside of tuples by their elements.
    private static RowSpec? EmittedRow(ITypeSymbol type) => TypeReader.ReadRow(type) is { } row
        ? row with { Columns = row.Columns.SelectMany(Flat).ToEquatable() }
        : null;

    private static IEnumerable<ColumnSpec> Flat(ColumnSpec column) => column.Type is { Value: ValueKind.Row, Nullable: false }
        ? column.Type.Members.SelectMany(member => Flat(new ColumnSpec(column.Name + "." + member.Name, member.Type)))
        : [column];

    // The columns are those of the values, which know their digits and nulls; the type is what handlers see.
    private static RowSpec? KeyRow(ITypeSymbol type, GroupingParts parts) =>
        TypeReader.Read(type) is { } key ? new RowSpec(key, parts.Columns.ToEquatable()) : null;

    private InitialStateSpec? Initial(IInvocationOperation call, PlanScope scope, GroupingParts parts)
    {
        IOperation argument = Argument(call, "initial")!;
        PlanScope tableScope = scope;
        if (Follow(argument, ref tableScope) is not { } source)
            return null;
        if (source is not IParameterReferenceOperation { Parameter: var parameter } || !_tableNumbers.TryGetValue(parameter, out int number))
        {
            NotFollowed(source, "the initial state is a Table<T> parameter of Define");
            return null;
        }

        _read.Add(parameter);
        RowSpec row = _tables[number].Row;
        if (RowLambda(call, "initialKey", scope, row) is not { } value)
            return null;
        value = RowShape.WithoutLift(value);
        Location place = ArgumentPlace(Argument(call, "initialKey")!);
        if (RowShape.Of(value, null, [row], out EquatableArray<ExprSpec> values, out string problem) is null || values.Count != parts.Keys.Count)
        {
            Report(PipelineDiagnostics.KeyType, place, Shorten(LambdaBodyText(Argument(call, "initialKey")!)), problem.Length > 0 ? problem : "it has not the parts of the stream's key");
            return null;
        }

        // The keys of both have one C# type, yet null may occur and decimals have their digits on each side.
        List<int> columns = [];
        for (int i = 0; i < values.Count; i++)
        {
            TypeSpec type = parts.Keys[i].Type;
            if (RowShape.WithoutLift(values[i]) is not ColumnExpr column || (column.Type.Precision, column.Type.Scale) != (type.Precision, type.Scale))
            {
                Report(PipelineDiagnostics.KeyType, place, Shorten(LambdaBodyText(Argument(call, "initialKey")!)), "the key of an initial state is columns of its table, with the digits that the stream's key has");
                return null;
            }

            columns.Add(column.Ordinal);
            parts.Columns[i] = parts.Columns[i] with { Type = type.AsNullable(type.Nullable || column.Type.Nullable) };
        }

        return new InitialStateSpec(number, parameter.Name, row, columns.ToEquatable());
    }

    private (ProcessorTraits Traits, EquatableArray<StateMemberSpec> States, ProcessorInstanceSpec Instance)? Instance(IOperation argument, PlanScope scope)
    {
        if (Follow(argument, ref scope) is not { } made)
            return null;
        if (made is not IObjectCreationOperation { Type: INamedTypeSymbol type } creation)
        {
            Report(ProcessorDiagnostics.Instance, ArgumentPlace(argument), Shorten(argument.Syntax.ToString()), "it is not written as 'new'");
            return null;
        }

        // The class is reported on at its own place.
        if (type.DeclaringSyntaxReferences.IsEmpty)
            Report(ProcessorDiagnostics.Instance, ArgumentPlace(argument), type.Name, "its source is not in this project, and the other part of it is visible there only");
        if (type.DeclaringSyntaxReferences.IsEmpty || ProcessorParser.Parse(type, _compilation, _cancellation).Accepted() is not { } processor)
            return null;
        List<ExprSpec> arguments = [];
        List<AssignedMemberSpec> members = [];
        bool good = true;
        foreach (IArgumentOperation one in creation.Arguments.OrderBy(one => one.Parameter!.Ordinal))
        {
            if (Fixed(one.Value, one.Parameter!.Name, scope) is { } value)
                arguments.Add(value);
            else
                good = false;
        }

        foreach (IOperation one in creation.Initializer?.Initializers ?? [])
        {
            if (one is ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member.Name: var name }, Value: var assigned } && Fixed(assigned, name, scope) is { } value)
                members.Add(new AssignedMemberSpec(name, value));
            else
                good = false;
        }

        return good ? (processor.Traits, processor.States, new ProcessorInstanceSpec(arguments.ToEquatable(), members.ToEquatable())) : null;
    }

    // A value that is known at start: the object is made once, before any row.
    private ExprSpec? Fixed(IOperation operation, string name, PlanScope scope)
    {
        if (new ExpressionParser(new LambdaScope(this, scope, [], null), _compilation).Parse(operation) is not { } value)
            return null;
        string? problem =
            value is ConstantExpr or ParameterExpr ? null
            : value.Nodes().Any(part => part is BatchExpr) ? "it changes from batch to batch, and the object is made once"
            : value.Nodes().Any(part => part.Type is not { Value: ValueKind.Field } || IsReference(part.Type)) ? "it is computed from texts or records; compute it in a property of the pipeline"
            : null;
        if (problem is null)
            return value;
        Report(ProcessorDiagnostics.Instance, operation.Syntax.GetLocation(), name, problem);
        return null;
    }

    private static bool IsReference(TypeSpec type) =>
        type.Field is FieldKind.String or FieldKind.Binary or FieldKind.Record or FieldKind.List or FieldKind.Map or FieldKind.Window;
}
