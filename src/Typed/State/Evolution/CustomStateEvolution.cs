namespace Typed.State;

/// <summary>
/// Custom state (semantics 10.10): what timers follow, the output mode, the key, and of a state variable its kind, whether it has a lifetime, and the keys of
/// a map stay; variables come and go; values may be read as others where nothing is lost by it, or a migration says how.
/// </summary>
/// <remarks>
/// The schema of custom state is <c>process 'NAME' vFORMAT; time TIME; output MODE; key KEY TYPE</c> and, for each variable, <c>; NAME#ID TYPE</c> with
/// <c> with a lifetime</c> behind it. The number behind the v is that of the format in which Typed stores variables; it does not count changes of the processor.
/// </remarks>
internal static class CustomStateEvolution
{
    private const string Separator = "; ";
    private const string Lifetime = " with a lifetime";
    private const string Expires = "Expires";

    // Spark's rule for what stays of a processor whatever it keeps: its modes, and the kind of each variable. The values are part of the schema.
    private const string ModeChanged = "tws-output-mode-changed";

    /// <summary>Whether an operator of a kind is one of custom state.</summary>
    internal static bool IsCustom(string kind) => kind is "transformWithStateExec" or "flatMapGroupsWithState";

    /// <summary>Compares two versions of a processor.</summary>
    internal static void Compare(StateShape stored, StateLayout before, StateShape present, StateLayout now, List<ShapeChange> changes)
    {
        if (Read(stored.Schema) is not { } old || Read(present.Schema) is not { } own)
        {
            changes.Add(StateEvolution.Broken($"would store '{present.Schema}', where '{stored.Schema}' is stored"));
            return;
        }

        string rule = present.Kind == "transformWithStateExec" ? ModeChanged : StateEvolution.SchemaChanged;
        if (old.Head != own.Head)
            changes.Add(StateEvolution.Broken($"is {own.Head}, where the state of {old.Head} is stored"));
        if (old.Key != own.Key || !ValueEvolution.HaveSameBytes(KeyOf(before), KeyOf(now)))
            changes.Add(StateEvolution.Broken($"has the key '{own.Key}', where '{old.Key}' is stored"));
        else
            CompareKeys(KeyOf(before), KeyOf(now), changes);
        if (old.Time != own.Time)
            changes.Add(new ShapeChange(ShapeVerdict.Breaks, rule, $"has the time mode {own.Time}, where '{old.Time}' is stored"));
        if (old.Mode != own.Mode)
            changes.Add(new ShapeChange(ShapeVerdict.Breaks, rule, $"emits in {own.Mode} mode, where '{old.Mode}' is stored"));
        Variable[] variables = [.. own.Members.Select(member => Variable.Of(member, now))];
        Variable[] earlier = [.. old.Members.Select(member => Variable.Of(member, before))];
        int[] match = ValueEvolution.Match([.. earlier.Select(one => one.Field)], [.. variables.Select(one => one.Field)]);
        for (int i = 0; i < variables.Length; i++)
        {
            if (match[i] < 0)
                changes.Add(new ShapeChange(ShapeVerdict.Compatible, StateEvolution.SchemaChanged, $"has a new state variable '{variables[i].Name}', which is absent at first"));
            else
                Compare(earlier[match[i]], variables[i], rule, changes);
        }

        foreach (Variable gone in earlier.Where((_, i) => Array.IndexOf(match, i) < 0))
            changes.Add(new ShapeChange(ShapeVerdict.Compatible, StateEvolution.SchemaChanged, $"no longer has the state variable '{gone.Text}', and what is stored of it is dropped"));
    }

    /// <summary>Which table of the stored layout each state variable of the present one goes on from; −1 for one that is new.</summary>
    internal static int[] MatchTables(StateLayout stored, StateLayout present)
    {
        StateTable[] before = [.. stored.Tables.Where(table => table.Number > 0)];
        int[] match = ValueEvolution.Match(
            [.. before.Select(table => new StateField(table.Name, s_none) { Id = table.Id })],
            [.. present.Tables.Where(table => table.Number > 0).Select(table => new StateField(table.Name, s_none) { Id = table.Id })]);
        return [.. match.Select(one => one < 0 ? -1 : before[one].Number)];
    }

    private static void CompareKeys(IReadOnlyList<StateField> stored, IReadOnlyList<StateField> present, List<ShapeChange> changes)
    {
        List<ValueChange> keys = [];
        EnumEvolution.CompareWithin("", stored, present, keys);
        changes.AddRange(keys.Select(key => new ShapeChange(key.Verdict, StateEvolution.SchemaChanged, $"has other keys: {key.What}")));
    }

    private static readonly StateType s_none = new(StateTypeKind.Rest);

