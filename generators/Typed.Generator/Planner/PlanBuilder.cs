using System.Globalization;
using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>What is written → what is run: each step is a pure function in a file of its name.</summary>
internal static class PlanBuilder
{
    public static PhysicalPlan Build(PipelineSpec pipeline)
    {
        IReadOnlyList<NodeSpec> pushed = FilterPushdown.Apply([.. pipeline.Outputs.Select(output => output.Root)]);
        (IReadOnlyList<OperatorSpec> lowered, IReadOnlyList<int> outputs) = Lowering.Lower(pipeline, pushed);
        (IReadOnlyList<OperatorSpec> pruned, IReadOnlyList<int> last) = ColumnPruning.Apply(
            lowered, [.. outputs.Select((number, i) => (number, pipeline.Outputs[i].Row))]);
        return new PhysicalPlan(pipeline, Name(TrackOrigins(pruned)).ToEquatable()) { Outputs = last.ToEquatable() };
    }

    /// <summary>Marks what stands between a source and a stateful operator: late rows are traced back through it.</summary>
    private static IReadOnlyList<OperatorSpec> TrackOrigins(IReadOnlyList<OperatorSpec> operators)
    {
        bool[] traced = new bool[operators.Count];
        for (int i = operators.Count - 1; i >= 0; i--)
        {
            foreach (int input in operators[i].Inputs)
                traced[input] |= operators[i].DropsLateRows || traced[i];
        }

        return
        [
            .. operators.Select((one, i) => one switch
            {
                StageOp stage => stage with { TracksOrigin = traced[i] },
                FlattenOp flatten => flatten with { TracksOrigin = traced[i] },
                DistinctOp distinct => distinct with { TracksOrigin = traced[i] },
                TableJoinOp join => join with { TracksOrigin = traced[i] },
                ExpectOp expect => expect with { TracksOrigin = traced[i] },
                _ => one,
            }),
        ];
    }

    /// <summary>
    /// Numbers the operators, and names each as the user does, else by its kind and a count by kind, in which those with a given name take part: the names of
    /// others stay what they are when one is given. Lets every name in an expression be unique.
    /// </summary>
    private static IEnumerable<OperatorSpec> Name(IReadOnlyList<OperatorSpec> operators)
    {
        Dictionary<string, int> counts = [];
        for (int i = 0; i < operators.Count; i++)
        {
            string kind = operators[i].KindName;
            int count = counts[kind] = (counts.TryGetValue(kind, out int before) ? before : 0) + 1;
            string derived = kind + "-" + count.ToString(CultureInfo.InvariantCulture);
            OperatorSpec named = operators[i].At(i, derived);
            yield return named.GivenName is { } given ? named with { Name = given, DerivedName = derived } : named;
        }
    }
}
