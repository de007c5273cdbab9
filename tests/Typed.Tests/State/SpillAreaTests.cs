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

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    [InlineData(3_600_000_000)]
    public void When_entries_are_due_needs_little_memory(long apart)
    {
        const int Entries = 200_000;
        using PagedSpillArea area = new(() => new MemoryPageStore(), "pages in memory");
        SpillBatch batch = new();
        for (int i = 0; i < Entries; i++)
        {
            batch.Begin(0, 0, (uint)i, apart * ((i * 7919L) % Entries));
            batch.Writer.Write(i);
            batch.BeginValue();
            batch.Writer.Write(i * 3L);
            batch.End();
            if (batch.Count == 5000)
                batch.PutInto(area);
        }

        Assert.InRange(area.MemoryBytes, Entries * 2, Entries * 4);

        // The rest is neither to come nor to be held.
        Taken taken = new();
        for (int part = 1; part <= 100; part++)
        {
            area.TakeDue(0, (apart * (part * (Entries / 100))) - 1, taken);
            Assert.Equal(part * (Entries / 100), taken.Count);
            Assert.InRange(area.MemoryBytes, 0, Entries * 4);
        }

        Assert.Equal((0, 0), (area.DiskBytes, area.MemoryBytes));
    }

    [Fact]
    public void A_key_that_is_not_here_costs_no_read()
    {
        const int Entries = 100_000;
        using PagedSpillArea area = new(() => new MemoryPageStore(), "pages in memory");
        SpillBatch batch = new();
        for (int i = 0; i < 2 * Entries; i++)
        {
            batch.Begin(0, 0, (uint)i);
            batch.Writer.Write(i);
            batch.End();
            if (i == Entries - 1)
                batch.PutInto(area);
        }

        Taken taken = new();
        batch.TakeFrom(area, taken);
        Assert.Equal((0, Entries), (taken.Count, area.Counts.KeysAsked));
        Assert.InRange(area.Counts.PagesRead, 0, Entries / 50);
    }

    protected override SpillArea NewArea() => new PagedSpillArea(() => new MemoryPageStore(), "pages in memory");

    private sealed class Taken : ISpillTarget
    {
        public int Count { get; private set; }

        public void Take(int table, long part, StateReader key, StateReader value) => Count++;
    }
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
