using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// From the compiler's types to <see cref="TypeSpec"/> and <see cref="RowSpec"/>. Nullability is what the type says: <c>T?</c>, and
/// for references also a type from code without nullable annotations, where null cannot be told from not null.
/// </summary>
internal static class TypeReader
{
    private static readonly SymbolDisplayFormat Qualified = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>The type of a field or a value; null if no column, row or char can hold it.</summary>
    public static TypeSpec? Read(ITypeSymbol type) => Read(type, out _);

    /// <summary>The type of a field or a value; null, and why, if no column, row or char can hold it.</summary>
    public static TypeSpec? Read(ITypeSymbol type, out string? problem)
    {
        problem = null;
        return Read(type, null, ImmutableStack<ITypeSymbol>.Empty, ref problem);
    }

    /// <summary>The type of a positional parameter of a record, with its <c>[Precision]</c>.</summary>
    public static TypeSpec? ReadParameter(IParameterSymbol parameter, out string? problem)
    {
        problem = null;
        return Read(parameter.Type, PrecisionOf(parameter), ImmutableStack<ITypeSymbol>.Empty.Push(parameter.ContainingType), ref problem);
    }

    /// <summary>Any other type, which only the user's own methods take and give.</summary>
    public static TypeSpec Opaque(ITypeSymbol type) =>
        new(ValueKind.Opaque, default, Name(type), IsNullable(type)) { IsValueType = type.IsValueType };

    /// <summary>The columns of a row: a [StreamRecord] record, an anonymous type, a tuple, a window, or a field type as one column <c>value</c>.</summary>
    public static RowSpec? ReadRow(ITypeSymbol type) => ReadRow(type, out _);

    /// <summary>The columns of a row; null, and why, if the type is none.</summary>
    public static RowSpec? ReadRow(ITypeSymbol type, out string? problem)
    {
        TypeSpec? spec = Read(type, out problem);
        switch (spec)
        {
            case null:
                return null;
            case { Value: ValueKind.Field, Field: FieldKind.Record }:
            {
                List<ColumnSpec> columns = [];
                INamedTypeSymbol record = (INamedTypeSymbol)Underlying(type);
                foreach (IParameterSymbol parameter in PositionalParameters(record)!)
                {
                    columns.Add(new ColumnSpec(parameter.Name, spec.Members[columns.Count].Type)
                    {
                        IsEventTime = FindAttribute(parameter, "EventTimeAttribute") is not null,
                        Cardinality = FindAttribute(parameter, "CardinalityAttribute")?.ConstructorArguments is [{ Value: long values }] ? values : 0,
                    });
                }

                return new RowSpec(spec, columns.ToEquatable());
            }

            case { Value: ValueKind.Row } or { Value: ValueKind.Field, Field: FieldKind.Window }:
                return new RowSpec(spec, spec.Members.Select(member => new ColumnSpec(member.Name, member.Type)).ToEquatable());
            case { Value: ValueKind.Field }:
                return new RowSpec(spec, EquatableArray.Of(new ColumnSpec("value", spec)));
            default:
                problem = $"{type.ToDisplayString()} is not a row";
                return null;
        }
    }

    /// <summary>Whether the type is a record marked [StreamRecord]. In metadata nothing tells a record struct from another struct; what bears the mark there has been built as a record.</summary>
    public static bool IsStreamRecord(ITypeSymbol type) =>
        type is INamedTypeSymbol named && (named.IsRecord || named is { IsValueType: true, DeclaringSyntaxReferences.IsEmpty: true }) && IsMarked(named);

    /// <summary>Whether a type bears the attribute [StreamRecord], which may be wrong there.</summary>
    public static bool IsMarked(ITypeSymbol type) => type.GetAttributes().Any(attribute => IsTyped(attribute.AttributeClass, "StreamRecordAttribute"));

    /// <summary>The parameters of a record's primary constructor; null if it has none.</summary>
    public static ImmutableArray<IParameterSymbol>? PositionalParameters(INamedTypeSymbol record)
    {
        IMethodSymbol? primary = null;
        foreach (IMethodSymbol constructor in record.InstanceConstructors)
        {
            // In source the primary constructor is declared by the type itself; in metadata its parameters are all
            // properties, and the longest such constructor is taken.
            bool isPrimary = constructor.DeclaringSyntaxReferences.IsEmpty
                ? !constructor.IsImplicitlyDeclared || record.DeclaringSyntaxReferences.IsEmpty
                : constructor.DeclaringSyntaxReferences[0].GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax;
            if (isPrimary
                && constructor.Parameters.Length > (primary?.Parameters.Length ?? 0)
                && constructor.Parameters.All(parameter => PropertyOf(parameter) is not null))
            {
                primary = constructor;
            }
        }

        return primary?.Parameters;
    }

