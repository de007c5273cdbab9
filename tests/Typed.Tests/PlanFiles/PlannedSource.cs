extern alias plans;

using plans::Typed.PlanFiles;
using Typed.Tests.Compilation;

namespace Typed.Tests.PlanFiles;

/// <summary>Source that is compiled to a file, from which its plans are read.</summary>
internal sealed class PlannedSource : IDisposable
{
    /// <summary>A record and a pipeline with a window.</summary>
    internal const string Hours = """
        using Typed;

        [StreamRecord] public readonly partial record struct Sale(string Stall, int Count, string? Note, [EventTime] DateTimeOffset Time);
        [StreamRecord] public readonly partial record struct Hour(DateTimeOffset Start, string Stall, long Sales);

        [Pipeline(OutputMode.Append)]
        public sealed partial class Hours
        {
            public int Least { get; init; } = 1;

            public static Stream<Hour> Define(Stream<Sale> sales) => sales
                .Where(s => s.Count > 1 && s.Note != "<b>|*")
                .WithWatermark(s => s.Time, "10 minutes")
                .GroupBy(s => s.Stall, Window.Tumbling("1 hour"))
                .Select(g => new Hour(g.Window.Start, g.Key, g.Count()));
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("typed-plans-").FullName;

    internal PlannedSource(params string[] sources)
    {
        using CompiledSource compiled = CompiledSource.Compile(sources);
        Assert.Empty(compiled.Errors);
        Path = System.IO.Path.Combine(_folder, "Planned.dll");
        using FileStream file = File.Create(Path);
        Assert.True(compiled.Compilation.Emit(file).Success);
    }

    /// <summary>The assembly.</summary>
    internal string Path { get; }

    /// <summary>The folder it lies in, which goes with it.</summary>
    internal string Folder => _folder;

    /// <summary>Its plans.</summary>
    internal IReadOnlyList<PlanSheet> Sheets => [.. AssemblyPlans.In(Path).Select(plan => plan.Sheet)];

    /// <summary>The plan of one pipeline.</summary>
    internal static PlanSheet Sheet(params string[] sources)
    {
        using PlannedSource source = new(sources);
        return Assert.Single(source.Sheets);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
