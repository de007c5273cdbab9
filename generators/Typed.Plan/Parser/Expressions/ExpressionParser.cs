using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// Reads C# operations into <see cref="ExprSpec"/>. What it returns means exactly what C# means; what it cannot say is reported to
/// the scope at its own place, and null is returned.
/// </summary>
/// <remarks>
/// Rows under construction (anonymous objects, tuples, records) stay <see cref="NewRowExpr"/> as long as their members are taken, so
/// that <c>new { A = x }.A</c> is <c>x</c>: a member that nobody reads is not computed, and cannot fail. Names that are used more than
/// once become <see cref="LetExpr"/>.
/// </remarks>
internal sealed partial class ExpressionParser(IExpressionScope scope, Compilation compilation)
{
    /// <summary>What <see cref="IExpressionScope.TryResolve"/> returns for an operation that it has refused and reported.</summary>
    public static readonly ExprSpec Refused = new ConstantExpr(new TypeSpec(ValueKind.Opaque, default, "refused", true), "refused");

    private static readonly TypeSpec Bool = TypeSpec.Of(FieldKind.Boolean);
    private static readonly TypeSpec Int = TypeSpec.Of(FieldKind.Int32);
    private static readonly TypeSpec Text = TypeSpec.Of(FieldKind.String);

    // What the names of the expression stand for: locals of a block, pattern variables, parameters of inner lambdas, "?." receivers.
    private readonly Dictionary<ISymbol, ExprSpec> _names = new(SymbolEqualityComparer.Default);
    private readonly Stack<ExprSpec> _receivers = new();
    private int _nextLocal = 1000;

    /// <summary>
    /// The value of a lambda, an anonymous method or a method group of one of the user's static methods, whose parameters the scope
    /// binds. A block may declare locals and return.
    /// </summary>
    public ExprSpec? ParseLambda(IOperation function)
    {
        switch (function)
        {
            case IDelegateCreationOperation creation:
                return ParseLambda(creation.Target);
            case IConversionOperation conversion:
                return ParseLambda(conversion.Operand);
            case IAnonymousFunctionOperation lambda:
                return ParseBody(lambda.Body);
            case IMethodReferenceOperation group:
                return ParseMethodGroup(group);
            default:
                return Unsupported(function, "this way to pass a function", "Write a lambda.");
        }
    }

    /// <summary>The lambda or method behind an argument, whose parameters are to be bound; null if it is neither.</summary>
    public static IMethodSymbol? FunctionOf(IOperation function) => function switch
    {
        IDelegateCreationOperation creation => FunctionOf(creation.Target),
        IConversionOperation conversion => FunctionOf(conversion.Operand),
        IAnonymousFunctionOperation lambda => lambda.Symbol,
        IMethodReferenceOperation group => group.Method,
        _ => null,
    };

    /// <summary>The value of an operation.</summary>
    public ExprSpec? Parse(IOperation operation)
    {
        ExprSpec? resolved = scope.TryResolve(operation);
        if (resolved is not null)
            return ReferenceEquals(resolved, Refused) ? null : resolved;
        if (operation.ConstantValue is { HasValue: true, Value: var constant } && operation.Type is not null && TryConstant(operation.Type, constant) is { } known)
            return known;
        return operation switch
        {
            IParenthesizedOperation parenthesized => Parse(parenthesized.Operand),
            IParameterReferenceOperation reference => ParseParameter(reference),
            ILocalReferenceOperation reference => ParseLocal(reference),
            IPropertyReferenceOperation reference => ParseProperty(reference),
            IFieldReferenceOperation reference => ParseField(reference),
            IConversionOperation conversion => ParseConversion(conversion),
            IUnaryOperation unary => ParseUnary(unary),
            IBinaryOperation binary => ParseBinary(binary),
            ITupleBinaryOperation tuples => ParseTupleEquality(tuples),
            IConditionalOperation conditional => ParseConditional(conditional),
            ICoalesceOperation coalesce => ParseCoalesce(coalesce),
            IConditionalAccessOperation access => ParseConditionalAccess(access),
            IConditionalAccessInstanceOperation => _receivers.Peek(),
            IDefaultValueOperation @default => ParseDefault(@default),
            IInvocationOperation invocation => ParseInvocation(invocation),
            IObjectCreationOperation creation => ParseCreation(creation),
            IAnonymousObjectCreationOperation creation => ParseAnonymous(creation),
            ITupleOperation tuple => ParseTuple(tuple),
            IWithOperation with => ParseWith(with),
            IIsPatternOperation pattern => ParseIsPattern(pattern),
            IIsTypeOperation test => ParseIsType(test),
            ISwitchExpressionOperation @switch => ParseSwitch(@switch),
            IInterpolatedStringOperation interpolated => ParseInterpolation(interpolated),
            IImplicitIndexerReferenceOperation index => ParseImplicitIndexer(index),
            IArrayElementReferenceOperation element => ParseArrayElement(element),
            IInstanceReferenceOperation instance => InstanceReference(instance),
            IThrowOperation => Unsupported(operation, "throw", "Let the row through and declare what must hold with Expect(…), or filter it."),
            IAssignmentOperation or IIncrementOrDecrementOperation =>
                Unsupported(operation, "an assignment", "An expression computes a value and changes nothing."),
            IAnonymousFunctionOperation or IDelegateCreationOperation => Unsupported(operation, "a lambda here", "Only Any and All over a list take one."),
            IAwaitOperation => Unsupported(operation, "await", "Look values up in a Table<T> with Join."),
            IArrayCreationOperation or ICollectionExpressionOperation => ParseCollection(operation),
            ITypeOfOperation => Unsupported(operation, "typeof", "There are no types at run time to ask about."),
            _ => Unsupported(operation, Describe(operation), "Move it into a static method of your own, which is then called for each row."),
        };
    }

