using Typed.State;

namespace Typed.Faster;

/// <summary>
/// A folder for what a run spills. Nothing of it is of use to another run: what an earlier one has left, since it was killed, is deleted before, and all of it when
/// the run ends. The folder is made when something is spilled.
/// </summary>
internal sealed class FasterPlace : SpillPlace
{
    private const string Prefix = "spill-";
    private readonly string _folder;
    private int _areas;

    internal FasterPlace(string? stateFolder)
    {
        // The lock of the checkpoint says that no other run is alive there; of the folder for temporary files nobody can say that.
        if (stateFolder is not null && Directory.Exists(stateFolder))
        {
            foreach (string left in Directory.EnumerateDirectories(stateFolder, Prefix + "*"))
                Directory.Delete(left, recursive: true);
        }

        _folder = Path.Combine(stateFolder ?? Path.GetTempPath(), $"{(stateFolder is null ? "typed-" : "")}{Prefix}{Path.GetRandomFileName()}");
    }

    public override SpillArea NewArea(string operatorName, long memoryBytes)
    {
        string name = $"{_areas++}.log";
        return new PagedSpillArea(() => new FasterPageStore(Directory.CreateDirectory(_folder).FullName, name, memoryBytes), $"FASTER in '{_folder}'");
    }

    public override void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
