namespace Typed.State;

/// <summary>One difference between two types of a value.</summary>
/// <param name="Verdict">What it means.</param>
/// <param name="What">What was and what is.</param>
/// <param name="Rewrites">Whether the bytes are others.</param>
internal readonly record struct ValueChange(ShapeVerdict Verdict, string What, bool Rewrites);

/// <summary>
/// Which values can be read as another type without a loss: widened numbers, values that may be null now, records of which fields came with a default, went,
/// moved or have another name and the same id.
/// </summary>
internal static class ValueEvolution
{
    /// <summary>Whether values may be null: what stands in front of them, or behind them, says so.</summary>
    internal static bool IsOptional(StateType type) => type.Kind is StateTypeKind.Null or StateTypeKind.NullAfter or StateTypeKind.Some or StateTypeKind.Flag;

    /// <summary>Whether each value of one kind is one of the other.</summary>
    internal static bool IsWider(StateTypeKind stored, StateTypeKind present) => stored switch
    {
        StateTypeKind.Int8 => present is StateTypeKind.Int16 or StateTypeKind.Int32 or StateTypeKind.Int64 or StateTypeKind.Int128,
        StateTypeKind.UInt8 => present is StateTypeKind.Int16 or StateTypeKind.UInt16 or StateTypeKind.Int32 or StateTypeKind.UInt32 or StateTypeKind.Int64 or StateTypeKind.UInt64 or StateTypeKind.Int128,
        StateTypeKind.Int16 => present is StateTypeKind.Int32 or StateTypeKind.Int64 or StateTypeKind.Int128,
        StateTypeKind.UInt16 => present is StateTypeKind.Int32 or StateTypeKind.UInt32 or StateTypeKind.Int64 or StateTypeKind.UInt64 or StateTypeKind.Int128,
        StateTypeKind.Int32 => present is StateTypeKind.Int64 or StateTypeKind.Int128,
        StateTypeKind.UInt32 => present is StateTypeKind.Int64 or StateTypeKind.UInt64 or StateTypeKind.Int128,
        StateTypeKind.Int64 or StateTypeKind.UInt64 => present is StateTypeKind.Int128,
        StateTypeKind.Float => present is StateTypeKind.Double,
        _ => false,
    };

    /// <summary>Whether values of one type can be read as those of the other.</summary>
    internal static bool CanBeRead(StateType stored, StateType present) => Compare(stored, present).TrueForAll(change => change.Verdict <= ShapeVerdict.Compatible);

    /// <summary>The differences between two types of a value.</summary>
    internal static List<ValueChange> Compare(StateType stored, StateType present)
    {
        List<ValueChange> changes = [];
        Compare("", stored, present, ComparedValues.Taken, changes);
        return changes;
    }

    /// <summary>A type as codecs write it: a plain state variable has its times in ticks.</summary>
    internal static StateType InWords(StateType type) => type.Kind switch
    {
        StateTypeKind.Ticks => new StateType(StateTypeKind.Timestamp),
        StateTypeKind.TickSpan => new StateType(StateTypeKind.Duration),
        StateTypeKind.DayNumber => new StateType(StateTypeKind.Date),
        _ => type,
    };

    /// <summary>Whether fields are the same but for names, ids and defaults.</summary>
    internal static bool HaveSameBytes(IReadOnlyList<StateField> stored, IReadOnlyList<StateField> present)
    {
        if (stored.Count != present.Count)
            return false;
        for (int i = 0; i < stored.Count; i++)
        {
            if (!HaveSameBytes(stored[i].Type, present[i].Type))
                return false;
        }

        return true;
    }

    /// <summary>Whether values of one type are the bytes of the other.</summary>
    internal static bool HaveSameBytes(StateType stored, StateType present) =>
        stored.Kind == present.Kind
        && stored.Number == present.Number
        && (stored.Element is { } element ? present.Element is { } other && HaveSameBytes(element, other) : present.Element is null)
        && HaveSameBytes(stored.Fields, present.Fields);

    /// <summary>Which stored field each of the present ones is, by its place; −1 for one that was not there. Ids count where both have one, else names.</summary>
    internal static int[] Match(IReadOnlyList<StateField> stored, IReadOnlyList<StateField> present)
    {
        int[] match = new int[present.Count];
        bool[] isTaken = new bool[stored.Count];
        for (int i = 0; i < match.Length; i++)
            match[i] = Take(stored, isTaken, field => field.Id != 0 && field.Id == present[i].Id);
        for (int i = 0; i < match.Length; i++)
        {
            if (match[i] < 0)
                match[i] = Take(stored, isTaken, field => (field.Id == 0 || present[i].Id == 0) && field.Name == present[i].Name);
        }

        return match;
    }

