using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>The aggregates of a group, and named metrics, which are aggregates of a micro-batch.</summary>
internal sealed partial class PipelineParser
{
    private ExprSpec? Aggregate(IInvocationOperation call, GroupScope group, PlanScope scope)
    {
        string function = call.TargetMethod.Name;
        List<ExprSpec> arguments = [];
        List<double> constants = [];
        string? instance = null;
        foreach (IArgumentOperation argument in call.Arguments.OrderBy(one => one.Parameter!.Ordinal))
        {
            IParameterSymbol parameter = argument.Parameter!;
            if (parameter.Type.TypeKind == TypeKind.Delegate)
            {
                if (Lambda(argument.Value, scope, _ => RowOf(0, group.Input)) is not { } value)
                    return null;

                // A user's aggregate declares the type of its value itself, nullable or not.
                arguments.Add(function == "Aggregate" ? value : RowShape.WithoutLift(value));
            }
            else if (parameter.Name == "aggregate")
            {
                instance = UserInstance(argument.Value, scope);
                if (instance is null)
                    return null;
                if (UserAggregateType(call) is INamedTypeSymbol made)
                    _calls.AddRange(CodeReader.MethodsOf(made).Select(method => new CalledCode(method, ArgumentPlace(argument.Value))));
            }
            else if (argument.ArgumentKind == ArgumentKind.DefaultValue)
            {
                constants.Add(Convert.ToDouble(parameter.ExplicitDefaultValue, CultureInfo.InvariantCulture));
            }
            else if (parameter.Type.SpecialType == SpecialType.System_Int32)
            {
                if (!TryConstant(argument.Value, $"'{parameter.Name}' of {function}", scope, out int count))
                    return null;
                constants.Add(count);
            }
            else
            {
                if (!TryConstant(argument.Value, $"'{parameter.Name}' of {function}", scope, out double number))
                    return null;
                constants.Add(number);
            }
        }

        Location place = OperatorPlace(call);
        if (Problem(function, arguments, constants) is { } problem)
        {
            Report(PipelineDiagnostics.AggregateArgument, place, function, problem);
            return null;
        }

        if (ResultType(call, group, arguments) is not { } type)
        {
            Report(PipelineDiagnostics.RowType, place, function, $"no column can hold {call.Type?.ToDisplayString()}");
            return null;
        }

        AggregateSpec aggregate = new(function, type, arguments.ToEquatable())
        {
            Name = function,
            Constants = constants.ToEquatable(),
            UserInstance = instance,
            UserType = instance is null ? null : TypeReader.Name(UserAggregateType(call)),
            UserState = instance is null ? null : TypeReader.Name(call.TargetMethod.TypeArguments[1]),
        };
        ColumnExpr column = group.Add(aggregate, out int index, out bool isNew);
        if (isNew)
            _places.Add(group.Node, AggregatePlace(index), place);
        return column;
    }

    /// <summary>The name of the place of an aggregate in a node.</summary>
    public static string AggregatePlace(int index) => "aggregate " + index.ToString(CultureInfo.InvariantCulture);

    private static string? Problem(string function, List<ExprSpec> arguments, List<double> constants) => function switch
    {
        "ApproxCountDistinct" when constants[0] is not (>= 0.005 and <= 0.25) => "its error must be between 0.005 and 0.25",
        "ApproxQuantile" when constants[0] is not (>= 0 and <= 1) => "the quantile must be between 0 and 1",
        "ApproxQuantile" when constants[1] is not (>= 0.001 and <= 0.2) => "its error must be between 0.001 and 0.2",
        "Collect" or "CollectSet" when constants[0] < 1 => "'max' must be above zero",
        "MinBy" or "MaxBy" when arguments[1].Type.Nullable && !arguments[0].Type.Nullable =>
            "rows where the second value is null are skipped, so there may be no row left, but the first value is never null; make one of them match the other",
        "Min" or "Max" when !IsOrdered(arguments[0].Type) => $"{arguments[0].Type.Declared} has no order",
        "MinBy" or "MaxBy" when !IsOrdered(arguments[1].Type) => $"{arguments[1].Type.Declared} has no order",
        _ when arguments.Any(one => one.Type.Value != ValueKind.Field) => "its value is not of a type that a column can hold",
        not "CountNotNull" when arguments.Any(one => one.Type.Field is FieldKind.List or FieldKind.Map or FieldKind.Record or FieldKind.Window) =>
            "its value must be a single one, such as a number, a text or a time, and not a list, a record or a window; use a field of it",
        _ => null,
    };

    private static bool IsOrdered(TypeSpec type) =>
        type.Value == ValueKind.Field && type.Field is not (FieldKind.List or FieldKind.Map or FieldKind.Record);

