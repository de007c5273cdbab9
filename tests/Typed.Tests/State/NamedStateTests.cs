using Typed.Tests.Cli;
using Typed.Tests.Files;
using Typed.Tests.Generator;

namespace Typed.Tests.State;

[StreamRecord]
public readonly partial record struct Parcel(string Id, string Town, int Weight);

[StreamRecord]
public readonly partial record struct TownTotal(string Town, long Parcels);

/// <summary>Each parcel once, by town. The names hold all that a name may: no class is called so.</summary>
[Pipeline(OutputMode.Update)]
public sealed partial class NamedParcels
{
    public static Stream<TownTotal> Define(Stream<Parcel> parcels) => parcels
        .DropDuplicates(p => p.Id).Named("1-parcels_once.v2")
        .GroupBy(p => p.Town).Select(g => new TownTotal(g.Key, g.Count())).Named("Rows");
}

/// <summary>A given name is what the operator is called wherever it is named.</summary>
public class NamedStateTests
{
    [Fact]
    public void An_operator_knows_its_name_and_that_it_was_given()
    {
        using PipelineRun<TownTotal> run = new(new NamedParcels());
        Assert.Equal([("Rows", true), ("1-parcels_once.v2", true)], run.Graph.Stateful.Select(one => (one.Name, one.IsNamed)));
        Assert.Contains("  1-parcels_once.v2  ", run.Plan.Text, StringComparison.Ordinal);
        Assert.Equal([new TownTotal("here", 2)], run.Batch(new Parcel("a", "here", 1), new("b", "here", 2), new("a", "here", 1)));
    }

    [Fact]
    public async Task Progress_and_checkpoint_have_it()
    {
        using Folder folder = new();
        MemorySource<Parcel> parcels = new();
        MemorySink<TownTotal> totals = new() { SurvivesRestart = true };
        parcels.Add(new Parcel("a", "here", 1));
        QueryOptions options = new() { Checkpoint = folder.Checkpoint, Trigger = Trigger.AvailableNow };
        await using (StreamingQuery query = await NamedParcels.From(parcels).To(totals).StartAsync(options, TestContext.Current.CancellationToken))
        {
            await query.Completion;
            Assert.Equal(["Rows", "1-parcels_once.v2"], query.LastProgress!.StateOperators.Select(one => one.Name));
        }

        (int code, string output) = SalesFolder.Run("state", folder.Checkpoint);
        Assert.Equal(0, code);
        Assert.Contains("1-parcels_once.v2", output, StringComparison.Ordinal);
    }
}
