using Typed.State;

namespace Typed.Faster;

/// <summary>
/// A folder for what a run spills. Nothing of it is of use to another run: what an earlier one has left, since it was killed, is deleted before, and all of it when
/// the run ends. The folder is made when something is spilled.
/// </summary>
internal sealed class FasterPlace : SpillPlace
{
    private const string Prefix = "spill-";
    private const string TemporaryPrefix = "typed-" + Prefix;
    private readonly Lock _making = new();
    private readonly bool _isTemporary;
    private readonly string _folder;
    private TemporaryFolder? _made;
    private int _areas;

    /// <param name="stateFolder">The folder of the state in a checkpoint; null if there is none.</param>
    /// <param name="temporary">The folder for temporary files, which is taken then.</param>
    internal FasterPlace(string? stateFolder, string temporary)
    {
        // The lock of the checkpoint says that no other run is alive there.
        if (stateFolder is null)
        {
            _isTemporary = true;
            TemporaryFolder.DeleteLeft(temporary, TemporaryPrefix);
        }
        else if (Directory.Exists(stateFolder))
        {
            foreach (string left in Directory.EnumerateDirectories(stateFolder, Prefix + "*"))
                Directory.Delete(left, recursive: true);
        }

        _folder = Path.Combine(stateFolder ?? temporary, (_isTemporary ? TemporaryPrefix : Prefix) + Path.GetRandomFileName());
    }

    public override SpillArea NewArea(string operatorName, long memoryBytes)
    {
        string name = $"{_areas++}.log";
        return new PagedSpillArea(() => new FasterPageStore(Made(), name, memoryBytes), $"FASTER in '{_folder}'");
    }

    public override void Dispose()
    {
        _made?.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private string Made()
    {
        if (!_isTemporary)
            return Directory.CreateDirectory(_folder).FullName;

        // Operators of several workers may spill for the first time at once.
        lock (_making)
            return (_made ??= TemporaryFolder.Make(_folder)).Path;
    }
}
