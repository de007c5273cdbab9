using System.Globalization;
using Typed.Operators;

namespace Typed.Execution;

/// <summary>Whom a checkpoint belongs to: the file <c>metadata</c>, written once at the first start.</summary>
/// <param name="QueryId">Stays for the life of the checkpoint.</param>
/// <param name="Pipeline">The name of the pipeline class.</param>
/// <param name="Sources">The names of the sources in order.</param>
/// <param name="State">The stateful operators in order: what they are and what they store.</param>
internal sealed record CheckpointIdentity(Guid QueryId, string Pipeline, IReadOnlyList<string> Sources, IReadOnlyList<string> State)
{
    internal const string Kind = "checkpoint";

    /// <summary>The operators of <see cref="State"/>, where they are those of a pipeline and not of a file.</summary>
    private IReadOnlyList<StatefulOperator> Operators { get; init; } = [];

    /// <summary>The identity of a new query.</summary>
    internal static CheckpointIdentity Of(PipelinePlan plan, OperatorGraph graph) => new(
        Guid.NewGuid(),
        plan.Name,
        [.. plan.Sources.Select(source => source.Name)],
        [.. graph.Operators.OfType<StatefulOperator>().Select(one => $"{one.Kind} {one.StateSchema}")])
    {
        Operators = [.. graph.Operators.OfType<StatefulOperator>()],
    };

    internal byte[] Format() => LogText.Format(
        Kind,
        [
            ("id", QueryId.ToString("D", CultureInfo.InvariantCulture)),
            ("pipeline", Pipeline),
            .. Sources.Select(source => ("source", source)),
            .. State.Select(state => ("state", state)),
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
        List<string> state = [];
        while (text.NextIs("state"))
            state.Add(text.Text("state"));
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

        if (!present.State.Select(KindOf).SequenceEqual(State.Select(KindOf)))
        {
            throw new QueryStartException(
                "stateful-operator-set-changed",
                $"The pipeline '{Pipeline}' keeps state in ({string.Join(", ", present.State.Select(KindOf))}), but its checkpoint '{path}' holds state of ({string.Join(", ", State.Select(KindOf))}). {remedy}");
        }

        for (int i = 0; i < State.Count; i++)
        {
            if (present.Operators[i].Judge(State[i][(KindOf(State[i]).Length + 1)..]) is { } refusal)
                throw new QueryStartException(refusal.Rule, $"The pipeline '{Pipeline}' cannot go on from its checkpoint '{path}': {refusal.What}. {remedy}");
        }
    }

    private static string KindOf(string state) => state.Split(' ')[0];
}
