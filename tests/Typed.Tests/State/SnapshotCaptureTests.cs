using Typed.Execution;
using Typed.State;
using Typed.Testing;

namespace Typed.Tests.State;

/// <summary>Versions that are copied in slices while the state goes on changing.</summary>
public sealed class SnapshotCaptureTests
{
    private const int SliceEntries = 1 << 15;

    // A slice fills one at least.
    private const int Parts = 4;

    [Fact]
    public void A_version_is_made_when_a_slice_leaves_nothing()
    {
        using MemoryStateBackend backend = new();
        using SnapshotWriter writer = new(backend);
        Numbers state = new();
        SnapshotCapture capture = new(state, writer) { Slice = TimeSpan.Zero };
        state.Set(0, 3 * SliceEntries, 1);
        Assert.False(capture.Continue(1, default, []));
        Assert.True(capture.IsUnderWay);

        // Some that was copied changes again, some is new, some goes.
        state.Set(10, 500, 2);
        state.Set(4 * SliceEntries, 10, 2);
        state.Remove(5);
        Assert.False(capture.Continue(2, default, []));
        Assert.False(capture.Continue(3, default, []));
        Assert.True(capture.Continue(4, default, []));
        Assert.False(capture.IsUnderWay);
        writer.Wait();
        Assert.Equal([4], backend.Versions);
        state.Check(backend, 4);

        // The next one has what changed since, in one slice.
        state.Set(7, 3, 9);
        Assert.True(capture.Continue(5, default, []));
        writer.Wait();
        state.Check(backend, 5);
    }

    [Fact]
    public void State_that_changes_faster_than_it_is_copied_is_copied_at_once_in_the_end()
    {
        using MemoryStateBackend backend = new();
        using SnapshotWriter writer = new(backend);
        Numbers state = new();
        SnapshotCapture capture = new(state, writer) { Slice = TimeSpan.Zero };
        int batch = 0;
        do
        {
            state.Set(0, 2 * SliceEntries, ++batch);
            Assert.True(batch < 20, "It does not come to an end.");
        }
        while (!capture.Continue(batch, default, []));
        Assert.True(batch > 4);
        writer.Wait();
        Assert.Equal([batch], backend.Versions);
        state.Check(backend, batch);
    }

    [Fact]
    public void Of_large_entries_a_slice_has_no_more_than_a_part()
    {
        using MemoryStateBackend backend = new();
        using SnapshotWriter writer = new(backend);
        Numbers state = new() { ValueBytes = 64 << 10 };
        SnapshotCapture capture = new(state, writer) { Slice = TimeSpan.Zero };
        int inPart = StateChanges.PartBytes / state.ValueBytes;
        state.Set(0, 4 * inPart, 1);
        int batch = 1;
        for (; !capture.Continue(batch, default, []); batch++)
            Assert.True(writer.HasRoom(TimeSpan.FromSeconds(120)));
        Assert.InRange(batch, 4, 6);
        writer.Wait();
        state.Check(backend, batch);
    }

    // What leaves memory in the midst of a batch is written at once; slices before it are older, slices after it newer.
    [Fact]
    public void What_is_put_ahead_between_two_slices_is_newer_than_the_first()
    {
        using MemoryStateBackend backend = new();
        using SnapshotWriter writer = new(backend);
        Numbers state = new();
        SnapshotCapture capture = new(state, writer) { Slice = TimeSpan.Zero };
        state.Set(0, 2 * SliceEntries, 1);
        Assert.False(capture.Continue(1, default, []));
        state.Set(3, 4, 2);
        state.Remove(8);
        capture.HandOverEarly(0, state.Early(3, 4, 5, 6, 8));
        state.Set(5, 1, 3);
        Assert.False(capture.Continue(2, default, []));
        int batch = 3;
        for (; !capture.Continue(batch, default, []); batch++)
            Assert.True(batch < 10_000, "It does not come to an end.");
        writer.Wait();
        state.Check(backend, batch);
    }

    // A source that cannot be read again: all of it before the commit, and yet not all of it in memory at once.
    [Fact]
    public void What_is_copied_at_once_is_handed_over_in_parts()
    {
        using MemoryStateBackend backend = new();
        using SnapshotWriter writer = new(backend);
        Numbers state = new();
        SnapshotCapture capture = new(state, writer);
        state.Set(0, 1_000_000, 1);
        Assert.True(capture.Complete(0, default, []));
        Assert.InRange(state.MostBytes, 1, StateChanges.PartBytes + (2 << 20));
        writer.Wait();
        state.Check(backend, 0);
    }