    private static TypeSpec? ResultType(IInvocationOperation call, GroupScope group, List<ExprSpec> arguments)
    {
        TypeSpec? value = arguments.Count > 0 ? arguments[0].Type : null;
        switch (call.TargetMethod.Name)
        {
            case "Count" or "CountNotNull" or "CountDistinct" or "ApproxCountDistinct":
                return TypeSpec.Of(FieldKind.Int64);
            case "Sum":
                return Wider(value!, 10, 0).AsNullable(value!.Nullable || group.IsGlobal);
            case "Average":
                TypeSpec mean = value!.Is(FieldKind.Decimal) ? Wider(value, 4, 4) : TypeSpec.Of(FieldKind.Double);
                return mean.AsNullable(value.Nullable || group.IsGlobal);
            case "Min" or "Max" or "First" or "Last" or "MinBy" or "MaxBy" or "All" or "Any":
                return value!.AsNullable(value.Nullable || group.IsGlobal);
            case "Collect" or "CollectSet":
                // C#'s element type does not say how many digits a decimal has; the value does.
                return TypeReader.Read(call.TargetMethod.ReturnType) is { Element: { } element } list
                    ? list.AsNullable(false) with { Element = element with { Precision = value!.Precision, Scale = value.Scale } }
                    : null;
            default:
                return TypeReader.Read(call.TargetMethod.ReturnType);
        }
    }

    private static TypeSpec Wider(TypeSpec type, int precision, int scale) => type.Is(FieldKind.Decimal)
        ? type with { Precision = Math.Min(38, type.Precision + precision), Scale = Math.Min(28, type.Scale + scale) }
        : type;

    private static ITypeSymbol UserAggregateType(IInvocationOperation call)
    {
        IOperation argument = Argument(call, "aggregate")!;
        while (argument is IConversionOperation conversion)
            argument = conversion.Operand;
        return argument.Type!;
    }

    // A user's aggregate is made anew by generated code, so it must say by itself how: default, or new with constants.
    private string? UserInstance(IOperation argument, PlanScope scope)
    {
        IOperation made = argument;
        while (made is IConversionOperation conversion)
            made = conversion.Operand;
        switch (made)
        {
            case IDefaultValueOperation { Type.IsValueType: true }:
            case IObjectCreationOperation { Type.IsValueType: true, Arguments: [], Initializer: null, Constructor.IsImplicitlyDeclared: true }:
                return "default";
            case IObjectCreationOperation { Type.IsValueType: true, Initializer: null } creation:
                List<string> values = [];
                foreach (IArgumentOperation one in creation.Arguments.OrderBy(one => one.Parameter!.Ordinal))
                {
                    if (new ExpressionParser(new LambdaScope(this, scope, [], null), _compilation).Parse(one.Value) is not { } value)
                        return null;
                    if (value is not ConstantExpr constant)
                    {
                        Report(PipelineDiagnostics.NotConstant, one.Syntax.GetLocation(), "An argument of an aggregate");
                        return null;
                    }

                    values.Add(constant.Literal);
                }

                return $"new {TypeReader.Name(creation.Type!)}({string.Join(", ", values)})";
            case { Type.IsValueType: false }:
                Report(PipelineDiagnostics.AggregateArgument, ArgumentPlace(argument), "Aggregate", $"{made.Type.ToDisplayString()} is not a struct, whose methods the compiler could inline");
                return null;
            default:
                Report(PipelineDiagnostics.NotConstant, ArgumentPlace(argument), "An aggregate");
                return null;
        }
    }

    private NodeSpec? Observe(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        if (!TryConstant(Argument(call, "name")!, "The name of metrics", scope, out string name))
            return null;
        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "name");
        GroupScope group = new(input.Row, isGlobal: true) { Node = id };
        if (Lambda(Argument(call, "metrics")!, scope, _ => throw new InvalidOperationException("A group has no rows to bind."), group) is not { } value)
            return null;
        RowSpec aggregates = RowOfColumns(group.Aggregates.Select(one => new ColumnSpec(one.Name, one.Type)));
        if (value is not NewRowExpr || RowShape.Of(value, null, [aggregates], out EquatableArray<ExprSpec> values, out string problem) is not { } metrics)
        {
            Report(PipelineDiagnostics.RowType, ArgumentPlace(Argument(call, "metrics")!), "Observe", "metrics are a new anonymous object, one member for each metric");
            return null;
        }

        return new ObserveNode(id, input.Row, input, name, group.Aggregates.ToEquatable())
        {
            Metrics = metrics.Columns.Select(column => new MemberSpec(column.Name, column.Type)).ToEquatable(),
            Values = values,
        };
    }
}