    /// <summary>Whether a field or a parameter has no name yet, or no type that there is: the compiler says so, and nothing more can be said.</summary>
    public static bool IsUnfinished(IParameterSymbol parameter) => !Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier(parameter.Name) || IsMissing(parameter.Type);

    /// <summary>Whether a type, or one that it is made of, is not there.</summary>
    public static bool IsMissing(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Error } => true,
        IArrayTypeSymbol array => IsMissing(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(IsMissing),
        _ => false,
    };

    /// <summary>Whether a type is a record some of whose fields are unfinished.</summary>
    public static bool IsUnfinished(ITypeSymbol type) =>
        IsMissing(type) || (Underlying(type) is INamedTypeSymbol { IsRecord: true, DeclaringSyntaxReferences.IsEmpty: false } record && (PositionalParameters(record)?.Any(IsUnfinished) ?? false));

    /// <summary>Whether a type is one of namespace Typed.</summary>
    public static bool IsTyped(ITypeSymbol? type) => type is { ContainingNamespace: { Name: "Typed", ContainingNamespace.IsGlobalNamespace: true } };

    /// <summary>Whether a type is that of namespace Typed with a name.</summary>
    public static bool IsTyped(ITypeSymbol? type, string name) => type?.Name == name && IsTyped(type);

    /// <summary>An attribute of namespace Typed on a positional parameter or on the property it makes.</summary>
    public static AttributeData? FindAttribute(IParameterSymbol parameter, string name) =>
        parameter.GetAttributes().FirstOrDefault(attribute => IsTyped(attribute.AttributeClass, name))
        ?? PropertyOf(parameter)?.GetAttributes().FirstOrDefault(attribute => IsTyped(attribute.AttributeClass, name));

    /// <summary>The C# text of a type with <c>global::</c> and without a <c>?</c> at its end.</summary>
    public static string Name(ITypeSymbol type) => Underlying(type).WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(Qualified);

    private static bool IsNullable(ITypeSymbol type) =>
        type.IsReferenceType ? type.NullableAnnotation != NullableAnnotation.NotAnnotated : IsNullableValue(type);

    private static bool IsNullableValue(ITypeSymbol type) => type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

    private static ITypeSymbol Underlying(ITypeSymbol type) => IsNullableValue(type) ? ((INamedTypeSymbol)type).TypeArguments[0] : type;

    private static ISymbol? PropertyOf(IParameterSymbol parameter)
    {
        for (INamedTypeSymbol? type = parameter.ContainingType; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(parameter.Name).FirstOrDefault(member => member is IPropertySymbol or IFieldSymbol) is { } found)
                return found;
        }

