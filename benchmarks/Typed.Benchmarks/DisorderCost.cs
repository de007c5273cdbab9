using System.Globalization;
using Typed.Columns;

namespace Typed.Benchmarks;

/// <summary>The same pipeline over rows in order and over rows of which some are behind, by turns, so that what else the machine does slows both alike.</summary>
internal static class DisorderCost
{
    private const int Turns = 7;

    /// <summary>Measures, prints and releases the batches.</summary>
    public static void Print(string name, object pipeline, List<ColumnBatch> inOrder, List<ColumnBatch> behind, int warmup)
    {
        List<double> ordered = [];
        List<double> disordered = [];
        List<double> costs = [];
        for (int turn = 0; turn < Turns; turn++)
        {
            ordered.Add(PipelineRate.Measure(pipeline, inOrder, warmup).Rate);
            disordered.Add(PipelineRate.Measure(pipeline, behind, warmup).Rate);
            costs.Add(ordered[^1] / disordered[^1]);
        }

        foreach (ColumnBatch batch in inOrder.Concat(behind))
            batch.Release();
        costs.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-24} in order {ordered.Max(),6:F1}, 30 % behind {disordered.Max(),6:F1} M rows/s at best: × {ordered.Max() / disordered.Max():F2}, median of turns × {costs[Turns / 2]:F2}"));
    }
}
