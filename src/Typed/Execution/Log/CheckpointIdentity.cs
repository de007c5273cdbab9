using System.Globalization;
using Typed.Operators;
using Typed.State;

namespace Typed.Execution;

/// <summary>Whom a checkpoint belongs to: the file <c>metadata</c>, written once at the first start.</summary>
/// <param name="QueryId">Stays for the life of the checkpoint.</param>
/// <param name="Pipeline">The name of the pipeline class.</param>
/// <param name="Sources">The names of the sources in order.</param>
/// <param name="State">The stateful operators at the first start, in order: what they are and what they store.</param>
internal sealed record CheckpointIdentity(Guid QueryId, string Pipeline, IReadOnlyList<string> Sources, IReadOnlyList<StateShape> State)
{
    internal const string Kind = "checkpoint";

    /// <summary>The identity of a new query.</summary>
    internal static CheckpointIdentity Of(PipelinePlan plan, OperatorGraph graph) => new(
        Guid.NewGuid(),
        plan.Name,
        [.. plan.Sources.Select(source => source.Name)],
        [.. graph.Operators.OfType<StatefulOperator>().Select(one => one.Shape)]);

    internal byte[] Format() => LogText.Format(
        Kind,
        [
            ("id", QueryId.ToString("D", CultureInfo.InvariantCulture)),
            ("pipeline", Pipeline),
            .. Sources.Select(source => ("source", source)),
            .. State.SelectMany(Lines),
        ]);

    internal static CheckpointIdentity Read(string path)
    {
        LogText text = LogText.Read(path, Kind);
        if (!Guid.TryParseExact(text.Text("id"), "D", out Guid id))
            throw text.Damaged("its query id is not a GUID");
        string pipeline = text.Text("pipeline");
        List<string> sources = [];
        while (text.NextIs("source"))
            sources.Add(text.Text("source"));
        List<StateShape> state = [];
        while (text.NextIs("state"))
            state.Add(ReadShape(text));
        text.End();
        return new CheckpointIdentity(id, pipeline, sources, state);
    }

    /// <summary>Refuses a pipeline that cannot go on from a checkpoint (semantics 12.8).</summary>
    /// <param name="present">The pipeline that is to start.</param>
    /// <param name="path">The checkpoint.</param>
    internal void Admit(CheckpointIdentity present, string path)
    {
        const string remedy = "Start with the pipeline as it was, or give the changed one a new checkpoint.";
        if (present.Pipeline != Pipeline)
        {
            throw new QueryStartException(
                "checkpoint-of-another-pipeline",
                $"The checkpoint '{path}' belongs to the pipeline '{Pipeline}', not to '{present.Pipeline}'. Give each pipeline a checkpoint of its own.");
        }

        if (!present.Sources.SequenceEqual(Sources))
        {
            throw new QueryStartException(
                "sources-changed",
                $"The pipeline '{Pipeline}' reads ({string.Join(", ", present.Sources)}), but its checkpoint '{path}' was made with ({string.Join(", ", Sources)}), and offsets belong to sources by position. {remedy}");
        }
    }

    /// <summary>
    /// Refuses a pipeline whose operators could not go on from the state of those of the first start. It is asked where no version of state was loaded: a version
    /// says itself what its operators were, and they may have changed since the first start.
    /// </summary>
    /// <param name="change">What the operators of the pipeline mean for the state of those of the first start.</param>
    /// <param name="path">The checkpoint.</param>
    internal void AdmitState(OperatorsChange change, string path)
    {
        if (StateFit.Refusal(change) is { } refusal)
            throw new QueryStartException(refusal.Rule, $"The pipeline '{Pipeline}' cannot go on from its checkpoint '{path}': {refusal.What}");
    }

    // An operator without a given name is called by its kind here: which number it had then says nothing.
    private static IEnumerable<(string Name, string Value)> Lines(StateShape shape) =>
    [
        ("state", $"{shape.Kind} {shape.Schema}"),
        .. shape.IsNamed ? [("name", shape.Name)] : Array.Empty<(string, string)>(),
        .. shape.Layout.Length > 0 ? [("layout", shape.Layout)] : Array.Empty<(string, string)>(),
    ];

    private static StateShape ReadShape(LogText text)
    {
        string[] state = text.Text("state").Split(' ', 2);
        string? name = text.NextIs("name") ? text.Text("name") : null;
        string layout = text.NextIs("layout") ? text.Text("layout") : "";
        return new StateShape(name ?? state[0], name is not null, state[0], state.Length > 1 ? state[1] : "", layout);
    }
}
