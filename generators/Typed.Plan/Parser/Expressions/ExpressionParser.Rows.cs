using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private ExprSpec? ParseAnonymous(IAnonymousObjectCreationOperation creation)
    {
        List<MemberSpec> members = [];
        List<ExprSpec> values = [];
        bool complete = true;
        foreach (IOperation initializer in creation.Initializers)
        {
            if (initializer is not ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: var name }, Value: var given })
            {
                complete = false;
                Unsupported(initializer, Describe(initializer), "");
                continue;
            }

            ExprSpec? value = Parse(given);
            if (value is null || !Whole(given, ref value))
            {
                complete = false;
                continue;
            }

            members.Add(new MemberSpec(name, value.Type));
            values.Add(value);
        }

        TypeSpec type = new(ValueKind.Row, default, "", false) { Members = members.ToEquatable() };
        return complete ? new NewRowExpr(type, values.ToEquatable()) : null;
    }

    private ExprSpec? ParseTuple(ITupleOperation tuple)
    {
        if (ParseAll(tuple.Elements) is not { } values)
            return null;
        ImmutableArray<IFieldSymbol> elements = ((INamedTypeSymbol)tuple.Type!).TupleElements;
        TypeSpec type = new(ValueKind.Row, default, TypeReader.Name(tuple.Type!), false)
        {
            IsValueType = true,
            Members = values.Select((value, i) => new MemberSpec(elements[i].Name, value.Type)).ToEquatable(),
        };
        return new NewRowExpr(type, values.ToEquatable());
    }

    private ExprSpec? ParseCreation(IObjectCreationOperation creation)
    {
        INamedTypeSymbol owner = (INamedTypeSymbol)creation.Type!;
        if (Intrinsics.IsValueType(owner) || Intrinsics.IsTextConstructor(creation))
            return ParseKnownCreation(creation, owner);
        if (TypeReader.Read(owner) is not { Value: ValueKind.Field, Field: FieldKind.Record or FieldKind.Window } type)
        {
            return Report(
                ExpressionDiagnostics.NoSuchType, creation, owner.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
                "a row is a record marked [StreamRecord], an anonymous object or a tuple");
        }

        type = type.AsNullable(false);
        ExprSpec?[] values = new ExprSpec?[type.Members.Count];
        bool complete = true;
        foreach (IArgumentOperation argument in creation.Arguments)
        {
            int member = IndexOf(type, argument.Parameter!.Name);
            ExprSpec? value = Parse(argument.Value);
            if (value is null || !Whole(argument.Value, ref value))
                complete = false;
            else if (member < 0)
                complete = Unsupported(argument, $"the constructor of {owner.Name} with {argument.Parameter.Name}", "Use the record's own parameters.") is not null;
            else
                values[member] = value;
        }

        foreach (IOperation initializer in creation.Initializer?.Initializers ?? [])
            complete &= Assign(initializer, type, values);
        if (!complete)
            return null;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is null)
                return Unsupported(creation, $"making a {owner.Name} without {type.Members[i].Name}", "Use the record's own constructor.");
        }

        return new NewRowExpr(type, values.Select(value => value!).ToEquatable());
    }

    private ExprSpec? ParseKnownCreation(IObjectCreationOperation creation, INamedTypeSymbol owner)
    {
        if (creation.Initializer is not null)
            return Unsupported(creation, $"an initializer of {owner.Name}", "");
        if (creation.Arguments.Length == 0)
            return new ConstantExpr(SpecOf(owner), $"default({TypeReader.Name(owner)})");
        if (owner.Name == "DateTimeOffset" && creation.Arguments.Length == 1)
        {
            return Report(
                ExpressionDiagnostics.NotDeterministic, creation, "new DateTimeOffset(DateTime)",
                "It may take the time zone of the machine; write new DateTimeOffset(value, TimeSpan.Zero).");
        }

        return ParseArguments(creation.Arguments) is { } values
            ? new CallExpr(SpecOf(owner), $"new {TypeReader.Name(owner)}", values.ToEquatable())
            : null;
    }

    private ExprSpec? ParseWith(IWithOperation with)
    {
        if (Parse(with.Operand) is not { } operand)
            return null;
        if (operand is MissingRow)
            return Unsupported(with, "with on a row that may be missing", "Test it for null first.");
        if (!IsRow(operand.Type))
            return Unsupported(with, Describe(with), "Only records, anonymous objects and tuples have with.");
        if (operand is NewRowExpr)
            return Changed(with, operand);
        bool refused = false;
        ExprSpec result = Let(operand, row =>
        {
            NewRowExpr? changed = Changed(with, row);
            refused = changed is null;
            return changed ?? row;
        });
        return refused ? null : result;
    }

    private NewRowExpr? Changed(IWithOperation with, ExprSpec row)
    {
        ExprSpec?[] values = row.Type.Members.Select((_, i) => (ExprSpec?)TakeMember(row, i)).ToArray();
        bool complete = true;
        foreach (IOperation initializer in with.Initializer.Initializers)
            complete &= Assign(initializer, row.Type, values);
        if (!complete)
            return null;
        TypeSpec type = row.Type.AsNullable(false);

        // An anonymous type has no declared members: they are as null as their values.
        if (type.CSharp.Length == 0)
            type = type with { Members = type.Members.Select((member, i) => member with { Type = values[i]!.Type }).ToEquatable() };
        return new NewRowExpr(type, values.Select(value => value!).ToEquatable());
    }

    private bool Assign(IOperation initializer, TypeSpec type, ExprSpec?[] values)
    {
        if (initializer is not ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: var member } target, Value: var given })
            return Unsupported(initializer, Describe(initializer), "Give the member a value.") is not null;
        int place = target is IFieldReferenceOperation { Field: { ContainingType.IsTupleType: true } field }
            ? field.ContainingType.TupleElements.IndexOf(field)
            : IndexOf(type, member.Name);
        ExprSpec? value = Parse(given);
        if (value is null || !Whole(given, ref value))
            return false;
        if (place < 0)
            return Unsupported(initializer, $"setting {member.Name}, which is no field of the record", "Only the record's own parameters are columns.") is not null;
        values[place] = value;
        return true;
    }

    private List<ExprSpec>? ParseAll(IEnumerable<IOperation> operations)
    {
        List<ExprSpec> values = [];
        bool complete = true;
        foreach (IOperation operation in operations)
        {
            ExprSpec? value = Parse(operation);
            if (value is null || !Whole(operation, ref value))
                complete = false;
            else
                values.Add(value);
        }

        return complete ? values : null;
    }

    // In the order of the method's parameters.
    private List<ExprSpec>? ParseArguments(IEnumerable<IArgumentOperation> arguments) =>
        ParseAll(arguments.OrderBy(argument => argument.Parameter!.Ordinal).Select(argument => argument.Value));

    // A row that may be missing, where the whole of it is asked for: null or the row.
    private bool Whole(IOperation place, ref ExprSpec value)
    {
        if (value is not MissingRow missing)
            return true;
        if (missing.Row.Type.CSharp.Length == 0)
        {
            Unsupported(place, "a row without a name that may be missing", "Take its columns.");
            return false;
        }

        NewRowExpr row = missing.Present();
        value = new ConditionalExpr(missing.Row.Type, NullTest(missing, negate: false), Null(row.Type), row);
        return true;
    }

    private ExprSpec? ParseCollection(IOperation operation) =>
        Unsupported(operation, "a list made here", "Call a static method of your own that returns it.");
}
