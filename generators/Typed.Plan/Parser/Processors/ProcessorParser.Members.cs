using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Typed.Schema;
using Typed.Time;

namespace Typed.Plan;

/// <content>The members that are kept for each key, and the other fields.</content>
internal sealed partial class ProcessorParser
{
    private const string Attribute = "StateAttribute";

    private EquatableArray<StateMemberSpec> ReadStates(ProcessorTime time)
    {
        Dictionary<int, string> ids = [];
        return Fields()
            .Select(field => Mark(field) is { } mark && HasFreeId(field, ids) ? ReadState(field, mark, time) : null)
            .Where(state => state is not null)
            .Select(state => state!)
            .ToEquatable();
    }

    private bool HasFreeId(IFieldSymbol field, Dictionary<int, string> ids)
    {
        if (IdOf(field)?.ConstructorArguments is not [{ Value: int id }])
            return true;
        string? problem =
            id < 1 ? string.Format(System.Globalization.CultureInfo.InvariantCulture, "it has the id {0}, and ids are whole numbers from 1 on", id)
            : ids.TryGetValue(id, out string other) ? string.Format(System.Globalization.CultureInfo.InvariantCulture, "it has the id {0}, which '{1}' has; give it one that was never used", id, other)
            : null;
        if (problem is null)
            ids.Add(id, field.Name);
        else
            Report(ProcessorDiagnostics.StateField, field, field.Name, problem);
        return problem is null;
    }

    private static AttributeData? IdOf(IFieldSymbol field) =>
        field.GetAttributes().FirstOrDefault(one => TypeReader.IsTyped(one.AttributeClass, "IdAttribute"));

    private StateMemberSpec? ReadState(IFieldSymbol field, AttributeData mark, ProcessorTime time)
    {
        string? problem =
            field.AssociatedSymbol is not null ? "it is a property, and what is set before each call is a field; make it a field"
            : field.IsStatic || field.IsConst ? "it is static, and all keys would share it"
            : HasInitializer(field) ? "its initial value would be lost: a key begins with nothing, which is null or the default of the type"
            : null;
        (StateMemberKind kind, ITypeSymbol? mapKey, ITypeSymbol valueType) = Take(field.Type);

        // What a state object is bound to does not change; the field itself is assigned once.
        if (problem is null && field.IsReadOnly)
            problem = "it is readonly, and it is set to what each key keeps";
        if (problem is not null)
        {
            ISymbol declared = field.AssociatedSymbol ?? field;
            Report(ProcessorDiagnostics.StateField, declared, declared.Name, problem);
            return null;
        }

        if (valueType.TypeKind == TypeKind.Error || mapKey?.TypeKind == TypeKind.Error)
            return null;
        TypeSpec? value = Storable(field, valueType, isPlain: kind == StateMemberKind.Plain);
        TypeSpec? key = mapKey is null ? null : Storable(field, mapKey, isPlain: false);
        long ttl = Lifetime(field, mark, kind, time);
        return value is null || (mapKey is not null && key is null) || ttl < 0
            ? null
            : new StateMemberSpec(field.Name, kind, value) { MapKey = key, TtlMicros = ttl, Id = TypeReader.IdOf(IdOf(field)) };
    }

    private static (StateMemberKind Kind, ITypeSymbol? MapKey, ITypeSymbol Value) Take(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { Name: "ValueState", TypeArguments: [var value] } named when TypeReader.IsTyped(named) => (StateMemberKind.Value, null, value),
        INamedTypeSymbol { Name: "ListState", TypeArguments: [var element] } named when TypeReader.IsTyped(named) => (StateMemberKind.List, null, element),
        INamedTypeSymbol { Name: "MapState", TypeArguments: [var key, var value] } named when TypeReader.IsTyped(named) => (StateMemberKind.Map, key, value),
        _ => (StateMemberKind.Plain, null, type),
    };

