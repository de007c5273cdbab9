namespace Typed.State;

/// <summary>What a change of a pipeline means for all of its state.</summary>
/// <param name="Match">For each present operator the stored one that it goes on from, by its place.</param>
/// <param name="Changes">What has changed, by the name of the operator; the worst first.</param>
internal sealed record OperatorsChange(IReadOnlyList<int> Match, IReadOnlyList<(string Operator, ShapeChange Change)> Changes)
{
    /// <summary>What all of it means.</summary>
    internal ShapeVerdict Verdict => Changes.Count == 0 ? ShapeVerdict.Same : Changes[0].Change.Verdict;

    /// <summary>Whether the state has to be written anew: entries have other bytes, or operators another order.</summary>
    internal bool Rewrites => Changes.Any(one => one.Change.Rewrites) || Match.Where((stored, i) => stored != i).Any();
}

/// <summary>
/// Which stored operator each of a pipeline's goes on from. Those with a given name are found by it; the others by their order among those of their kind.
/// An operator that gets a name is the one without that was there of the same kind and schema in the same place among its kind. Nothing begins empty, and
/// nothing is left behind, without being said.
/// </summary>
internal static class OperatorsEvolution
{
    /// <summary>Compares all operators.</summary>
    /// <exception cref="InvalidDataException">A layout is none.</exception>
    internal static OperatorsChange Compare(IReadOnlyList<StateShape> stored, IReadOnlyList<StateShape> present)
    {
        int[] match = Match(stored, present);
        List<(string Operator, ShapeChange Change)> changes = [];
        for (int i = 0; i < match.Length; i++)
        {
            if (match[i] < 0)
                changes.Add((present[i].Name, Set($"would begin with nothing: no state of {Describe(present[i])} is stored that is not another operator's")));
            else
                changes.AddRange(StateEvolution.Compare(stored[match[i]], present[i]).Select(change => (present[i].Name, change)));
        }

        for (int i = 0; i < stored.Count; i++)
        {
            if (Array.IndexOf(match, i) < 0)
                changes.Add((stored[i].Name, Set($"is {Describe(stored[i])} whose state is stored, and no operator goes on from it")));
        }

        return new OperatorsChange(match, [.. changes.OrderByDescending(one => one.Change.Verdict)]);
    }

    /// <summary>The stored operator of each present one; −1 for none.</summary>
    internal static int[] Match(IReadOnlyList<StateShape> stored, IReadOnlyList<StateShape> present)
    {
        int[] match = [.. present.Select(_ => -1)];
        for (int i = 0; i < match.Length; i++)
        {
            if (present[i].IsNamed)
                match[i] = Find(stored, one => one.IsNamed && one.Name == present[i].Name);
        }

        foreach (string kind in present.Select(one => one.Kind).Distinct())
            MatchKind(kind, stored, present, match);
        return match;
    }

    private static void MatchKind(string kind, IReadOnlyList<StateShape> stored, IReadOnlyList<StateShape> present, int[] match)
    {
        List<int> before = Of(stored, kind);
        List<int> now = Of(present, kind);
        List<int> unnamed = [.. before.Where(one => !stored[one].IsNamed)];
        List<int> mine = [.. now.Where(one => !present[one].IsNamed)];
        foreach (int named in now.Where(one => present[one].IsNamed && match[one] < 0))
        {
            int place = now.IndexOf(named);
            if (unnamed.Count > mine.Count && place < before.Count && unnamed.Contains(before[place]) && stored[before[place]].Schema == present[named].Schema)
            {
                match[named] = before[place];
                unnamed.Remove(before[place]);
            }
        }

        if (unnamed.Count != mine.Count)
            return;
        for (int i = 0; i < mine.Count; i++)
            match[mine[i]] = unnamed[i];
    }

    private static List<int> Of(IReadOnlyList<StateShape> shapes, string kind) => [.. Enumerable.Range(0, shapes.Count).Where(i => shapes[i].Kind == kind)];

    private static int Find(IReadOnlyList<StateShape> shapes, Func<StateShape, bool> fits)
    {
        for (int i = 0; i < shapes.Count; i++)
        {
            if (fits(shapes[i]))
                return i;
        }

        return -1;
    }

    private static ShapeChange Set(string what) => new(ShapeVerdict.Breaks, StateEvolution.OperatorsChanged, what);

    private static string Describe(StateShape shape) => $"{StateEvolution.InWords(shape.Kind)}{(shape.IsNamed ? $" named '{shape.Name}'" : " without a name")} ('{shape.Schema}')";
}
