namespace Typed.State;

/// <summary>
/// Whether an operator can go on from the state that another version of the pipeline has stored (semantics 10.10, 12.7, 12.8). The build asks it about
/// the committed layout, the start about the checkpoint; so both say the same. It reads text only.
/// </summary>
internal static class StateEvolution
{
    internal const string SchemaChanged = "state-schema-changed";
    internal const string OperatorsChanged = "stateful-operator-set-changed";

    /// <summary>All differences, the worst first; none if the state is what it was.</summary>
    /// <exception cref="InvalidDataException">A layout is none.</exception>
    internal static IReadOnlyList<ShapeChange> Compare(StateShape stored, StateShape present)
    {
        List<ShapeChange> changes = [];
        if (stored.Kind != present.Kind)
            changes.Add(new ShapeChange(ShapeVerdict.Breaks, OperatorsChanged, $"is {InWords(present.Kind)}, where the state of {InWords(stored.Kind)} is stored"));
        else if (stored.Schema != present.Schema || stored.Layout != present.Layout)
            Compare(stored with { Schema = stored.OwnSchema }, present with { Schema = present.OwnSchema }, changes);
        if (stored.Parameters != present.Parameters && Worst(changes) < ShapeVerdict.Breaks)
            changes.Add(Broken($"depends on the values of parameters of the pipeline{ValuesOf(present)}, where what is stored was made with{ValuesOf(stored)}"));
        return [.. changes.OrderByDescending(change => change.Verdict)];
    }

    /// <summary>What all differences together mean.</summary>
    internal static ShapeVerdict Worst(IReadOnlyList<ShapeChange> changes) => changes.Count == 0 ? ShapeVerdict.Same : changes.Max(change => change.Verdict);

    /// <summary>What a kind of operators is called in the query.</summary>
    internal static string InWords(string kind) => kind switch
    {
        "stateStoreSave" => "an aggregation",
        "sessionWindowStateStoreSaveExec" => "an aggregation of sessions",
        "dedupe" => "a deduplication",
        "dedupeWithinWatermark" => "a deduplication within the watermark",
        "symmetricHashJoin" => "a join of streams",
        "topBy" => "a TopBy",
        "lastBy" => "a LastBy",
        "globalLimit" => "a limit",
        "transformWithStateExec" => "a keyed processor",
        "flatMapGroupsWithState" => "a group processor",
        _ => "a " + kind,
    };

    private static void Compare(StateShape stored, StateShape present, List<ShapeChange> changes)
    {
        StateLayout before = StateLayout.Parse(stored.Layout);
        StateLayout now = StateLayout.Parse(present.Layout);
        switch (present.Kind)
        {
            case var kind when CustomStateEvolution.IsCustom(kind):
                CustomStateEvolution.Compare(stored, before, present, now, changes);
                break;
            case "symmetricHashJoin" or "topBy" or "lastBy":
                RowsEvolution.Compare(stored.Schema, before, present.Schema, now, changes);
                break;
            default:
                CompareParts(stored.Schema, present.Schema, changes);
                if (changes.Count == 0)
                    CompareNames(before, now, changes);
                break;
        }
    }

    /// <summary>Schemas of parts that begin with a word each: any other part is another state.</summary>
    internal static void CompareParts(string stored, string present, List<ShapeChange> changes)
    {
        List<string> before = [.. stored.Split(["; "], StringSplitOptions.None)];
        List<string> now = [.. present.Split(["; "], StringSplitOptions.None)];
        foreach (string part in now.Where(part => !before.Contains(part)))
        {
            string word = WordOf(part, part == now[0]);
            string? other = before.FirstOrDefault(one => WordOf(one, one == before[0]) == word && !now.Contains(one));
            changes.Add(Broken(other is null
                ? $"has '{part}', which what is stored has not"
                : $"has the {word} '{ValueOf(part, word)}', where '{ValueOf(other, word)}' is stored"));
        }

        foreach (string part in before.Where(part => !now.Contains(part)))
        {
            string word = WordOf(part, part == before[0]);
            if (!now.Any(one => WordOf(one, one == now[0]) == word && !before.Contains(one)))
                changes.Add(Broken($"no longer has '{part}', which what is stored has"));
        }
    }

    /// <summary>Whether two layouts say the same, but for members of enums where the stored one does not know them.</summary>
    /// <exception cref="InvalidDataException">A layout is none.</exception>
    internal static bool SaySame(StateShape stored, StateShape present) => stored.Layout == present.Layout
        || (Compare(stored, present).Count == 0
            && StateLayout.Parse(stored.Layout).Tables.Select(table => table.WithoutMembers().ToString()).SequenceEqual(StateLayout.Parse(present.Layout).Tables.Select(table => table.WithoutMembers().ToString())));

    /// <summary>Layouts of one schema: only names can differ, those of fields and those of members of enums.</summary>
    private static void CompareNames(StateLayout stored, StateLayout present, List<ShapeChange> changes)
    {
        foreach (StateTable table in present.Tables)
        {
            StateTable? before = stored.Table(table.Number);
            if (before is null || !ValueEvolution.HaveSameBytes(before.Key, table.Key) || !ValueEvolution.HaveSameBytes(before.Value, table.Value) || before.Time != table.Time)
            {
                changes.Add(Broken($"stores '{table}', where '{before?.ToString() ?? "no such table"}' is stored"));
                continue;
            }

            (string was, string its) = (before.WithoutMembers().ToString(), table.WithoutMembers().ToString());
            if (was != its)
                changes.Add(new ShapeChange(ShapeVerdict.Compatible, SchemaChanged, $"has other names in its entries: '{its}', where '{was}' is stored") { IsOfNames = true });
            List<ValueChange> enums = [];
            EnumEvolution.CompareWithin("", before.Key, table.Key, enums);
            EnumEvolution.CompareWithin("", before.Value, table.Value, enums);
            changes.AddRange(enums.Select(one => new ShapeChange(one.Verdict, SchemaChanged, $"keeps other values in '{table.Name}': {one.What}")));
        }
    }

    private static string ValuesOf(StateShape shape) => shape.Parameters is { } values ? $" '{values}'" : " none";

    internal static ShapeChange Broken(string what) => new(ShapeVerdict.Breaks, SchemaChanged, what);

    private static string WordOf(string part, bool isFirst)
    {
        int space = part.IndexOf(' ');
        string word = space < 0 ? part : part.Substring(0, space);
        return isFirst ? part.Contains(" join on ") ? "join" : "operator and mode" : word is "keys" or "state" or "window" or "session" or "watermark" or "ttl" ? word : "part";
    }

    private static string ValueOf(string part, string word) => part.StartsWith(word + " ", StringComparison.Ordinal) ? part.Substring(word.Length + 1) : part;
}