    private TypeSpec? Storable(IFieldSymbol field, ITypeSymbol type, bool isPlain)
    {
        TypeSpec? spec = TypeReader.Read(type, out string? problem);
        problem ??= spec is { Value: ValueKind.Field } ? Unstorable(spec, isPlain) : $"{type.ToDisplayString()} is not a type that a column can hold; make a [StreamRecord] record of it";
        if (problem is null)
            return spec;
        Report(ProcessorDiagnostics.StateType, field, field.Name, problem);
        return null;
    }

    private static string? Unstorable(TypeSpec type, bool isPlain) => type switch
    {
        { Field: FieldKind.List } when isPlain => $"it is a {Word(type)}; a ListState is kept element by element",
        { Field: FieldKind.Map } when isPlain => $"it is a {Word(type)}; a MapState is kept entry by entry",
        { Field: FieldKind.List or FieldKind.Map } => $"{Word(type)} would be rewritten as a whole with each change; keep its elements one by one",
        _ when HasMemory(type) => $"{Word(type)} is or holds a ReadOnlyMemory<byte>; make it a byte[]",
        _ when HasContainer(type) => $"{Word(type)} holds a list or a map, which would be rewritten as a whole with each change; keep those in a ListState or MapState of their own",
        { Nullable: true } when !isPlain => $"{Word(type)} may be null, and state is there or it is not; take off the '?'",
        { Nullable: false, Field: FieldKind.String or FieldKind.Binary or FieldKind.Record or FieldKind.Window } when isPlain =>
            $"a key begins with nothing, and {Word(type)} has no such value; make it {Word(type)}? or a ValueState<{Word(type)}>",
        _ => null,
    };

    private static bool HasContainer(TypeSpec type) =>
        type.Field is FieldKind.List or FieldKind.Map || (type.Is(FieldKind.Record) && type.Members.Any(member => HasContainer(member.Type)));

    private static bool HasMemory(TypeSpec type) =>
        (type.Is(FieldKind.Binary) && type.IsValueType) || (type.Is(FieldKind.Record) && type.Members.Any(member => HasMemory(member.Type)));

    private static string Word(TypeSpec type) => type.CSharp.Replace("global::", "");

    // −1 where the lifetime is refused.
    private long Lifetime(IFieldSymbol field, AttributeData mark, StateMemberKind kind, ProcessorTime time)
    {
        if (mark.NamedArguments.FirstOrDefault(one => one.Key == "Ttl").Value.Value is not string text)
            return 0;
        Location place = PlaceOf(mark, "Ttl");
        if (kind == StateMemberKind.Plain)
        {
            Report(ProcessorDiagnostics.StateField, place, field.Name, $"only state objects have a lifetime; make it a ValueState<{Word(TypeReader.Read(field.Type) ?? TypeReader.Opaque(field.Type))}>");
            return -1;
        }

        string? problem = !DurationText.TryParse(text, out long micros, out int months) ? "it is not a duration"
            : months != 0 ? "months and years differ in length"
            : micros <= 0 ? "what is written would be gone at once"
            : null;
        if (problem is not null)
            Report(ProcessorDiagnostics.Lifetime, place, text, problem);
        else if (time != ProcessorTime.ProcessingTime)
            Report(ProcessorDiagnostics.LifetimeWithoutClock, place, field.Name, _processor.Name);
        else
            return micros;
        return -1;
    }

    private void CheckOtherFields()
    {
        foreach (IFieldSymbol field in Fields())
        {
            bool changes = !field.IsStatic && !field.IsConst && !field.IsReadOnly && Mark(field) is null;
            if (!changes || field.AssociatedSymbol is IPropertySymbol { SetMethod: null or { IsInitOnly: true } })
                continue;
            ISymbol declared = field.AssociatedSymbol ?? field;
            Report(ProcessorDiagnostics.SharedField, declared, declared.Name, _processor.Name);
        }
    }

    private IEnumerable<IFieldSymbol> Fields() => _processor.GetMembers().OfType<IFieldSymbol>();

    private static AttributeData? Mark(IFieldSymbol field) =>
        field.GetAttributes().FirstOrDefault(one => TypeReader.IsTyped(one.AttributeClass, Attribute));

    private bool HasInitializer(IFieldSymbol field) =>
        field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_cancellation) is VariableDeclaratorSyntax { Initializer: not null };
}
