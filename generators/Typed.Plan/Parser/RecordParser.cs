using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// From a type marked [StreamRecord] to its <see cref="RecordSpec"/>. Where something is wrong with it there are problems, each
/// with its place, and no spec.
/// </summary>
internal sealed class RecordParser
{
    private const string NoInstant = "a DateTime does not say in which time zone it is; write DateTimeOffset";

    private readonly INamedTypeSymbol _record;
    private readonly ImmutableArray<Diagnostic>.Builder _problems = ImmutableArray.CreateBuilder<Diagnostic>();

    private RecordParser(INamedTypeSymbol record) => _record = record;

    /// <summary>The spec, or null and the problems.</summary>
    public static RecordSpec? Parse(INamedTypeSymbol record, out ImmutableArray<Diagnostic> problems)
    {
        RecordParser parser = new(record);
        RecordSpec? spec = parser.Parse();
        problems = parser._problems.ToImmutable();
        return problems.IsEmpty ? spec : null;
    }

    private RecordSpec? Parse()
    {
        // What is no type that may bear the attribute is the compiler's to report.
        if (!DeclarationReader.IsNamed(_record) || _record.TypeKind is not (TypeKind.Class or TypeKind.Struct))
            return null;
        if (!_record.IsRecord)
            return Refuse(RecordDiagnostics.NotRecord, _record, _record.Name);
        if (_record.IsAbstract)
            return Refuse(RecordDiagnostics.Abstract, _record, _record.Name);
        if (TypeReader.PositionalParameters(_record) is not { IsEmpty: false } parameters)
            return Refuse(RecordDiagnostics.NoFields, _record, _record.Name);
        DeclarationSpec declaration = ReadDeclaration();

        // The fields of a generic record may have its parameters for types, which is the same mistake. A field that has no name or no type yet is the compiler's to report.
        if (_problems.Any(problem => problem.Id == RecordDiagnostics.Generic.Id) || parameters.Any(parameter => TypeReader.IsUnfinished(parameter)))
            return null;
        List<RecordFieldSpec> fields = [];
        foreach (IParameterSymbol parameter in parameters)
        {
            if (ReadField(parameter) is { } field)
                fields.Add(field);
        }

        CheckMarks(parameters);
        CheckState(parameters);
        if (_problems.Count == 0)
            CheckNames(fields, parameters);
        return new RecordSpec(TypeReader.Name(_record), fields.ToEquatable()) { Declaration = declaration, Name = _record.Name };
    }

