namespace Typed;

/// <summary>
/// Marks the method of a processor that makes a value of a state variable, as it was stored by an earlier version, into one of the type that the variable has now:
/// where the start could not do it without a loss, as from a long to a decimal or from one record to another.
/// </summary>
/// <remarks>
/// The method is static, takes the earlier type and returns the present one; both without null. It is called once for each value that is stored as the type it takes,
/// or as one that widens to it and could not be read as the present type; of several, the one whose type is nearest to what is stored is called. That is at the first start with the changed processor, for each element of a list and each value of a map. It should give the same for the
/// same, as a start that fails is repeated. It may stay when all state is of the present type, and a variable may have several, one for each earlier type.
/// </remarks>
/// <param name="variable">The name of the state variable.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MigrationAttribute(string variable) : Attribute
{
    /// <summary>The name of the state variable.</summary>
    public string Variable { get; } = variable;
}
