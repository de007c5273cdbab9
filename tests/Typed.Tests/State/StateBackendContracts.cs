using Typed.State;
using Typed.Testing;

namespace Typed.Tests.State;

public sealed class MemoryStateBackendContract : StateBackendContract
{
    private readonly MemoryStateBackend _backend = new();

    public static TheoryData<string> All => [.. StateBackendChecks];

    [Theory]
    [MemberData(nameof(All))]
    public void Holds(string check) => Check(check);

    protected override IStateBackend Open() => _backend;
}

public sealed class StateLogContract : StateBackendContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-state-").FullName;

    public static TheoryData<string> All => [.. StateBackendChecks];

    [Theory]
    [MemberData(nameof(All))]
    public void Holds(string check)
    {
        Check(check);
        Assert.Empty(Directory.GetFiles(_folder, ".*"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override IStateBackend Open() => new StateLog(_folder);
}
