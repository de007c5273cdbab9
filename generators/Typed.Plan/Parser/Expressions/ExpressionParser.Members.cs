using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private ExprSpec? ParseProperty(IPropertyReferenceOperation reference)
    {
        IPropertySymbol property = reference.Property;
        if (property.IsStatic)
            return ParseStaticProperty(reference);
        if (reference.Instance is null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance })
        {
            return scope.Parameter(property) is { } parameter
                ? parameter
                : Report(ExpressionDiagnostics.Mutable, reference, property.Name, "Make it a { get; init; } property of the pipeline, which is read once at start.");
        }

        if (IsMatchMember(property))
            return ParseMatchMember(reference);
        if (Parse(reference.Instance) is not { } target)
            return null;
        if (property.IsIndexer)
            return ParseIndexer(reference, target);
        if (property.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return ParseNullableMember(target, property.Name);
        return ParseMember(reference, target, property.Name, property.ContainingType, property.Type);
    }

    private ExprSpec? ParseField(IFieldReferenceOperation reference)
    {
        IFieldSymbol field = reference.Field;
        if (field.IsStatic)
            return ParseStaticField(reference);
        if (reference.Instance is null or IInstanceReferenceOperation)
            return Report(ExpressionDiagnostics.Mutable, reference, field.Name, "Make it a { get; init; } property of the pipeline, which is read once at start.");
        if (Parse(reference.Instance) is not { } target)
            return null;
        if (field.ContainingType.IsTupleType)
        {
            IFieldSymbol plain = field.CorrespondingTupleField ?? field;
            int place = field.ContainingType.TupleElements.ToList().FindIndex(
                element => SymbolEqualityComparer.Default.Equals(element.CorrespondingTupleField ?? element, plain));
            if (place >= 0 && target is not MissingRow)
                return TakeMember(target, place);
        }

        return ParseMember(reference, target, field.Name, field.ContainingType, field.Type);
    }

    private ExprSpec? ParseMember(IOperation place, ExprSpec target, string name, INamedTypeSymbol owner, ITypeSymbol memberType)
    {
        // On a class that may be missing, C# throws where the row is; the columns of the row are null there.
        if (target is MissingRow missing)
            target = missing.Present();
        int member = IndexOf(target.Type, name);
        if (member >= 0)
            return TakeMember(target, member);
        if (target.Type.Is(FieldKind.Window) && name == "Time")
            return new MemberExpr(TypeSpec.Of(FieldKind.Timestamp), target, "Time");
        if (Intrinsics.IsListLength(target.Type, name))
            return new MemberExpr(Int, target, "Count");
        if (target.Type.Is(FieldKind.String) && name == "Length")
            return new MemberExpr(Int, target, "Length");
        if (Intrinsics.IsLocalTime(owner, name))
            return Report(ExpressionDiagnostics.NotDeterministic, place, $"{owner.Name}.{name}", "It depends on the time zone of the machine; use UtcDateTime.");
        if (Intrinsics.HasMember(owner, name) && TypeOf(place, memberType) is { } type)
            return new MemberExpr(type, target, name);
        return Report(
            ExpressionDiagnostics.NotSupported, place, $"{owner.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}.{name}",
            "Move it into a static method of your own, which is then called for each row.");
    }

    private static ExprSpec? ParseNullableMember(ExprSpec target, string name)
    {
        if (name == "HasValue")
            return NullTest(target, negate: true);
        if (target is MissingRow missing)
            return missing.PresentOrThrow();
        return target.Type.Nullable ? new MemberExpr(target.Type.AsNullable(false), target, "Value") : target;
    }

    private ExprSpec? ParseStaticProperty(IPropertyReferenceOperation reference)
    {
        IPropertySymbol property = reference.Property;
        INamedTypeSymbol owner = property.ContainingType;
        if (TypeReader.IsTyped(owner, "Batch"))
            return new BatchExpr(SpecOf(property.Type), property.Name);
        if (Intrinsics.WayOutOfClock(owner, property.Name) is { } wayOut)
            return Report(ExpressionDiagnostics.NotDeterministic, reference, $"{owner.Name}.{property.Name}", wayOut);
        if (Intrinsics.HasStaticMember(owner, property.Name))
            return new StaticExpr(SpecOf(property.Type), $"{TypeReader.Name(owner)}.{property.Name}");
        if (property.SetMethod is null && IsUsers(owner) && SpecOf(property.Type) is { Value: ValueKind.Field } type && Intrinsics.IsPlainValue(type))
            return new StaticExpr(type, $"{TypeReader.Name(owner)}.{property.Name}") { IsUsers = true };
        return Report(ExpressionDiagnostics.Mutable, reference, property.Name, "Make it a constant, or a { get; init; } property of the pipeline, which is read once at start.");
    }

    private ExprSpec? ParseStaticField(IFieldReferenceOperation reference)
    {
        IFieldSymbol field = reference.Field;
        TypeSpec type = SpecOf(field.Type);
        bool isFixed = field.IsReadOnly && (Intrinsics.HasStaticMember(field.ContainingType, field.Name) || (IsUsers(field.ContainingType) && Intrinsics.IsPlainValue(type)));
        if (isFixed && type.Is(FieldKind.Duration) && LengthOf(reference) is { } length)
            return Parse(length);
        if (isFixed)
            return new StaticExpr(type, $"{TypeReader.Name(field.ContainingType)}.{field.Name}") { IsUsers = IsUsers(field.ContainingType) };
        return Report(
            ExpressionDiagnostics.Mutable, reference, field.Name,
            field.IsReadOnly
                ? "Only fields of plain values can be read here. Call a static method of your own that uses it."
                : "Make it a constant, or a { get; init; } property of the pipeline, which is read once at start.");
    }

    // A length of time that is written where the field is declared is known here, as if it stood in the lambda: a bound of a join, say.
    private static IOperation? LengthOf(IFieldReferenceOperation reference)
    {
        if (reference.Field.ContainingType.StaticConstructors.Any(constructor => !constructor.IsImplicitlyDeclared)
            || reference.Field.DeclaringSyntaxReferences is not [var declared] || declared.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: var value }
            || reference.SemanticModel?.Compilation is not { } compilation || !compilation.ContainsSyntaxTree(declared.SyntaxTree))
        {
            return null;
        }

        IOperation? length = compilation.GetSemanticModel(declared.SyntaxTree).GetOperation(value);
        (ISymbol? maker, IEnumerable<IArgumentOperation> arguments) = length switch
        {
            IInvocationOperation call => ((ISymbol)call.TargetMethod, call.Arguments),
            IObjectCreationOperation made => (made.Constructor, made.Arguments),
            _ => (null, []),
        };
        bool isLength = maker is { ContainingType: { } owner } && (TypeReader.IsTyped(owner, "Durations") || owner.ToDisplayString() == "System.TimeSpan");
        return isLength && arguments.All(argument => argument.Value.ConstantValue.HasValue) && maker!.Name is not ("Parse" or "ParseExact") ? length : null;
    }

    private ExprSpec? InstanceReference(IInstanceReferenceOperation instance) =>
        instance.ReferenceKind == InstanceReferenceKind.PatternInput && _receivers.Count > 0
            ? _receivers.Peek()
            : Report(ExpressionDiagnostics.Mutable, instance, "this", "Read a { get; init; } property of the pipeline, or call a static method.");

    private static int IndexOf(TypeSpec type, string name)
    {
        for (int i = 0; i < type.Members.Count; i++)
        {
            if (type.Members[i].Name == name)
                return i;
        }

        return -1;
    }

    private static ExprSpec TakeMember(ExprSpec target, int member) => target switch
    {
        NewRowExpr row => row.Values[member],
        LetExpr { Body: NewRowExpr row } let => let with { Type = row.Values[member].Type, Body = row.Values[member] },
        _ => new MemberExpr(target.Type.Members[member].Type, target, target.Type.Members[member].Name),
    };

    // The user's own code, as opposed to that of .NET and of this library.
    private bool IsUsers(INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
        || !(type.ContainingAssembly.Name is "Typed" or "mscorlib" or "netstandard" || type.ContainingAssembly.Name.StartsWith("System", StringComparison.Ordinal));
}
