namespace Typed.State;

/// <summary>A budget whose overflow stays in memory after all: for tests of how operators spill.</summary>
internal sealed class MemorySpillStore(long memoryBytes) : StateStore
{
    public override long? MemoryBytes => memoryBytes;

    public override string ToString() => $"MemorySpill({Typed.State.MemorySize.Text(memoryBytes)})";

    protected internal override SpillPlace? OpenSpill(string? folder) => new Place();

    private sealed class Place : SpillPlace
    {
        public override SpillArea NewArea(string operatorName, long memoryBytes) => new MemorySpillArea();

        public override void Dispose()
        {
        }
    }
}
