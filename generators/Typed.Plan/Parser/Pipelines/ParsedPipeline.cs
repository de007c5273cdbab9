using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <summary>What was read of a class marked [Pipeline]: its spec, and beside it everything that has a place in the source.</summary>
/// <param name="Spec">The pipeline; null if it cannot be planned, in which case there is a finding or C# itself reports an error.</param>
/// <param name="Findings">What the parser found.</param>
/// <param name="Places">Where the nodes of the spec stand.</param>
internal sealed record ParsedPipeline(PipelineSpec? Spec, ImmutableArray<LocatedFinding> Findings, PlanPlaces Places)
{
    /// <summary>The methods of the user's own that the pipeline runs for its rows.</summary>
    public ImmutableArray<CalledCode> Calls { get; init; } = [];

    /// <summary>The findings of the parser and of the rules, each at its own place, each once.</summary>
    public ImmutableArray<LocatedFinding> AllFindings()
    {
        ImmutableArray<LocatedFinding>.Builder all = ImmutableArray.CreateBuilder<LocatedFinding>();
        HashSet<(string, Location)> seen = [];
        foreach (LocatedFinding finding in Findings)
        {
            if (seen.Add((finding.DiagnosticId, finding.Location)))
                all.Add(finding);
        }

        foreach (Finding finding in Spec is null ? [] : PlanRules.Check(Spec))
        {
            Location place = Places.Find(finding.Node, finding.Place);
            LocatedFinding located = new(finding.DiagnosticId, place, finding.Arguments)
            {
                Related = [.. RelatedPlaces.Of(Spec!, finding).Select(one => Places.Find(one.Node, one.Place)).Where(one => one != place).Distinct()],
            };
            if (seen.Add((located.DiagnosticId, located.Location)))
                all.Add(located);
        }

        return all.ToImmutable();
    }

    /// <summary>The spec if code may be written for it: nothing that was found is an error.</summary>
    public PipelineSpec? Accepted() =>
        Spec is not null
        && !Findings.Any(finding => Diagnostics.IsError(finding.DiagnosticId))
        && !PlanRules.Check(Spec).Any(finding => Diagnostics.IsError(finding.DiagnosticId))
            ? Spec
            : null;
}

/// <summary>A problem and its place.</summary>
internal sealed record LocatedFinding(string DiagnosticId, Location Location, EquatableArray<string> Arguments)
{
    /// <summary>The other places that it is about: where two parts conflict.</summary>
    public ImmutableArray<Location> Related { get; init; } = [];
}

/// <summary>Where the nodes of a plan stand in the source, and the named smaller places inside them.</summary>
internal sealed class PlanPlaces(Location pipeline)
{
    /// <summary>The name of the operator itself.</summary>
    public const string Operator = "";

    /// <summary>The output mode of the pipeline's attribute; node −1.</summary>
    public const string Mode = "mode";

    private readonly Dictionary<(int Node, string Place), Location> _places = [];

    public void Add(int node, string place, Location location) => _places[(node, place)] = location;

    /// <summary>The smallest place that is known: the named one, else the operator's name, else the name of the class.</summary>
    public Location Find(int node, string place) =>
        _places.TryGetValue((node, place), out Location? exact) ? exact
        : _places.TryGetValue((node, Operator), out Location? whole) ? whole
        : pipeline;
}
