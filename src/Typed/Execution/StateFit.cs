using Typed.State;

namespace Typed.Execution;

/// <summary>Why a start is refused because of the state that is stored, and what it says where it goes on with changed operators.</summary>
internal static class StateFit
{
    private const string Ways =
        "Start with the pipeline as it was; give operators whose state is to stay the names and kinds they had; or give the changed pipeline a new checkpoint, and read the sources from their beginning.";

    /// <summary>The rule and the sentence; null if nothing stands against it.</summary>
    internal static (string Rule, string What)? Refusal(OperatorsChange change)
    {
        if (change.Verdict < ShapeVerdict.NeedsMigration)
            return null;
        string what = string.Join("; ", change.Changes.Where(one => one.Change.Verdict >= ShapeVerdict.NeedsMigration).Select(one => $"{one.Operator} {one.Change.What}"));
        return (change.Changes[0].Change.Rule, $"{what}. {Ways}");
    }

    /// <summary>What has changed.</summary>
    internal static string Describe(OperatorsChange change)
    {
        string what = string.Join("; ", change.Changes.Select(one => $"{one.Operator} {one.Change.What}"));
        return what.Length > 0 ? what : "its operators are in another order";
    }
}