    // Both are read, so that the problems of both are reported.
    private bool ParseBoth(IOperation first, IOperation second, out ExprSpec left, out ExprSpec right)
    {
        ExprSpec? one = Parse(first);
        ExprSpec? other = Parse(second);
        left = one ?? False;
        right = other ?? False;
        return one is not null && other is not null;
    }

    private ExprSpec? ParseParameter(IParameterReferenceOperation reference)
    {
        if (_names.TryGetValue(reference.Parameter, out ExprSpec? named))
            return named;
        switch (scope.Bind(reference.Parameter))
        {
            case RowBinding { Row: var row, Input: var input }:
                return RowOf(input, row);
            case ValueBinding { Value: var value }:
                return value;
            default:
                return Report(ExpressionDiagnostics.Captured, reference, reference.Parameter.Name);
        }
    }

    private ExprSpec? ParseLocal(ILocalReferenceOperation reference)
    {
        if (_names.TryGetValue(reference.Local, out ExprSpec? named))
            return named;

        // One that the lambda declares itself, by out, is no capture: what declares it is reported at its own place.
        return IsOwn(reference) ? null : Report(ExpressionDiagnostics.Captured, reference, reference.Local.Name);
    }

    private static bool IsOwn(ILocalReferenceOperation reference)
    {
        for (IOperation? around = reference.Parent; around is not null; around = around.Parent)
        {
            if (around is IAnonymousFunctionOperation lambda)
                return reference.Local.DeclaringSyntaxReferences.Any(declared => lambda.Syntax.SyntaxTree == declared.SyntaxTree && lambda.Syntax.Span.Contains(declared.Span));
        }

        return false;
    }

    // A row that may be missing stays whole until its null is tested; any other is the sum of its columns.
    private static ExprSpec RowOf(int input, RowSpec row)
    {
        if (row.Type.Nullable && !row.IsScalar)
            return new MissingRow(new RowExpr(row.Type, input), row);
        return RowValue(input, row);
    }

    private static ExprSpec RowValue(int input, RowSpec row)
    {
        if (row.IsScalar)
            return new ColumnExpr(row.Columns[0].Type, input, 0, row.Columns[0].Name);
        return new NewRowExpr(
            row.Type.AsNullable(false),
            row.Columns.Select((column, ordinal) => (ExprSpec)new ColumnExpr(column.Type, input, ordinal, column.Name)).ToEquatable());
    }

    private int NextLocal() => _nextLocal++;

    // Evaluates a value once for several uses. What is cheap and pure is repeated, which keeps columns visible to the planner.
    private ExprSpec Let(ExprSpec value, Func<ExprSpec, ExprSpec> body)
    {
        if (IsRepeatable(value))
            return body(value);
        if (value is NewRowExpr row)
            return LetMembers(row, 0, [], body);
        LocalExpr local = new(value.Type, NextLocal());
        ExprSpec inner = body(local);
        return WrapLet(local, value, inner);
    }

    private ExprSpec LetMembers(NewRowExpr row, int member, List<ExprSpec> values, Func<ExprSpec, ExprSpec> body)
    {
        if (member == row.Values.Count)
            return body(row with { Values = values.ToEquatable() });
        return Let(row.Values[member], value =>
        {
            values.Add(value);
            return LetMembers(row, member + 1, values, body);
        });
    }

    // A row under construction comes out of a Let with its members inside, so that they can be taken.
    private static ExprSpec WrapLet(LocalExpr local, ExprSpec value, ExprSpec body) =>
        body is NewRowExpr row && row.Values.Count > 0
            ? row with { Values = row.Values.Select(member => Mentions(member, local.Id) ? new LetExpr(member.Type, local.Id, value, member) : member).ToEquatable() }
            : new LetExpr(body.Type, local.Id, value, body);

    private static bool IsRepeatable(ExprSpec value) => value switch
    {
        ColumnExpr or LocalExpr or ConstantExpr or ParameterExpr or BatchExpr or MissingRow or RowExpr => true,
        MemberExpr member => IsRepeatable(member.Target),
        UnwrapExpr unwrap => IsRepeatable(unwrap.Operand),
        NewRowExpr row => row.Values.All(IsRepeatable),
        _ => false,
    };

    private static bool Mentions(ExprSpec expression, int local) => expression.Nodes().Any(part => part is LocalExpr name && name.Id == local);

    private ExprSpec? Unsupported(IOperation operation, string construct, string wayOut) =>
        Report(ExpressionDiagnostics.NotSupported, operation, construct, wayOut);

    private ExprSpec? Report(string id, IOperation operation, params string[] arguments)
    {
        scope.Report(id, operation.Syntax.GetLocation(), arguments);
        return null;
    }

    private static string Describe(IOperation operation) => operation.Kind == OperationKind.Invalid
        ? "an expression that does not compile"
        : $"“{Shorten(operation.Syntax.ToString())}”";

    private static string Shorten(string text)
    {
        string line = text.Split('\n')[0].Trim();
        return line.Length <= 60 ? line : line.Substring(0, 59) + "…";
    }
}
