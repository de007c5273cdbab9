namespace Typed.State;

/// <summary>
/// Enums, of which state has the numbers. A member that has another value now would make one member of what is stored as another; members that are new, gone or have
/// another name leave each number what it was. Where what is stored does not say its members, there is nothing to compare.
/// </summary>
internal static class EnumEvolution
{
    // A message of all members of a long enum helps nobody.
    private const int MostSaid = 5;

    /// <summary>Compares the members of two types of a value.</summary>
    /// <param name="path">What the value is called.</param>
    /// <param name="stored">The type that is stored.</param>
    /// <param name="present">The type now.</param>
    /// <param name="moved">What it means that a member has another value.</param>
    /// <param name="changes">Takes the difference.</param>
    internal static void Compare(string path, StateType stored, StateType present, ShapeVerdict moved, List<ValueChange> changes)
    {
        if (stored.Members.Count == 0 || present.Members.Count == 0)
            return;
        Dictionary<string, long> before = stored.Members.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
        Dictionary<string, long> now = present.Members.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
        List<string> others = [];
        foreach (StateMember one in stored.Members)
        {
            if (now.TryGetValue(one.Name, out long value) && value != one.Value)
                others.Add($"{one.Name} was {stored.TextOf(one.Value)} and is {present.TextOf(value)} now (what is stored as {one.Name} would {(NameOf(one.Value, present) is { } name ? "be " + name : "have no name")})");
        }

        if (others.Count > 0)
        {
            changes.Add(new ValueChange(moved, $"the enum of '{path}' has members with other values: {Said(others)}", false));
            return;
        }

        List<string> harmless = [.. stored.Members.Where(one => !now.ContainsKey(one.Name)).Select(one => NameOf(one.Value, present) is not { } name ? $"{one.Name} = {stored.TextOf(one.Value)} is gone, and what is stored as it has no name"
            : before.ContainsKey(name) ? $"{one.Name} is gone, and {stored.TextOf(one.Value)} is {name} as before"
            : $"{one.Name} is called {name} now")];
        harmless.AddRange(present.Members
            .Where(one => !before.ContainsKey(one.Name) && (NameOf(one.Value, stored) is not { } name || now.ContainsKey(name)))
            .Select(one => $"{one.Name} = {present.TextOf(one.Value)} is new"));
        if (harmless.Count > 0)
            changes.Add(new ValueChange(ShapeVerdict.Compatible, $"the enum of '{path}' has other members: {Said(harmless)}", false));
    }

    /// <summary>Compares the enums in types that are the same but for names. Other values break.</summary>
    internal static void CompareWithin(string path, StateType stored, StateType present, List<ValueChange> changes)
    {
        Compare(path, stored, present, ShapeVerdict.Breaks, changes);
        if (stored.Element is { } element)
            CompareWithin(path, element, present.Element!, changes);
        CompareWithin(path, stored.Fields, present.Fields, changes);
    }

    /// <summary>Compares the enums in fields that are the same but for names. Other values break.</summary>
    internal static void CompareWithin(string path, IReadOnlyList<StateField> stored, IReadOnlyList<StateField> present, List<ValueChange> changes)
    {
        for (int i = 0; i < present.Count; i++)
            CompareWithin(path.Length == 0 ? present[i].Name : $"{path}.{present[i].Name}", stored[i].Type, present[i].Type, changes);
    }

    /// <summary>
    /// Whether a migration takes what is stored. Where one enum is to be made of another, it has to take the earlier one: a method that takes the number was written
    /// for other members, and nothing says for which.
    /// </summary>
    internal static bool CanTake(StateType taken, VariableValues values) =>
        ValueEvolution.CanBeRead(values.Stored, taken) && (taken.HasMembers || !values.Stored.HasMembers || !values.Present.HasMembers);

    /// <summary>A member that was 0 and has another value now; null for none.</summary>
    internal static string? MovedDefault(StateType stored, StateType present) =>
        stored.Members.Where(one => one.Value == 0 && present.Members.Any(now => now.Name == one.Name && now.Value != 0)).Select(one => one.Name).FirstOrDefault();

    private static string? NameOf(long value, StateType type)
    {
        foreach (StateMember one in type.Members)
        {
            if (one.Value == value)
                return one.Name;
        }

        return null;
    }

    private static string Said(List<string> all) =>
        string.Join(", ", all.Take(MostSaid)) + (all.Count > MostSaid ? FormattableString.Invariant($", and {all.Count - MostSaid} more") : "");
}
