using Typed;
using Typed.Connect;
using Typed.Oracle.Nexmark;
using Typed.Oracle.Pipelines;
using Typed.Schema;

// Runs each pipeline over its finite input and leaves its rows under OUT/<pipeline>; oracle.mjs then asks DuckDB for the same and compares.
if (args is not [string flightFolder, string outFolder])
{
    Console.Error.WriteLine("Which flights, and where to? Typed.Oracle FLIGHTS OUT");
    return 2;
}

const long Events = 200_000;
string nexmark = Path.Combine(outFolder, "nexmark");
NexmarkFiles.Write(nexmark, new NexmarkEvents(eventsPerSecond: 1000, disorder: 100), Events);

Input<Flight> flights = new(flightFolder, 3);
Input<Person> persons = new(Path.Combine(nexmark, "persons"), 1);
Input<Auction> auctions = new(Path.Combine(nexmark, "auctions"), 1);
Input<Bid> bids = new(Path.Combine(nexmark, "bids"), 1);

await RunAsync(HourlyFlights.From(flights.Files()), nameof(HourlyFlights));
await RunAsync(SlidingFlights.From(flights.Files()), nameof(SlidingFlights));
await RunAsync(RouteSessions.From(flights.Files()), nameof(RouteSessions));
await RunAsync(DistinctFlights.From(flights.Files()), nameof(DistinctFlights));
await RunAsync(ReturnFlights.From(flights.Files()), nameof(ReturnFlights));
await RunAsync(ReturnFlightsOrNone.From(flights.Files()), nameof(ReturnFlightsOrNone));
await RunAsync(FlightsWithReturn.From(flights.Files()), nameof(FlightsWithReturn));
await RunAsync(FlightsWithoutReturn.From(flights.Files()), nameof(FlightsWithoutReturn));
await RunAsync(BidsInWindows.From(bids.Files()), nameof(BidsInWindows));
await RunAsync(NewSellers.From(persons.Files(), auctions.Files()), nameof(NewSellers));
await RunAsync(BidderSessions.From(bids.Files()), nameof(BidderSessions));
await RunAsync(BidsWithAuction.From(bids.Files(), auctions.Files()), nameof(BidsWithAuction));
await RunAsync(AllPairings.From(auctions.Files(), bids.Files()), nameof(AllPairings));
await RunAsync(BidsOfPersons.From(bids.Files(), persons.Files()), nameof(BidsOfPersons));
await RunAsync(AuctionsWithBids.From(auctions.Files(), bids.Files()), nameof(AuctionsWithBids));
await RunAsync(BidsOnce.From(bids.Files()), nameof(BidsOnce));
await RunAsync(DistinctChannels.From(bids.Files()), nameof(DistinctChannels));
return 0;

async Task RunAsync<T>(PipelineStart<T> pipeline, string name)
{
    await using StreamingQuery query = await pipeline
        .To(JsonFiles.Out(Path.Combine(outFolder, name)))
        .StartAsync(new() { Trigger = Trigger.AvailableNow, Checkpoint = Path.Combine(outFolder, "checkpoints", name) });
    QueryTotals totals = await query.Completion;
    Console.WriteLine($"{name}: {totals.InputRows} rows in, {totals.OutputRows} out, {totals.LateRows} late, {totals.Batches} batches");
    if (totals.LateRows > 0)
        throw new InvalidOperationException($"{name} had late rows: a query over the whole input cannot agree with it. Give the watermark a longer delay.");
}

/// <summary>Files that are read some at a time, in the order of their names, so that there are several batches.</summary>
internal sealed record Input<T>(string Folder, int FilesPerBatch)
    where T : IStreamRecord<T>
{
    public ISource<T> Files() => JsonFiles.In<T>(Folder, new() { MaxFilesPerTrigger = FilesPerBatch, Order = FileOrder.Path });
}
