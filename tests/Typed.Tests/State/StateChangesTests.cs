using Typed.State;

namespace Typed.Tests.State;

public sealed class StateChangesTests
{
    [Fact]
    public void Records_come_back_from_many_segments()
    {
        StateChanges changes = new();
        for (int round = 0; round < 3; round++)
        {
            Fill(changes, 0, 100_000);
            Assert.True(changes.Segments > 2);
            Assert.Equal(100_000, changes.Count);
            Assert.Equal(changes.Bytes, changes.Written.Length);
            Check(changes, 100_000);
            changes.Clear();
            Assert.Equal(0, changes.Segments);
            Assert.Empty(StateRecord.In(changes));
        }
    }

    [Fact]
    public void Steady_use_allocates_nothing()
    {
        StateChanges changes = new();
        Fill(changes, 0, 200_000);
        changes.Clear();
        Fill(changes, 0, 200_000);
        changes.Clear();

        // The runtime itself allocates on this thread now and then.
        long least = long.MaxValue;
        for (int round = 0; round < 5 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Fill(changes, 0, 200_000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            changes.Clear();
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void Others_are_added_behind()
    {
        StateChanges changes = new();
        StateChanges others = new();
        Fill(changes, 0, 3);
        Fill(others, 3, 50_000);
        changes.Take(others);
        Fill(changes, 50_003, 10);
        Assert.Equal(50_013, changes.Count);
        Assert.Equal(changes.Bytes, changes.Written.Length);
        Check(changes, 50_013);
    }

    [Fact]
    public void An_entry_may_be_larger_than_a_segment()
    {
        StateChanges changes = new();
        byte[] large = new byte[5 << 20];
        large[^1] = 7;
        changes.BeginPut(1, StateEntry.NoTime, 0);
        changes.BeginValue();
        changes.Writer.WriteRaw(large);
        changes.End();
        Fill(changes, 0, 10);
        List<StateRecord> records = [.. StateRecord.In(changes)];
        Assert.Equal(11, records.Count);
        Assert.True(records[0].Value.Span.SequenceEqual(large));
        changes.Clear();
        Fill(changes, 0, 10);
        Check(changes, 10);
    }

    private static void Fill(StateChanges changes, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            if (i % 7 == 3)
                changes.BeginRemove(2, i, (uint)i);
            else
                changes.BeginPut(1, i, (uint)i);
            changes.Writer.Write(i);
            if (i % 7 != 3)
            {
                changes.BeginValue();
                changes.Writer.Write((long)i * i);
            }

            changes.End();
        }
    }

    private static void Check(StateChanges changes, int count)
    {
        int i = 0;
        foreach (StateRecord record in StateRecord.In(changes))
        {
            Assert.Equal(i % 7 == 3, record.IsRemoval);
            Assert.Equal((byte)i, record.Shard);
            Assert.Equal(i, record.Time);
            Assert.Equal(i, BitConverter.ToInt32(record.Key.Span));
            if (!record.IsRemoval)
                Assert.Equal((long)i * i, BitConverter.ToInt64(record.Value.Span));
            i++;
        }

        Assert.Equal(count, i);
    }
}
