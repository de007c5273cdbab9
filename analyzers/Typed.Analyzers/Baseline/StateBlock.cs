using Typed.State;

namespace Typed.Analyzers.Baseline;

/// <summary>
/// What one operator keeps, as it stands in a baseline:
/// <code>
/// Shop.OrdersByUser / orders-by-user
///   kind   stateStoreSave
///   state  aggregate v1 Update; keys UserId string; state Rows long
///   table  0 groups; time none; key UserId string; value Rows int64
///   lasts  ttl 30 days
/// </code>
/// There is a line for each table (see StateLayout), and the last only where something has a length that no other line says.
/// <c>Shop.OrdersByUser / orders-by-user *RETIRED*</c>, a line alone, takes an operator away.
/// </summary>
internal sealed record StateBlock(string Pipeline, string Name)
{
    public const string Retired = "*RETIRED*";
    public const string Between = " / ";

    public bool IsRetired { get; init; }

    public string Kind { get; init; } = "";

    public string Schema { get; init; } = "";

    /// <summary>The lines of the tables.</summary>
    public string Layout { get; init; } = "";

    /// <summary>What has a length, and which.</summary>
    public string Lasts { get; init; } = "";

    /// <summary>The number of its first line, from 0.</summary>
    public int Line { get; init; }

    public (string Pipeline, string Name) Key => (Pipeline, Name);

    /// <summary>What the judge takes. A name that could be a derived one is none that was given.</summary>
    public StateShape Shape => new(Name, IsGiven(Name), Kind, Schema, Layout);

    /// <summary>Whether two blocks say the same.</summary>
    public bool Says(StateBlock other) => IsRetired == other.IsRetired && Kind == other.Kind && Schema == other.Schema && Layout == other.Layout && Lasts == other.Lasts;

    /// <summary>Whether a name was given: what has none is called by its kind and a number, which is no name to give.</summary>
    public static bool IsGiven(string name) => Plan.PlanRules.IsGivenName(name);

    /// <summary>A text on one line, which no editor changes.</summary>
    public static string Flat(string text) => text.Replace('\r', ' ').Replace('\n', ' ').Trim();

    /// <summary>The lines of tables, without what no editor leaves.</summary>
    public static string FlatLines(string layout) => string.Join("\n", layout.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    /// <summary>Its lines.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Pipeline + Between + Name + (IsRetired ? " " + Retired : "");
        if (IsRetired)
            yield break;
        yield return "  kind   " + Kind;
        yield return "  state  " + Schema;
        foreach (string table in Layout.Split(['\n'], StringSplitOptions.RemoveEmptyEntries))
            yield return "  table  " + table;
        if (Lasts.Length > 0)
            yield return "  lasts  " + Lasts;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join("\n", Lines());
}