        return null;
    }

    private static (int Precision, int Scale)? PrecisionOf(IParameterSymbol parameter) =>
        FindAttribute(parameter, "PrecisionAttribute")?.ConstructorArguments is [{ Value: int precision }, { Value: int scale }] ? (precision, scale) : null;

    private static TypeSpec? Read(ITypeSymbol type, (int Precision, int Scale)? precision, ImmutableStack<ITypeSymbol> within, ref string? problem)
    {
        bool nullable = IsNullable(type);
        ITypeSymbol plain = Underlying(type);
        if (plain.TypeKind == TypeKind.Enum)
            return ReadEnum((INamedTypeSymbol)plain, nullable);
        if (SimpleKind(plain) is { } kind)
        {
            TypeSpec simple = TypeSpec.Of(kind, nullable);
            return kind == FieldKind.Decimal && precision is { } digits ? simple with { Precision = digits.Precision, Scale = digits.Scale } : simple;
        }

        if (plain.SpecialType == SpecialType.System_Char)
            return new TypeSpec(ValueKind.Char, default, "char", nullable) { IsValueType = true };
        if (plain is INamedTypeSymbol { IsAnonymousType: true } or INamedTypeSymbol { IsTupleType: true })
            return ReadRowType((INamedTypeSymbol)plain, nullable, within, ref problem);
        if (BinaryName(plain) is { } binary)
            return new TypeSpec(ValueKind.Field, FieldKind.Binary, binary, nullable) { IsValueType = plain.IsValueType };
        if (ElementOf(plain) is { } element)
            return ReadContainer(FieldKind.List, plain, element, nullable, precision, within, ref problem);
        if (ValueOf(plain, ref problem) is { } value)
            return ReadContainer(FieldKind.Map, plain, value, nullable, precision, within, ref problem);
        if (problem is null && IsStreamRecord(plain))
            return ReadRecord((INamedTypeSymbol)plain, nullable, within, ref problem);
        problem ??= plain is INamedTypeSymbol { IsRecord: true }
            ? $"{plain.ToDisplayString()} is a record but is not marked [StreamRecord]"
            : $"{plain.ToDisplayString()} is not a type that a column can hold";
        return null;
    }

    private static TypeSpec ReadEnum(INamedTypeSymbol type, bool nullable) =>
        new(ValueKind.Field, FieldKind.Enum, Name(type), nullable)
        {
            IsValueType = true,
            EnumUnderlying = SimpleKind(type.EnumUnderlyingType!) ?? FieldKind.Int32,
            EnumNames = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue)
                .Select(field => new EnumNameSpec(field.Name, NumberOf(field.ConstantValue!))).ToEquatable(),
        };

    private static long NumberOf(object constant) =>
        constant is ulong large ? unchecked((long)large) : Convert.ToInt64(constant, System.Globalization.CultureInfo.InvariantCulture);

    private static TypeSpec? ReadContainer(
        FieldKind kind, ITypeSymbol type, ITypeSymbol element, bool nullable, (int Precision, int Scale)? precision, ImmutableStack<ITypeSymbol> within, ref string? problem)
    {
        TypeSpec? spec = Read(element, precision, within, ref problem);
        if (spec is null)
            return null;
        if (spec.Value != ValueKind.Field)
        {
            problem = $"{element.ToDisplayString()} is not a type that a list or a map can hold";
            return null;
        }

        return new TypeSpec(ValueKind.Field, kind, Name(type), nullable) { IsValueType = type.IsValueType, Element = spec };
    }

    private static TypeSpec? ReadRowType(INamedTypeSymbol type, bool nullable, ImmutableStack<ITypeSymbol> within, ref string? problem)
    {
        List<MemberSpec> members = [];
        IEnumerable<(string Name, ITypeSymbol Type)> declared = type.IsTupleType
            ? type.TupleElements.Select(element => (element.Name, element.Type))
            : type.GetMembers().OfType<IPropertySymbol>().Select(property => (property.Name, property.Type));
        foreach ((string name, ITypeSymbol memberType) in declared)
        {
            TypeSpec? member = Read(memberType, null, within, ref problem);
            if (member is null)
                return null;
            members.Add(new MemberSpec(name, member));
        }

        return new TypeSpec(ValueKind.Row, default, type.IsAnonymousType ? "" : Name(type), nullable)
        {
            Members = members.ToEquatable(),
            IsValueType = type.IsValueType,
        };
    }

    /// <summary>The number of an [Id]; 0 for none.</summary>
    public static int IdOf(AttributeData? id) => id?.ConstructorArguments is [{ Value: int number }] ? Math.Max(0, number) : 0;

    private static string? DefaultOf(IParameterSymbol parameter, TypeSpec type)
    {
        if (!parameter.HasExplicitDefaultValue)
            return null;
        if (parameter.ExplicitDefaultValue is not { } value)
            return type.Nullable || type.Field is not (FieldKind.Timestamp or FieldKind.Date or FieldKind.Duration or FieldKind.Guid) ? null : "default";
        return value switch
        {
            bool flag => flag ? "true" : "false",
            float real => real.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
            double real => real.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    private static TypeSpec? ReadRecord(INamedTypeSymbol type, bool nullable, ImmutableStack<ITypeSymbol> within, ref string? problem)
    {
        // A record that contains itself has no finite set of columns.
        if (within.Any(outer => SymbolEqualityComparer.Default.Equals(outer, type)))
        {
            problem = $"{type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString()} contains itself, and a row has a fixed set of columns";
            return null;
        }

        if (type.IsGenericType)
        {
            problem = $"{type.ToDisplayString()} is generic, and a record of columns is not";
            return null;
        }

        if (PositionalParameters(type) is not { IsEmpty: false } parameters)
        {
            problem = $"{type.ToDisplayString()} has no positional parameters, which are the fields of a record";
            return null;
        }

        if (parameters.Any(parameter => !Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier(parameter.Name)))
        {
            problem = $"{type.ToDisplayString()} has a field without a name";
            return null;
        }

        within = within.Push(type);
        List<MemberSpec> members = [];
        foreach (IParameterSymbol parameter in parameters)
        {
            TypeSpec? member = Read(parameter.Type, PrecisionOf(parameter), within, ref problem);
            if (member is not { Value: ValueKind.Field })
            {
                problem ??= $"{parameter.Type.ToDisplayString()} is not a type that a column can hold";
                return null;
            }

            members.Add(new MemberSpec(parameter.Name, member) { Id = IdOf(FindAttribute(parameter, "IdAttribute")), Default = DefaultOf(parameter, member) });
        }

        return new TypeSpec(ValueKind.Field, FieldKind.Record, Name(type), nullable) { Members = members.ToEquatable(), IsValueType = type.IsValueType };
    }

    private static FieldKind? SimpleKind(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => FieldKind.Boolean,
        SpecialType.System_SByte => FieldKind.SByte,
        SpecialType.System_Byte => FieldKind.Byte,
        SpecialType.System_Int16 => FieldKind.Int16,
        SpecialType.System_UInt16 => FieldKind.UInt16,
        SpecialType.System_Int32 => FieldKind.Int32,
        SpecialType.System_UInt32 => FieldKind.UInt32,
        SpecialType.System_Int64 => FieldKind.Int64,
        SpecialType.System_UInt64 => FieldKind.UInt64,
        SpecialType.System_Single => FieldKind.Float,
        SpecialType.System_Double => FieldKind.Double,
        SpecialType.System_Decimal => FieldKind.Decimal,
        SpecialType.System_String => FieldKind.String,
        _ when IsTyped(type, "TimeWindow") => FieldKind.Window,
        _ => QualifiedMetadataName(type) switch
        {
            "System.DateTimeOffset" => FieldKind.Timestamp,
            "System.DateOnly" => FieldKind.Date,
            "System.TimeSpan" => FieldKind.Duration,
            "System.Guid" => FieldKind.Guid,
            _ => null,
        },
    };

    private static string? BinaryName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { IsSZArray: true, ElementType.SpecialType: SpecialType.System_Byte } => "byte[]",
        INamedTypeSymbol { TypeArguments: [{ SpecialType: SpecialType.System_Byte }] } when QualifiedMetadataName(type) == "System.ReadOnlyMemory`1" =>
            "global::System.ReadOnlyMemory<byte>",
        _ => null,
    };

    private static ITypeSymbol? ElementOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { IsSZArray: true } array => array.ElementType,
        INamedTypeSymbol { TypeArguments: [var element] } => QualifiedMetadataName(type) switch
        {
            "System.Collections.Generic.List`1" or "System.Collections.Generic.IReadOnlyList`1" or "System.Collections.Generic.IEnumerable`1"
                or "System.Collections.Generic.IReadOnlyCollection`1" or "System.Collections.Generic.IList`1"
                or "System.Collections.Generic.ICollection`1" or "System.Collections.Immutable.ImmutableArray`1" => element,
            _ => null,
        },
        _ => null,
    };

    private static ITypeSymbol? ValueOf(ITypeSymbol type, ref string? problem)
    {
        if (type is not INamedTypeSymbol { TypeArguments: [var key, var value] })
            return null;
        bool isMap = IsTyped(type, "Map") || QualifiedMetadataName(type) is "System.Collections.Generic.Dictionary`2"
            or "System.Collections.Generic.IReadOnlyDictionary`2" or "System.Collections.Generic.IDictionary`2";
        if (!isMap)
            return null;
        if (key.SpecialType == SpecialType.System_String && key.NullableAnnotation != NullableAnnotation.Annotated)
            return value;
        problem = $"{type.ToDisplayString()} is a map whose keys are not strings";
        return null;
    }

    private static string QualifiedMetadataName(ITypeSymbol type) =>
        type.ContainingType is null && type.ContainingNamespace is { IsGlobalNamespace: false } space
            ? space.ToDisplayString() + "." + type.MetadataName
            : type.MetadataName;
}
