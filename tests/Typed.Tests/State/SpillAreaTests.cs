using Typed.Faster;
using Typed.State;
using Typed.Testing;

namespace Typed.Tests.State;

/// <summary>The area in memory, which others are compared with.</summary>
public sealed class MemorySpillAreaTests : SpillContract
{
    public static TheoryData<string> All => [.. SpillChecks];

    protected override int ManyEntries => 100_000;

    [Theory]
    [MemberData(nameof(All))]
    public void Holds(string check) => Check(check);

    protected override SpillArea NewArea() => new MemorySpillArea();
}

/// <summary>The area of pages, over pages in memory.</summary>
public sealed class PagedSpillAreaTests : SpillContract
{
    public static TheoryData<string> All => [.. SpillChecks];

    [Theory]
    [MemberData(nameof(All))]
    public void Holds(string check) => Check(check);

    protected override SpillArea NewArea() => new PagedSpillArea(() => new MemoryPageStore(), "pages in memory");
}

/// <summary>The area of pages, over FASTER with the least memory.</summary>
public sealed class FasterSpillAreaTests : SpillContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-spill-").FullName;

    public static TheoryData<string> All => [.. SpillChecks];

    [Theory]
    [MemberData(nameof(All))]
    public void Holds(string check)
    {
        Check(check);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override SpillArea NewArea() => new PagedSpillArea(() => new FasterPageStore(_folder, "log", 0), "FASTER");
}