    /// <summary>The headers to write again, from outside in; every one of the types has to be partial.</summary>
    private DeclarationSpec ReadDeclaration()
    {
        List<string> headers = [];
        for (INamedTypeSymbol? type = _record; type is not null; type = type.ContainingType)
        {
            if (type.IsGenericType && type.TypeParameters.Length > 0)
                Refuse(RecordDiagnostics.Generic, _record, _record.Name);
            if (type.IsFileLocal)
                Refuse(RecordDiagnostics.FileLocal, _record, _record.Name);
            if (!DeclarationReader.IsPartial(type, CancellationToken.None))
                Refuse(RecordDiagnostics.NotPartial, type, type.Name, _record.Name);
            headers.Insert(0, $"partial {Keyword(type)} {CSharpName.Escape(type.Name)}");
        }

        return new DeclarationSpec(_record.ContainingNamespace.IsGlobalNamespace ? "" : EscapedNamespace(_record.ContainingNamespace), headers.ToEquatable());
    }

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { IsRecord: true, IsValueType: true } => "record struct",
        { IsRecord: true } => "record",
        { TypeKind: TypeKind.Struct, IsRefLikeType: true } => "ref struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { TypeKind: TypeKind.Interface } => "interface",
        _ => "class",
    };

    private static string EscapedNamespace(INamespaceSymbol space) =>
        space.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat).Replace("global::", "");

    private RecordFieldSpec? ReadField(IParameterSymbol parameter)
    {
        TypeSpec? type = TypeReader.ReadParameter(parameter, out string? problem);
        if (type is not { Value: ValueKind.Field } && Has(parameter, "EventTimeAttribute"))
            return null; // CheckMarks says what an event time is.
        if (type is not { Value: ValueKind.Field })
        {
            Refuse(RecordDiagnostics.FieldType, parameter, parameter.Name, IsDateTime(parameter.Type) ? NoInstant : problem ?? $"{parameter.Type.ToDisplayString()} is not a type that a column can hold");
            return null;
        }

        CheckPrecision(parameter, type);
        CheckCardinality(parameter, type);
        if (Argument(parameter, "IdAttribute") is int id and < 1)
            Refuse(RecordDiagnostics.Id, parameter, parameter.Name, id);
        bool rescued = Has(parameter, "RescuedDataAttribute");
        bool corrupt = Has(parameter, "CorruptRecordAttribute");
        if ((rescued || corrupt) && !(type.Is(FieldKind.String) && type.Nullable))
            Refuse(RecordDiagnostics.RawTextType, parameter, parameter.Name, rescued ? "RescuedData" : "CorruptRecord", parameter.Type.ToDisplayString());
        return new RecordFieldSpec(parameter.Name, type)
        {
            JsonName = Argument(parameter, "JsonNameAttribute") as string,
            Id = Argument(parameter, "IdAttribute") as int? ?? 0,
            IsEventTime = Has(parameter, "EventTimeAttribute"),
            IsRescuedData = rescued,
            IsCorruptRecord = corrupt,
            FromSource = ReadSource(parameter, type),
        };
    }

    private static bool IsDateTime(ITypeSymbol type) => type.SpecialType == SpecialType.System_DateTime || (type is INamedTypeSymbol { TypeArguments: [var of] } && IsDateTime(of));

    private void CheckPrecision(IParameterSymbol parameter, TypeSpec type)
    {
        if (TypeReader.FindAttribute(parameter, "PrecisionAttribute")?.ConstructorArguments is not [{ Value: int precision }, { Value: int scale }])
            return;
        while (type.Element is { } element)
            type = element;
        string? wrong =
            !type.Is(FieldKind.Decimal) ? "the field is not a decimal"
            : precision is < 1 or > 38 ? "the number of digits is 1 to 38"
            : scale < 0 || scale > precision ? "the digits after the point are 0 to the number of digits"
            : scale > 28 ? "a C# decimal has at most 28 digits after the point"
            : null;
        if (wrong is not null)
            Refuse(RecordDiagnostics.Precision, parameter, parameter.Name, precision, scale, wrong);
    }

    private void CheckCardinality(IParameterSymbol parameter, TypeSpec type)
    {
        if (Argument(parameter, "CardinalityAttribute") is not long values)
            return;
        string? wrong = values < 1 ? "a field has at least one value"
            : !HintedTypes.CanCount(type) ? $"a field of type {parameter.Type.ToDisplayString()} is no key, and what is kept goes by keys"
            : null;
        if (wrong is not null)
            Refuse(RecordDiagnostics.Cardinality, parameter, parameter.Name, values, wrong);
    }

    private string? ReadSource(IParameterSymbol parameter, TypeSpec type)
    {
        if (Argument(parameter, "FromSourceAttribute") is not int number)
            return null;
        (string name, FieldKind kind, string csharp) = number switch
        {
            0 => ("Path", FieldKind.String, "string"),
            1 => ("Modified", FieldKind.Timestamp, "DateTimeOffset"),
            2 => ("Line", FieldKind.Int64, "long"),
            _ => ("Offset", FieldKind.Int64, "long"),
        };
        if (!type.Is(kind))
            Refuse(RecordDiagnostics.SourceType, parameter, parameter.Name, name, parameter.Type.ToDisplayString(), csharp);
        return name;
    }

    private void CheckMarks(ImmutableArray<IParameterSymbol> parameters)
    {
        IParameterSymbol[] times = parameters.Where(parameter => Has(parameter, "EventTimeAttribute")).ToArray();
        foreach (IParameterSymbol time in times)
        {
            if (TypeReader.Read(time.Type) is not { Value: ValueKind.Field, Field: FieldKind.Timestamp })
                Refuse(RecordDiagnostics.EventTimeType, time, time.Name, time.Type.ToDisplayString());
        }

        if (times.Length > 1)
            RefuseBoth(RecordDiagnostics.SecondEventTime, times[1], times[0], _record.Name, times[0].Name, times[1].Name);
        foreach (string mark in new[] { "RescuedData", "CorruptRecord" })
        {
            IParameterSymbol[] marked = parameters.Where(parameter => Has(parameter, mark + "Attribute")).ToArray();
            if (marked.Length > 1)
                RefuseBoth(RecordDiagnostics.SecondRawText, marked[1], marked[0], _record.Name, marked[0].Name, marked[1].Name, mark);
        }
    }

    /// <summary>Only positional parameters travel through columns; what is stored beside them would be lost.</summary>
    private void CheckState(ImmutableArray<IParameterSymbol> parameters)
    {
        foreach (IFieldSymbol field in _record.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.IsStatic || field.IsConst)
                continue;
            ISymbol stored = field.AssociatedSymbol ?? field;
            if (!parameters.Any(parameter => parameter.Name == stored.Name))
                Refuse(RecordDiagnostics.LostState, stored, _record.Name, stored.Name);
        }
    }

    private void CheckNames(List<RecordFieldSpec> fields, ImmutableArray<IParameterSymbol> parameters)
    {
        for (int i = 1; i < fields.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (JsonNames(fields[i]).Intersect(JsonNames(fields[j])).FirstOrDefault() is { } name)
                    RefuseBoth(RecordDiagnostics.SameName, parameters[i], parameters[j], _record.Name, fields[j].Name, fields[i].Name, $"name in JSON, '{name}'", "JsonName");
                if (fields[i].Id != 0 && fields[i].Id == fields[j].Id)
                    RefuseBoth(RecordDiagnostics.SameName, parameters[i], parameters[j], _record.Name, fields[j].Name, fields[i].Name, $"id {fields[i].Id}", "Id");
            }
        }
    }

    private static IEnumerable<string> JsonNames(RecordFieldSpec field) => field.JsonName is { } given
        ? [given]
        : new[] { field.Name, char.ToLowerInvariant(field.Name[0]) + field.Name.Substring(1) };

    private static bool Has(IParameterSymbol parameter, string attribute) => TypeReader.FindAttribute(parameter, attribute) is not null;

    private static object? Argument(IParameterSymbol parameter, string attribute) =>
        TypeReader.FindAttribute(parameter, attribute)?.ConstructorArguments is [var argument] ? argument.Value : null;

    /// <summary>Refuses two fields that conflict, at the second one.</summary>
    private void RefuseBoth(DiagnosticDescriptor descriptor, ISymbol second, ISymbol first, params object[] arguments) =>
        _problems.Add(Diagnostic.Create(descriptor, second.Locations.FirstOrDefault(), first.Locations, arguments));

    private RecordSpec? Refuse(DiagnosticDescriptor descriptor, ISymbol at, params object[] arguments)
    {
        _problems.Add(Diagnostic.Create(descriptor, at.Locations.FirstOrDefault(), arguments));
        return null;
    }
}