    // The loop is never held where no part of what was captured has come to the disk; what it has not copied is copied when there is room.
    [Fact]
    public async Task A_slice_ends_where_there_is_no_room()
    {
        using ManualResetEventSlim isOpen = new();
        using MemoryStateBackend kept = new();
        using SlowDisk disk = new(kept, () => isOpen.Wait());
        using SnapshotWriter writer = new(disk);
        Numbers state = new() { ValueBytes = 4000 };
        SnapshotCapture capture = new(state, writer);
        state.Set(0, 20_000, 1);
        int batch = 0;
        try
        {
            await Task.Run(() =>
            {
                for (; batch < 20; batch++)
                {
                    state.Set(1000 * batch, 3, batch);
                    Assert.True(batch < Parts || !capture.HasRoomForEarly);
                    Assert.False(capture.Continue(batch, default, []));
                }
            }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        }
        finally
        {
            isOpen.Set();
        }

        Assert.InRange(state.MostBytes, 1, StateChanges.PartBytes + (3 << 20));
        for (; !capture.Continue(batch, default, []); batch++)
            Assert.True(batch < 10_000, "It does not come to an end.");
        writer.Wait();
        Assert.True(capture.HasRoomForEarly);
        state.Check(kept, batch);
    }

    // The disk ends a write only when the loop has gone on meanwhile: if it waited for the disk, both would wait for ever.
    [Fact]
    public async Task The_loop_goes_on_while_each_write_takes_long()
    {
        using MemoryStateBackend kept = new();
        using SemaphoreSlim mayEnd = new(0);
        using SlowDisk disk = new(kept, mayEnd.Wait);
        using SnapshotWriter writer = new(disk);
        Numbers state = new() { ValueBytes = 4000 };
        SnapshotCapture capture = new(state, writer) { Slice = TimeSpan.Zero };
        state.Set(0, 20_000, 1);
        int batch = 0;
        try
        {
            await Task.Run(() =>
            {
                for (bool isMade = false; !isMade; batch++)
                {
                    state.Set(1000 * (batch % 20), 3, batch);
                    isMade = capture.Continue(batch, default, []);
                    if (batch % 3 == 2)
                        mayEnd.Release();
                }
            }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        }
        finally
        {
            mayEnd.Release(1000);
        }

        writer.Wait();
        state.Check(kept, batch - 1);

        // Eighty megabytes in parts of eight, as much as one slice may have.
        Assert.InRange(disk.Writes, 8, 20);
    }

    [Fact]
    public void A_part_that_cannot_be_written_ends_the_query_and_does_not_hang_it()
    {
        using StateLog log = new(Directory.CreateTempSubdirectory("typed-capture-").FullName);
        SnapshotWriter writer = new(log);
        Numbers state = new();
        SnapshotCapture capture = new(state, writer);
        log.Dispose();
        Directory.Delete(log.Path, true);
        state.Set(0, 2_000_000, 1);
        capture.Complete(0, default, []);
        Assert.ThrowsAny<IOException>(writer.Wait);
        writer.Dispose();
    }

    /// <summary>Numbers by number, of which each has a value.</summary>
    private sealed class Numbers : ICapturedState
    {
        private readonly Dictionary<int, long> _values = [];
        private readonly SortedSet<int> _changed = [];

        public long Entries => _values.Count;

        internal long MostBytes { get; private set; }

        /// <summary>How many bytes each value has besides.</summary>
        internal int ValueBytes { get; init; }

        public void Prepare(StateVersion version, Action<int, StateChanges> handOver)
        {
            OperatorChanges changes = new("numbers", "numbers", "");
            changes.Changes.Full = full =>
            {
                MostBytes = Math.Max(MostBytes, full.Bytes);
                handOver(0, full);
            };
            version.Operators.Add(changes);
        }

        public bool SaveSome(StateVersion version, CaptureSlice slice)
        {
            while (_changed.Count > 0 && !slice.IsOver)
            {
                Save(_changed.Min, version.Operators[0].Changes);
                slice.Add(1);
            }

            return _changed.Count == 0;
        }

        public void SaveChanges(StateVersion version)
        {
            while (_changed.Count > 0)
                Save(_changed.Min, version.Operators[0].Changes);
            version.Operators[0].Head = new StateHead();
        }

        internal void Set(int first, int count, long value)
        {
            for (int i = first; i < first + count; i++)
            {
                _values[i] = value;
                _changed.Add(i);
            }
        }

        /// <summary>Some that has changed, as it is when it leaves memory.</summary>
        internal StateChanges Early(params ReadOnlySpan<int> numbers)
        {
            StateChanges early = new();
            foreach (int number in numbers)
                Save(number, early);
            return early;
        }

        internal void Remove(int number)
        {
            _values.Remove(number);
            _changed.Add(number);
        }

        internal void Check(IStateBackend backend, long version)
        {
            using StoredVersion stored = backend.Open(version);
            Reading reading = new();
            for (int shard = 0; shard < Shard.Count; shard++)
                stored.Read(0, (byte)shard, reading);
            Assert.Equal(_values.Count, reading.Values.Count);
            Assert.All(reading.Values, one => Assert.Equal(_values[one.Key], one.Value));
        }

        private void Save(int number, StateChanges changes)
        {
            _changed.Remove(number);
            if (_values.TryGetValue(number, out long value))
            {
                changes.BeginPut(0, StateEntry.NoTime, (uint)number);
                changes.Writer.Write(number);
                changes.BeginValue();
                changes.Writer.Write(value);
                changes.Writer.WriteRaw(new byte[ValueBytes]);
            }
            else
            {
                changes.BeginRemove(0, StateEntry.NoTime, (uint)number);
                changes.Writer.Write(number);
            }

            changes.End();
        }

        private sealed class Reading : IStateTarget
        {
            internal Dictionary<int, long> Values { get; } = [];

            public void Take(in StateEntry entry) => Values.Add(entry.Key.Read<int>(), entry.Value.Read<long>());
        }
    }

    /// <summary>Waits before each write.</summary>
    private sealed class SlowDisk(IStateBackend kept, Action wait) : IStateBackend
    {
        internal int Writes { get; private set; }

        public string Description => kept.Description;

        public IReadOnlyList<long> Versions => kept.Versions;

        public bool WantsCompaction => false;

        public void Save(StateVersion version)
        {
            Write();
            kept.Save(version);
        }

        public void SavePart(int number, StateChanges changes)
        {
            Write();
            kept.SavePart(number, changes);
        }

        public StoredVersion Open(long batchId) => kept.Open(batchId);

        public void Forget(long below) => kept.Forget(below);

        public void Compact(CancellationToken cancellation) => kept.Compact(cancellation);

        public void Dispose()
        {
        }

        private void Write()
        {
            Writes++;
            wait();
        }
    }
}