    private static void Compare(Variable stored, Variable present, string rule, List<ShapeChange> changes)
    {
        if (stored.Kind != present.Kind || stored.HasLifetime != present.HasLifetime || stored.MapKey?.Type.WithoutMembers().ToString() != present.MapKey?.Type.WithoutMembers().ToString())
        {
            changes.Add(new ShapeChange(ShapeVerdict.Breaks, rule, $"keeps the state variable '{present.Text}', where '{stored.Text}' is stored") { Variable = present.Name });
            return;
        }

        List<ValueChange> values = [];
        if (stored.Table is { } before && present.Table is { } now)
            ValueEvolution.Compare("", before.Value, now.Value, stored.SaysMembers && present.SaysMembers ? ComparedValues.Variables : ComparedValues.Taken, values);
        else if (stored.Text != present.Text)
            values.Add(new ValueChange(ShapeVerdict.NeedsMigration, "its fields are not known", true));
        if (stored.Plain is { } plain && present.Plain is { } own && EnumEvolution.MovedDefault(plain, own) is { } member)
            values.Add(new ValueChange(ShapeVerdict.Breaks, $"{member} of the enum of 'Value' was 0 and no longer is, and a plain value that is 0 is not stored, so that no migration could keep it", false));
        if (stored.MapKey is { } key)
            EnumEvolution.CompareWithin("", [key], [present.MapKey!], values);
        ShapeVerdict worst = values.Count == 0 ? ShapeVerdict.Compatible : values.Max(value => value.Verdict);
        bool isText = stored.Text != present.Text;
        if (!isText && values.Count == 0)
            return;
        string what = isText ? $"keeps the state variable '{present.Text}', where '{stored.Text}' is stored" : $"keeps the state variable '{present.Name}'";
        if (values.Count > 0)
            what += ": " + string.Join(", ", values.Where(value => value.Verdict == worst).Select(value => value.What));
        changes.Add(new ShapeChange(worst, StateEvolution.SchemaChanged, what)
        {
            Variable = present.Name,
            Values = worst == ShapeVerdict.Breaks ? null : ValuesOf(stored, present),

            // The head knows variables by their text.
            Rewrites = isText || values.Any(value => value.Rewrites),
        });
    }

    private static VariableValues? ValuesOf(Variable stored, Variable present) =>
        ValueOf(stored) is { } before && ValueOf(present) is { } now && before.IsBehindExpiry == now.IsBehindExpiry
            ? new VariableValues(before.Type, now.Type, now.IsBehindExpiry) { Plain = stored.Plain is { } plain ? (plain, present.Table!.Value[0].Type) : null }
            : null;

    // Around a value stand its length, whether it is null, and when it expires; a list has all that for each element.
    private static (StateType Type, bool IsBehindExpiry)? ValueOf(Variable variable)
    {
        if (variable.Table?.Value is not { } fields || fields.FirstOrDefault(field => field.Name is "Value" or "Elements") is not { } field)
            return null;
        StateType type = Bare(field.Type.Kind == StateTypeKind.List ? field.Type.Element! : field.Type);
        return variable.HasLifetime && fields[0].Name != Expires && type is { Kind: StateTypeKind.Record, Fields: [{ Name: Expires }, { Name: "Value" } value] }
            ? (ValueEvolution.InWords(Bare(value.Type)), true)
            : (ValueEvolution.InWords(type), false);
    }

    private static StateType Bare(StateType type) => type.Kind is StateTypeKind.Sized or StateTypeKind.Flag ? type.Element! : type;

    private static IReadOnlyList<StateField> KeyOf(StateLayout layout) => layout.Table(0)?.Key ?? [];

    // The name may hold anything; it ends where the format and the time follow.
    private static Schema? Read(string text)
    {
        const string start = "process '";
        const string time = "; time ";
        if (!text.StartsWith(start, StringComparison.Ordinal))
            return null;
        for (int at = text.IndexOf("' v", start.Length, StringComparison.Ordinal); at >= 0; at = text.IndexOf("' v", at + 1, StringComparison.Ordinal))
        {
            int end = at + 3;
            while (end < text.Length && text[end] is >= '0' and <= '9')
                end++;
            if (end == at + 3 || string.CompareOrdinal(text, end, time, 0, time.Length) != 0)
                continue;
            string[] parts = text.Substring(end + Separator.Length).Split([Separator], StringSplitOptions.None);
            return parts.Length >= 3 && After(parts[0], "time ") is { } clock && After(parts[1], "output ") is { } mode && After(parts[2], "key ") is { } key
                ? new Schema(text.Substring(0, end), clock, mode, key, [.. parts.Skip(3)])
                : null;
        }

        return null;
    }

    private static string? After(string part, string word) => part.StartsWith(word, StringComparison.Ordinal) ? part.Substring(word.Length) : null;

    private sealed record Schema(string Head, string Time, string Mode, string Key, IReadOnlyList<string> Members);

    /// <summary>A state variable.</summary>
    private sealed record Variable(string Text, string Name, string Kind, bool HasLifetime, StateField? MapKey, StateTable? Table)
    {
        internal StateField Field => new(Name, s_none) { Id = Table?.Id ?? 0 };

        /// <summary>The type of a value that is not stored where it is the default of its type; null for others.</summary>
        internal StateType? Plain => Kind.Length == 0 && Table?.Value is [{ Name: "Value", Type: { Kind: not (StateTypeKind.Sized or StateTypeKind.Flag) } type }] ? type : null;

        /// <summary>Whether the members of its enums are known, or it has none.</summary>
        internal bool SaysMembers => Text.IndexOf("enum of ", StringComparison.Ordinal) < 0 || Table?.Value.Any(one => one.Type.HasMembers) == true;

        internal static Variable Of(string text, StateLayout layout)
        {
            int space = text.IndexOf(' ');
            string name = space < 0 ? text : text.Substring(0, space);
            int mark = name.IndexOf('#');
            name = mark < 0 ? name : name.Substring(0, mark);
            string type = space < 0 ? "" : text.Substring(space + 1);
            bool hasLifetime = type.EndsWith(Lifetime, StringComparison.Ordinal);
            StateTable? table = layout.Tables.FirstOrDefault(one => one.Number > 0 && one.Name == name);
            int open = type.IndexOf('<');
            string kind = open > 0 && type.Substring(0, open).All(char.IsLetter) ? type.Substring(0, open) : "";

            // Behind the key of the group stands that of the map.
            StateField? mapKey = kind == "map" && table is { Key.Count: > 0 } ? table.Key[table.Key.Count - 1] : null;
            return new Variable(text, name, kind, hasLifetime, mapKey, table);
        }
    }
}
