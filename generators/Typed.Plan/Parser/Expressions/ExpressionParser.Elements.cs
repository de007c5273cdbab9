using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private ExprSpec? ParseIndexer(IPropertyReferenceOperation reference, ExprSpec target)
    {
        if (reference.Arguments.Length != 1)
            return Unsupported(reference, Describe(reference), "");
        return Parse(reference.Arguments[0].Value) is { } index ? Element(reference, target, index) : null;
    }

    private ExprSpec? ParseArrayElement(IArrayElementReferenceOperation element)
    {
        if (element.Indices.Length != 1)
            return Unsupported(element, Describe(element), "");
        if (Parse(element.ArrayReference) is not { } target)
            return null;
        if (FromEnd(element.Indices[0]) is { } end)
            return ElementFromEnd(element, target, end);
        return Parse(element.Indices[0]) is { } index ? Element(element, target, index) : null;
    }

    // text[^1], text[1..3], list[^1].
    private ExprSpec? ParseImplicitIndexer(IImplicitIndexerReferenceOperation indexer)
    {
        if (Parse(indexer.Instance) is not { } target)
            return null;
        if (FromEnd(indexer.Argument) is { } end)
            return ElementFromEnd(indexer, target, end);
        if (indexer.Argument is IRangeOperation range && target.Type.Is(FieldKind.String))
            return ParseRange(range, target);
        return Unsupported(indexer, "this index or range", "Ranges are taken of strings: text[1..3].");
    }

    private ExprSpec? ParseRange(IRangeOperation range, ExprSpec text)
    {
        bool refused = false;
        ExprSpec result = Let(text, subject =>
        {
            ExprSpec length = new MemberExpr(Int, subject, "Length");
            ExprSpec? start = range.LeftOperand is null ? Number(0) : Bound(range.LeftOperand, length);
            ExprSpec? end = range.RightOperand is null ? length : Bound(range.RightOperand, length);
            if (start is null || end is null)
            {
                refused = true;
                return subject;
            }

            return Let(start, from => new CallExpr(
                Text, "string.Substring", EquatableArray.Of(subject, from, new BinaryExpr(Int, "-", end, from, false))) { IsInstance = true });
        });
        return refused ? null : result;
    }

    private ExprSpec? Bound(IOperation operand, ExprSpec length)
    {
        if (FromEnd(operand) is { } end)
            return Parse(end) is { } distance ? new BinaryExpr(Int, "-", length, distance, false) : null;
        while (operand is IConversionOperation { Type.Name: "Index" } conversion)
            operand = conversion.Operand;
        return operand.Type?.SpecialType == SpecialType.System_Int32 ? Parse(operand) : Unsupported(operand, "an Index value", "Write a number or ^number.");
    }

    private ExprSpec? ElementFromEnd(IOperation place, ExprSpec target, IOperation distance)
    {
        if (Parse(distance) is not { } back)
            return null;
        bool refused = false;
        ExprSpec result = Let(target, subject =>
        {
            ExprSpec length = new MemberExpr(Int, subject, subject.Type.Is(FieldKind.String) ? "Length" : "Count");
            ExprSpec? element = Element(place, subject, new BinaryExpr(Int, "-", length, back, false));
            refused = element is null;
            return element ?? subject;
        });
        return refused ? null : result;
    }

    private static IOperation? FromEnd(IOperation operand)
    {
        while (operand is IConversionOperation conversion)
            operand = conversion.Operand;
        return operand is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } hat ? hat.Operand : null;
    }

    private ExprSpec? Element(IOperation place, ExprSpec target, ExprSpec index)
    {
        // Split("…")[2] makes only the part that is asked for.
        if (target is CallExpr { Method: "string.Split" } split)
            return new CallExpr(Text, "string.SplitAt", split.Arguments.Append(index).ToEquatable());
        TypeSpec? type = target.Type switch
        {
            { Value: ValueKind.Field, Field: FieldKind.String } => new TypeSpec(ValueKind.Char, default, "char", false) { IsValueType = true },
            { Value: ValueKind.Field, Field: FieldKind.List or FieldKind.Map } => target.Type.Element,
            { Value: ValueKind.Field, Field: FieldKind.Binary } => TypeSpec.Of(FieldKind.Byte),
            _ => null,
        };
        return type is null ? Unsupported(place, Describe(place), "Lists, maps and strings have elements.") : new ElementExpr(type, target, index);
    }

    private ExprSpec? ParseSplit(IInvocationOperation invocation)
    {
        List<IOperation> operands = InOrder(invocation).ToList();
        operands.RemoveAll(operand => operand.Type is { Name: "StringSplitOptions" } && operand.ConstantValue is { HasValue: true, Value: 0 });
        bool isSimple = operands.Count == 2;
        IOperation? separator = isSimple ? operands[1] : null;

        // A single char is passed in an array by the compiler.
        if (separator is IArrayCreationOperation { Initializer.ElementValues: [var only] })
            separator = only;
        if (separator?.Type?.SpecialType is not (SpecialType.System_Char or SpecialType.System_String))
            return Unsupported(invocation, "Split other than by one separator", "Split by one char or string and trim the parts.");
        if (!ParseBoth(operands[0], separator, out ExprSpec text, out ExprSpec by))
            return null;
        TypeSpec list = new(ValueKind.Field, FieldKind.List, "string[]", false) { Element = Text };
        return new CallExpr(list, "string.Split", EquatableArray.Of(text, by)) { IsInstance = true };
    }

    // Any, All, Contains, Count of lists; ContainsKey and GetValueOrDefault of maps. False if it is none of these.
    private bool ParseListCall(IInvocationOperation invocation, out ExprSpec? result)
    {
        result = null;
        IMethodSymbol method = invocation.TargetMethod;
        if (method.Name is not ("Any" or "All" or "Contains" or "Count" or "First" or "Last" or "ContainsKey" or "GetValueOrDefault" or "ElementAt"))
            return false;
        if (IsUsers(method.ContainingType) && !IsTyped(method.ContainingType, method.ContainingType.Name))
            return false;
        List<IOperation> operands = InOrder(invocation).ToList();
        operands[0] = Collection(operands[0]);
        if (method.Name == "Contains" && Elements(operands[0]) is { } elements && operands.Count == 2)
        {
            result = ParseOneOf(invocation, elements, operands[1]);
            return true;
        }

        if (operands[0].Type is not { } type || TypeReader.Read(type) is not { Value: ValueKind.Field, Field: FieldKind.List or FieldKind.Map } spec)
            return false;
        result = Parse(operands[0]) is not { } target ? null : (method.Name, operands.Count) switch
        {
            ("Any", 1) => new BinaryExpr(Bool, ">", new MemberExpr(Int, target, "Count"), Number(0), false),
            ("Count", 1) => new MemberExpr(Int, target, "Count"),
            ("Any" or "All", 2) when spec.Is(FieldKind.List) => ParseAnyAll(operands[1], target, method.Name == "All"),
            ("Contains", 2) when spec.Is(FieldKind.List) => ParseContains(invocation, operands[1], target),
            ("First", 1) when spec.Is(FieldKind.List) => Element(invocation, target, Number(0)),
            ("Last", 1) when spec.Is(FieldKind.List) =>
                Let(target, list => Element(invocation, list, new BinaryExpr(Int, "-", new MemberExpr(Int, list, "Count"), Number(1), false))!),
            ("ElementAt", 2) when spec.Is(FieldKind.List) => Parse(operands[1]) is { } index ? Element(invocation, target, index) : null,
            ("ContainsKey", 2) => ParseMapCall(operands, target, "map.ContainsKey", Bool),
            ("GetValueOrDefault", 2) => ParseMapCall(operands, target, "map.GetValueOrDefault", DefaultOf(target.Type.Element!)),
            ("GetValueOrDefault", 3) => ParseMapCall(operands, target, "map.GetValueOrDefault", target.Type.Element!),
            _ => Unsupported(invocation, $"{method.Name} in this form", "Call it in a static method of your own, which is then called for each row."),
        };
        return true;
    }

    // Without a default, a missing number is 0 and a missing string null, as C# has it.
    private static TypeSpec DefaultOf(TypeSpec value) => value.IsValueType ? value : value.AsNullable();

    private CallExpr? ParseMapCall(List<IOperation> operands, ExprSpec target, string name, TypeSpec type) =>
        ParseAll(operands.Skip(1)) is { } values ? new CallExpr(type, name, values.Prepend(target).ToEquatable()) : null;

    private ExprSpec? ParseAnyAll(IOperation function, ExprSpec list, bool all)
    {
        if (FunctionOf(function) is not { Parameters: [var parameter] } || list.Type.Element is not { } element)
            return Unsupported(function, "this function", "Write a lambda of one parameter.");
        LocalExpr local = new(element, NextLocal());
        _names[parameter] = local;
        return ParseInner(function) is { } predicate ? new AnyAllExpr(Bool, all, list, local.Id, predicate) : null;

        ExprSpec? ParseInner(IOperation given) =>
            given is IDelegateCreationOperation { Target: IMethodReferenceOperation { Method.IsStatic: true } group } ? UserCall(group, group.Method, [local]) : ParseLambda(given);
    }

    private ExprSpec? ParseContains(IOperation place, IOperation value, ExprSpec list)
    {
        if (Parse(value) is not { } wanted)
            return null;
        if (list.Type.Element is not { } element)
            return Unsupported(place, "Contains here", "Contains is asked of a list.");
        bool refused = false;
        ExprSpec result = Let(wanted, subject =>
        {
            LocalExpr local = new(element, NextLocal());
            ExprSpec? equal = EqualValues(place, local, subject);
            refused = equal is null;
            return equal is null ? subject : new AnyAllExpr(Bool, false, list, local.Id, equal);
        });
        return refused ? null : result;
    }

    // new[] { "a", "b" }.Contains(value) is a test of one value after the other.
    private ExprSpec? ParseOneOf(IOperation place, IReadOnlyList<IOperation> elements, IOperation value)
    {
        if (Parse(value) is not { } wanted || ParseAll(elements) is not { } values)
            return null;
        bool refused = false;
        ExprSpec result = Let(wanted, subject =>
        {
            ExprSpec? any = null;
            foreach (ExprSpec element in values)
            {
                ExprSpec? equal = EqualValues(place, subject, element);
                refused |= equal is null;
                any = any is null || equal is null ? equal : new BinaryExpr(Bool, "||", any, equal, false);
            }

            return any ?? False;
        });
        return refused ? null : result;
    }

    // A list behind the conversions that the compiler adds: to an interface, to a span.
    private static IOperation Collection(IOperation operation)
    {
        while (operation is IConversionOperation { IsImplicit: true } conversion)
            operation = conversion.Operand;
        return operation;
    }

    private static IReadOnlyList<IOperation>? Elements(IOperation operation) => operation switch
    {
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection when collection.Elements.All(element => element is not ISpreadOperation) => collection.Elements,
        _ => null,
    };
}
