using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>The lambdas of operators, and what their names stand for.</summary>
internal sealed partial class PipelineParser
{
    /// <summary>The value of a lambda over the one row of the input.</summary>
    private ExprSpec? RowLambda(IInvocationOperation call, string argument, PlanScope scope, RowSpec row) =>
        Lambda(Argument(call, argument)!, scope, _ => RowOf(0, row));

    /// <summary>The value of a lambda, its parameters bound by their place.</summary>
    private ExprSpec? Lambda(IOperation argument, PlanScope scope, Func<int, Binding> bind, GroupScope? group = null)
    {
        if (ParametersOf(argument, scope, out IOperation? function) is not { } parameters)
            return null;
        Dictionary<ISymbol, Binding> bindings = new(SymbolEqualityComparer.Default);
        if (group is null)
        {
            for (int i = 0; i < parameters.Length; i++)
                bindings.Add(parameters[i], bind(i));
        }
        else
        {
            group.Parameter = parameters[0];
        }

        return new ExpressionParser(new LambdaScope(this, scope, bindings, group), _compilation).ParseLambda(function!);
    }

    private ImmutableArray<IParameterSymbol>? ParametersOf(IOperation argument, PlanScope scope, out IOperation? function)
    {
        function = argument;
        if (Follow(argument, ref scope) is not { } source)
            return null;
        if (source is IDelegateCreationOperation creation)
            source = creation.Target;
        function = source;
        switch (source)
        {
            case IAnonymousFunctionOperation lambda:
                return lambda.Symbol.Parameters;
            case IMethodReferenceOperation method:
                return method.Method.Parameters;
            case IInvalidOperation:
                return null;
            default:
                Report(PipelineDiagnostics.NotLambda, ArgumentPlace(argument), $"'{Shorten(argument.Syntax.ToString())}'");
                return null;
        }
    }

    // Rows with nested parts, and rows that are a window, are handed over put together; all others, and those that may be missing, as the
    // row of their input.
    private static Binding RowOf(int input, RowSpec row) =>
        row.Type.Is(Schema.FieldKind.Window) || (!row.Type.Nullable && row.Columns.Any(column => column.Name.IndexOf('.') >= 0))
            ? new ValueBinding(RowShape.Value(input, row))
            : new RowBinding(input, row);

    private static string LambdaBodyText(IOperation argument)
    {
        SyntaxNode syntax = argument.Syntax is ArgumentSyntax argumentSyntax ? argumentSyntax.Expression : argument.Syntax;
        return syntax is LambdaExpressionSyntax lambda ? lambda.Body.ToString() : syntax.ToString();
    }

    /// <summary>What the parameter of a lambda over a group stands for.</summary>
    private sealed class GroupScope(RowSpec input, bool isGlobal)
    {
        private readonly List<AggregateSpec> _aggregates = [];

        public IParameterSymbol? Parameter { get; set; }

        /// <summary>The rows of the group.</summary>
        public RowSpec Input { get; } = input;

        public bool IsGlobal { get; } = isGlobal;

        /// <summary>The number of the aggregation's node.</summary>
        public int Node { get; set; }

        /// <summary>The value of g.Key; null if there is none.</summary>
        public ExprSpec? Key { get; set; }

        /// <summary>The value of g.Window; null if there is none.</summary>
        public ExprSpec? Window { get; set; }

        /// <summary>How many columns of the result stand before the aggregates.</summary>
        public int FirstAggregate { get; set; }

        /// <summary>The names that are taken.</summary>
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public IReadOnlyList<AggregateSpec> Aggregates => _aggregates;

        /// <summary>The column of an aggregate; equal ones share it.</summary>
        public ColumnExpr Add(AggregateSpec aggregate, out int place, out bool isNew)
        {
            place = _aggregates.FindIndex(known => (known with { Name = "" }).Equals(aggregate with { Name = "" }));
            isNew = place < 0;
            if (isNew)
            {
                place = _aggregates.Count;
                string name = aggregate.Name;
                for (int number = 2; !Names.Add(name); number++)
                    name = aggregate.Name + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
                _aggregates.Add(aggregate with { Name = name });
            }

            AggregateSpec column = _aggregates[place];
            return new ColumnExpr(column.Type, 0, FirstAggregate + place, column.Name);
        }
    }

    private sealed class LambdaScope(PipelineParser parser, PlanScope plan, Dictionary<ISymbol, Binding> bindings, GroupScope? group) : IExpressionScope
    {
        public Binding? Bind(IParameterSymbol parameter) => bindings.TryGetValue(parameter, out Binding? binding) ? binding : null;

        public ExprSpec? TryResolve(IOperation operation)
        {
            switch (operation)
            {
                case IPropertyReferenceOperation { Instance: IParameterReferenceOperation { Parameter: var owner } } property when IsGroup(owner):
                    return property.Property.Name switch
                    {
                        "Key" => group!.Key,
                        "Window" => group!.Window,
                        _ => null,
                    };
                case IInvocationOperation { Instance: IParameterReferenceOperation { Parameter: var owner } } call
                    when IsGroup(owner) && LanguageTypeName(call.TargetMethod.ContainingType).Length > 0:
                    return parser.Aggregate(call, group!, plan) ?? ExpressionParser.Refused;
                case IParameterReferenceOperation { Parameter: var owner } when IsGroup(owner):
                    parser.Report(PipelineDiagnostics.GroupAsValue, operation.Syntax.GetLocation(), owner.Name);
                    return ExpressionParser.Refused;
                case IParameterReferenceOperation { Parameter: var parameter } when !bindings.ContainsKey(parameter) && plan.TryFind(parameter, out IOperation value, out _):
                    // A helper's own parameter: a constant of the caller's stands for it.
                    return value.ConstantValue.HasValue ? Constant(value) : null;
                case IInvocationOperation { TargetMethod: { ContainingType: var type, Name: ("Tumbling" or "Sliding" or "Session") and var kind } } when LanguageTypeName(type) == "Window":
                    parser.Report(
                        parser._windowInGroup is not { } window ? TimeDiagnostics.WindowInExpression
                            : window.Session is null == (kind == "Session") ? SessionDiagnostics.SessionAndWindow
                            : TimeDiagnostics.SeveralWindows,
                        operation.Syntax.GetLocation());
                    return ExpressionParser.Refused;
                default:
                    return null;
            }
        }

        public ParameterExpr? Parameter(IPropertySymbol property)
        {
            if (!SymbolEqualityComparer.Default.Equals(property.ContainingType, parser._pipeline) || property.IsStatic)
                return null;
            if (TypeReader.Read(property.Type) is not { } type)
                return null;
            parser._parameters[property.Name] = type;
            return new ParameterExpr(type, property.Name);
        }

        public void Called(IMethodSymbol method, Location place) => parser._calls.Add(new CalledCode(method, place));

        public void Report(string diagnosticId, Location location, params string[] arguments) => parser.Report(diagnosticId, location, arguments);

        private bool IsGroup(ISymbol symbol) => group is not null && SymbolEqualityComparer.Default.Equals(symbol, group.Parameter);

        private ExprSpec? Constant(IOperation value) => new ExpressionParser(this, parser._compilation).Parse(value);
    }
}
