using Microsoft.CodeAnalysis;
using Typed.Generator.Emitter;
using Typed.Plan;
using Typed.State;

namespace Typed.Analyzers.Baseline;

/// <summary>The methods of a processor that make stored values into present ones: <c>[Migration("_count")] static decimal FromInt(int stored)</c>.</summary>
internal static class StateMigrations
{
    /// <summary>Whether there is a method for what was shipped of a state variable.</summary>
    public static bool Has(INamedTypeSymbol? processor, ShapeChange change) =>
        processor is not null
        && change.Values is { } values
        && processor.GetMembers().OfType<IMethodSymbol>().Any(method => method.Parameters.Length == 1 && IsFor(method, change.Variable!) && Takes(method.Parameters[0].Type, values));

    private static bool IsFor(IMethodSymbol method, string variable) =>
        method.GetAttributes().Any(one => TypeReader.IsTyped(one.AttributeClass, "MigrationAttribute") && one.ConstructorArguments is [{ Value: string name }] && name == variable);

    private static bool Takes(ITypeSymbol type, VariableValues values) =>
        TypeReader.Read(type) is { Value: ValueKind.Field or ValueKind.Row } taken && EnumEvolution.CanTake(new StateLayoutParser(StateLayoutText.Codec(taken)).ReadType(), values);

    /// <summary>The C# type of a stored value; null where only a record of the user could take it.</summary>
    public static string? CSharp(StateType stored) => stored.Kind switch
    {
        StateTypeKind.Boolean => "bool",
        StateTypeKind.Int8 => "sbyte",
        StateTypeKind.UInt8 => "byte",
        StateTypeKind.Int16 => "short",
        StateTypeKind.UInt16 => "ushort",
        StateTypeKind.Int32 => "int",
        StateTypeKind.UInt32 => "uint",
        StateTypeKind.Int64 => "long",
        StateTypeKind.UInt64 => "ulong",
        StateTypeKind.Float => "float",
        StateTypeKind.Double => "double",
        StateTypeKind.NetDecimal => "decimal",
        StateTypeKind.String => "string",
        StateTypeKind.Binary => "byte[]",
        StateTypeKind.Guid => "System.Guid",
        StateTypeKind.Timestamp => "System.DateTimeOffset",
        StateTypeKind.Duration => "System.TimeSpan",
        StateTypeKind.Date => "System.DateOnly",
        _ => null,
    };
}