    /// <summary>Compares the fields of two records.</summary>
    /// <param name="path">What the record is called.</param>
    /// <param name="stored">The fields that are stored.</param>
    /// <param name="present">The fields now.</param>
    /// <param name="values">Whose they are.</param>
    /// <param name="changes">Takes the differences.</param>
    internal static void Compare(string path, IReadOnlyList<StateField> stored, IReadOnlyList<StateField> present, ComparedValues values, List<ValueChange> changes)
    {
        int[] match = Match(stored, present);
        int last = -1;
        bool isMoved = false;
        for (int i = 0; i < match.Length; i++)
        {
            StateField now = present[i];
            string name = path.Length == 0 ? now.Name : $"{path}.{now.Name}";
            if (match[i] < 0)
            {
                AddNew(name, now, values, changes);
                continue;
            }

            StateField before = stored[match[i]];
            isMoved |= match[i] < last;
            last = match[i];
            if (before.Name != now.Name)
                changes.Add(new ValueChange(ShapeVerdict.Compatible, $"'{name}' was called '{before.Name}'", false));
            if (before.Id != now.Id)
                changes.Add(new ValueChange(ShapeVerdict.Compatible, now.Id == 0 ? $"'{name}' no longer has the id {before.Id}" : $"'{name}' has the id {now.Id} now", false));
            if (before.Default != now.Default)
                changes.Add(new ValueChange(ShapeVerdict.Compatible, $"'{name}' has {(now.Default is null ? "no default now" : $"the default {StateField.Quote(now.Default)} now")}", false));
            Compare(name, before.Type, now.Type, values, changes);
        }

        if (isMoved)
            changes.Add(new ValueChange(ShapeVerdict.Compatible, $"the fields of {(path.Length == 0 ? "an entry" : $"'{path}'")} are in another order", true));
        for (int i = 0; i < stored.Count; i++)
        {
            if (Array.IndexOf(match, i) < 0)
                changes.Add(new ValueChange(ShapeVerdict.Compatible, $"'{(path.Length == 0 ? "" : path + ".")}{stored[i].Name}' is dropped", true));
        }
    }

    /// <summary>Compares two types of a value.</summary>
    internal static void Compare(string path, StateType stored, StateType present, ComparedValues values, List<ValueChange> changes)
    {
        if (values == ComparedValues.Rows && present.Kind is (StateTypeKind.Record or StateTypeKind.List))
        {
            // What is inside may be null or not, and only the type of the column knows it.
            if (stored.WithoutMembers().ToString() == present.WithoutMembers().ToString())
                EnumEvolution.CompareWithin(path, stored, present, changes);
            else
                changes.Add(new ValueChange(ShapeVerdict.Breaks, $"'{path}' is {present.WithoutMembers()}, where {stored.WithoutMembers()} is stored", true));
        }
        else if (IsOptional(present) && present.Element is { } value)
        {
            bool wasOptional = IsOptional(stored);
            if (!wasOptional)
                changes.Add(new ValueChange(ShapeVerdict.Compatible, $"'{path}' may be null now", true));
            else if (stored.Kind != present.Kind)
                changes.Add(new ValueChange(ShapeVerdict.Compatible, $"'{path}' says in another place whether it is null", true));
            Compare(path, wasOptional ? stored.Element! : stored, value, values, changes);
        }
        else if (stored.Kind == present.Kind && stored.Number == present.Number)
        {
            if (present.Kind == StateTypeKind.Record)
                Compare(path, stored.Fields, present.Fields, values, changes);
            else if (present.Element is { } element)
                Compare(path, stored.Element!, element, values, changes);
            else
                CompareNumbers(path, stored, present, values, changes);
        }
        else if (IsWider(stored.Kind, present.Kind) || (stored.Kind == StateTypeKind.Decimal && present.Kind == StateTypeKind.Decimal && stored.Number < present.Number))
        {
            changes.Add(new ValueChange(ShapeVerdict.Compatible, $"'{path}' is widened from {stored.WithoutMembers()} to {present.WithoutMembers()}", true));
            CompareNumbers(path, stored, present, values, changes);
        }
        else
        {
            changes.Add(new ValueChange(
                OtherOf(values),
                IsOptional(stored) && stored.Element is { } inner && inner.WithoutMembers().ToString() == present.WithoutMembers().ToString()
                    ? $"'{path}' may be null in what is stored, and not now"
                    : $"'{path}' is {present.WithoutMembers()}, where {stored.WithoutMembers()} is stored",
                true));
        }
    }

    private static void CompareNumbers(string path, StateType stored, StateType present, ComparedValues values, List<ValueChange> changes)
    {
        if (values == ComparedValues.Variables && stored.HasMembers != present.HasMembers)
            changes.Add(new ValueChange(ShapeVerdict.NeedsMigration, $"'{path}' is {(present.HasMembers ? "an enum, where a number" : "a number, where an enum")} is stored", false));
        else
            EnumEvolution.Compare(path, stored, present, OtherOf(values), changes);
    }

    private static ShapeVerdict OtherOf(ComparedValues values) => values == ComparedValues.Rows ? ShapeVerdict.Breaks : ShapeVerdict.NeedsMigration;

    private static void AddNew(string name, StateField field, ComparedValues values, List<ValueChange> changes)
    {
        if (values == ComparedValues.Rows)
            changes.Add(new ValueChange(ShapeVerdict.Breaks, $"'{name}' was not stored until now, and the rows in the state do not have it", true));
        else if (field.Default is not null || IsOptional(field.Type))
            changes.Add(new ValueChange(ShapeVerdict.Compatible, $"'{name}' is new; what is stored gets {(field.Default is null ? "null" : StateField.Quote(field.Default))}", true));
        else
            changes.Add(new ValueChange(ShapeVerdict.NeedsMigration, $"'{name}' is new and has no default, and what is stored does not have it", true));
    }

    private static int Take(IReadOnlyList<StateField> stored, bool[] isTaken, Func<StateField, bool> fits)
    {
        for (int i = 0; i < stored.Count; i++)
        {
            if (!isTaken[i] && fits(stored[i]))
            {
                isTaken[i] = true;
                return i;
            }
        }

        return -1;
    }
}

/// <summary>Whose values are compared.</summary>
internal enum ComparedValues
{
    /// <summary>Columns of rows: those have no defaults, and one that is new was never there. Whether a number is an enum is told by their schema.</summary>
    Rows,

    /// <summary>State variables.</summary>
    Variables,

    /// <summary>
    /// What a method takes or gives, which may take an enum as its number; and state variables of a layout that does not say the members of enums, as those of earlier versions of
    /// Typed.
    /// </summary>
    Taken,
}
