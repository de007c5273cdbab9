using Typed;

/// <summary>One event of the US Geological Survey's feed: GeoJSON, a document whose rows are the elements of <c>features</c>.</summary>
[StreamRecord]
public readonly partial record struct Feature(string Id, Properties Properties, Geometry Geometry);

/// <summary>What the feed says of an event; times are milliseconds since 1970, any of the measured values may be missing.</summary>
[StreamRecord]
public readonly partial record struct Properties(double? Mag, string? Place, long Time, string Type, string Status, int? Felt);

/// <summary>Longitude, latitude and depth in kilometres.</summary>
[StreamRecord]
public readonly partial record struct Geometry(string Type, double[] Coordinates);

/// <summary>The busiest places of the week, as they stand after each batch.</summary>
[StreamRecord]
public readonly partial record struct Region(string Name, long Quakes, double? Strongest, double? MeanDepth, DateTimeOffset Latest);

[Pipeline(OutputMode.Complete)]
public sealed partial class BusiestRegions
{
    public static Stream<Region> Define(Stream<Feature> features) => features
        .Where(f => f.Properties.Type == "earthquake" && f.Properties.Mag is >= 2.5)
        .Select(f => new
        {
            Region = RegionOf(f.Properties.Place),
            f.Properties.Mag,
            Depth = f.Geometry.Coordinates[2],
            Time = DateTimeOffset.FromUnixTimeMilliseconds(f.Properties.Time),
        })
        .GroupBy(q => q.Region)
        .Select(g => new Region(g.Key, g.Count(), g.Max(q => q.Mag), g.Average(q => q.Depth), g.Max(q => q.Time)))
        .OrderByDescending(r => r.Quakes).ThenBy(r => r.Name)
        .Take(12);

    /// <summary>The part after the last comma: "4km W of Castaic, CA" lies in CA.</summary>
    private static string RegionOf(string? place) =>
        place is null ? "somewhere" : place[(place.LastIndexOf(',') + 1)..].Trim();
}
