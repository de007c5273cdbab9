using System.Globalization;
using System.Text;

namespace Typed.Oracle.Nexmark;

/// <summary>The events as files of JSON lines, one folder for each record, so that another program can read the same input.</summary>
internal static class NexmarkFiles
{
    private const int Parts = 8;

    /// <summary>Writes <paramref name="count"/> events to the folders persons, auctions and bids below <paramref name="folder"/>.</summary>
    public static void Write(string folder, NexmarkEvents events, long count)
    {
        string[] kinds = ["persons", "auctions", "bids"];
        foreach (string kind in kinds)
            Directory.CreateDirectory(Path.Combine(folder, kind));
        for (int part = 0; part < Parts; part++)
        {
            StringBuilder[] lines = [new(), new(), new()];
            for (long place = count * part / Parts; place < count * (part + 1) / Parts; place++)
            {
                long number = events.NumberAt(place);
                int kind = NexmarkEvents.KindOf(number);
                lines[kind].Append(kind switch
                {
                    0 => Text(events.Person(number)),
                    1 => Text(events.Auction(number)),
                    _ => Text(events.Bid(number)),
                }).Append('\n');

                // One bid in ten is delivered twice.
                if (kind == 2 && number % 10 == 9)
                    lines[kind].Append(Text(events.Bid(number))).Append('\n');
            }

            for (int kind = 0; kind < kinds.Length; kind++)
                File.WriteAllText(Path.Combine(folder, kinds[kind], $"part-{part}.ndjson"), lines[kind].ToString());
        }
    }

    private static string Text(Person one) =>
        $$"""{"id":{{one.Id}},"name":"{{one.Name}}","city":"{{one.City}}","state":"{{one.State}}","time":"{{Text(one.Time)}}"}""";

    private static string Text(Auction one) =>
        $$"""{"id":{{one.Id}},"initialBid":{{one.InitialBid}},"reserve":{{one.Reserve}},"time":"{{Text(one.Time)}}","expires":"{{Text(one.Expires)}}","seller":{{one.Seller}},"category":{{one.Category}}}""";

    private static string Text(Bid one) =>
        $$"""{"auction":{{one.Auction}},"bidder":{{one.Bidder}},"price":{{one.Price}},"channel":"{{one.Channel}}","time":"{{Text(one.Time)}}"}""";

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
