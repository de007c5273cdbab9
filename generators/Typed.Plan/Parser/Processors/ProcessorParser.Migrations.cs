using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <content>The methods that make stored values of earlier types into present ones.</content>
internal sealed partial class ProcessorParser
{
    private EquatableArray<MigrationSpec> ReadMigrations(EquatableArray<StateMemberSpec> states)
    {
        List<MigrationSpec> migrations = [];
        foreach (IMethodSymbol method in _processor.GetMembers().OfType<IMethodSymbol>())
        {
            if (method.GetAttributes().FirstOrDefault(one => TypeReader.IsTyped(one.AttributeClass, "MigrationAttribute")) is not { } mark)
                continue;
            string? variable = mark.ConstructorArguments is [{ Value: string name }] ? name : null;
            MigrationSpec? migration = ReadMigration(method, states.FirstOrDefault(state => state.Name == variable), variable, out string? problem);
            if (migration is not null && migrations.Any(one => one.Variable == migration.Variable && one.From == migration.From))
                problem = $"another migration of '{variable}' takes the same type";
            if (problem is not null)
                Report(ProcessorDiagnostics.Migration, method, method.Name, problem);
            else if (migration is not null)
                migrations.Add(migration);
        }

        return migrations.ToEquatable();
    }

    private static MigrationSpec? ReadMigration(IMethodSymbol method, StateMemberSpec? state, string? variable, out string? problem)
    {
        problem = null;
        if (state is null)
            problem = $"there is no state variable '{variable}'; name one, as in [Migration(nameof(_total))]";
        else if (!method.IsStatic || method.IsGenericMethod || method.Parameters is not [{ RefKind: RefKind.None } parameter] || method.ReturnsVoid || method.ReturnsByRef || method.ReturnsByRefReadonly)
            problem = "a migration is static and not generic, takes the earlier value and returns the present one";
        else if (parameter.Type.TypeKind != TypeKind.Error && method.ReturnType.TypeKind != TypeKind.Error)
            return ReadMigration(parameter.Type, method, state, out problem);
        return null;
    }

    private static MigrationSpec? ReadMigration(ITypeSymbol earlier, IMethodSymbol method, StateMemberSpec state, out string? problem)
    {
        TypeSpec present = state.Type.AsNullable(false);
        TypeSpec? from = TypeReader.Read(earlier, out problem);
        TypeSpec? to = TypeReader.Read(method.ReturnType, out _);
        problem =
            from is not { Value: ValueKind.Field } ? problem ?? $"{earlier.ToDisplayString()} is no type of stored values"
            : Unstorable(from, isPlain: false) is { } why ? why
            : to != present ? $"it returns {method.ReturnType.ToDisplayString()}, and the values of '{state.Name}' are {Word(present)}"
            : null;
        return problem is null ? new MigrationSpec(state.Name, method.Name, from!, present) : null;
    }
}
