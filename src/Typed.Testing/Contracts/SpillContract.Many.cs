using Typed.State;

namespace Typed.Testing;

/// <content>Many entries, and what they leave behind.</content>
public abstract partial class SpillContract
{
    private void ManyEntriesComeBack()
    {
        using SpillArea area = NewArea();
        Sums sums = new();
        const int AtOnce = 50_000;
        SpillBatch batch = new();
        for (int first = 0; first < ManyEntries; first += AtOnce)
        {
            batch.Clear();
            for (int i = first; i < Math.Min(ManyEntries, first + AtOnce); i++)
                AddNumber(batch, i, withValue: true);
            area.Put(batch);
            SpillModel.Expect($"{area.Count} entries use {area.MemoryBytes} bytes of memory", area.MemoryBytes <= FixedBytes + (area.Count * BytesForEach));
        }

        SpillModel.Expect($"{area.Count} of {ManyEntries} entries are said to be there", area.Count == ManyEntries);
        area.Visit(0, 0, sums);
        sums.Expect(ManyEntries, ManyEntries);

        // Half of them by their keys in another order, among as many that are not there.
        int step = 7919;
        for (int taken = 0; taken < ManyEntries / 2;)
        {
            batch.Clear();
            for (int i = 0; i < AtOnce && taken < ManyEntries / 2; i++, taken++)
            {
                AddNumber(batch, (int)((long)taken * step % ManyEntries), withValue: false);
                AddNumber(batch, ManyEntries + taken, withValue: false);
            }

            area.Take(batch, sums);
        }

        area.TakePart(0, 0, sums);
        sums.Expect(ManyEntries, 2L * ManyEntries);
        SpillModel.Expect("Entries are left when all were taken", area.Count == 0);
    }

    private void WhatHasLeftLeavesNothing()
    {
        using SpillArea area = NewArea();
        SpillBatch batch = new();
        Sums sums = new();
        for (int round = 0; round < 6; round++)
        {
            batch.Clear();
            for (int i = 0; i < 40_000; i++)
                AddNumber(batch, i, withValue: true, part: round, due: round % 2 == 0 ? i * 100L : SpillArea.NeverDue);
            area.Put(batch);
            switch (round % 6)
            {
                case 0:
                    area.TakeDue(0, long.MaxValue - 1, sums);
                    break;
                case 1 or 4:
                    area.Take(batch, sums);
                    break;
                case 2:
                    area.TakePart(0, round, sums);
                    break;
                case 3:
                    area.DropPart(0, round);
                    break;
                default:
                    area.Clear();
                    break;
            }

            SpillModel.Expect($"In round {round} {area.Count} entries are left", area.Count == 0 && area.PartsOf(0).Count == 0);
            SpillModel.Expect($"In round {round} an area without entries uses {area.MemoryBytes} bytes of memory and {area.DiskBytes} of disk", area.MemoryBytes <= FixedBytes && area.DiskBytes <= FixedBytes);
        }
    }

    private void LongChurnStaysBounded()
    {
        using SpillArea area = NewArea();
        SpillBatch batch = new();
        Random random = new(Seed);
        const int Keys = 60_000;
        const int EntryBytes = 60;
        bool[] here = new bool[Keys];
        Sums sums = new();
        for (int step = 0; step < 150; step++)
        {
            batch.Clear();
            HashSet<int> some = [.. Enumerable.Range(0, 3000).Select(_ => random.Next(Keys))];
            foreach (int key in some.Where(key => here[key]))
                AddNumber(batch, key, withValue: false);
            area.Take(batch, sums);
            batch.Clear();
            foreach (int key in some)
                AddNumber(batch, key, withValue: true, due: key % 4 == 0 ? (1000 + step) * 1_000_000L : SpillArea.NeverDue);
            area.Put(batch);
            foreach (int key in some)
                here[key] = true;
            long bound = FixedBytes + (area.Count * EntryBytes * 3);
            SpillModel.Expect($"After {step} rounds {area.Count} entries use {area.DiskBytes} bytes of disk", area.DiskBytes <= bound);
            SpillModel.Expect($"After {step} rounds {area.Count} entries use {area.MemoryBytes} bytes of memory", area.MemoryBytes <= FixedBytes + (area.Count * BytesForEach));
        }

        SpillModel.Expect("Entries were lost or doubled", area.Count == here.Count(one => one));
    }

    private void WhatComesAndGoesStaysBounded()
    {
        using SpillArea area = NewArea();
        SpillBatch batch = new();
        const int Keys = 8000;
        const int Rounds = 260;
        const int EntryBytes = 60;
        const long Day = 86_400_000_000;
        const long Second = 1_000_000;
        long[] due = new long[Keys];
        Times times = new();
        for (int round = 0; round < Rounds; round++)
        {
            // One half leaves and comes again while the other one is here. Each visit has a time of its own, a day ahead.
            long now = round * Second;
            batch.Clear();
            for (int key = round & 1; round > 1 && key < Keys; key += 2)
                AddNumber(batch, key, withValue: false, part: key % 16 == 0 ? 1 : 0);
            times.Clear();
            area.Take(batch, times);
            SpillModel.Expect($"In round {round} {times.Came.Count} entries came", times.Came.Count == (round > 1 ? Keys / 2 : 0));
            times.Clear();
            area.TakeDue(0, now, times);
            SpillModel.Expect($"In round {round} entries came a day too early", times.Came.Count == 0);
            batch.Clear();
            for (int key = round & 1; key < Keys; key += 2)
            {
                due[key] = now + Day + (key * 7919L % Keys * Second / 100);
                AddNumber(batch, key, withValue: true, part: key % 16 == 0 ? 1 : 0, due: due[key]);
            }

            area.Put(batch);
            SpillModel.Expect($"After {round} rounds {area.Count} entries use {area.DiskBytes} bytes of disk", area.DiskBytes <= FixedBytes + (area.Count * EntryBytes * 3));
            SpillModel.Expect($"After {round} rounds {area.Count} entries use {area.MemoryBytes} bytes of memory", area.MemoryBytes <= FixedBytes + (area.Count * BytesForEach));
        }

        // Each comes once, at its last time; what it had before means nothing any more.
        HashSet<long> came = [];
        for (long time = Day; came.Count < Keys; time += 5 * Second)
        {
            times.Clear();
            area.TakeDue(0, time, times);
            foreach (long key in times.Came)
            {
                SpillModel.Expect($"Entry {key} came twice", came.Add(key));
                SpillModel.Expect($"Entry {key} came too early", due[key] <= time + (2 * Second));
            }

            SpillModel.Expect("An entry that is due did not come", due.Select((one, key) => (one, key)).All(one => one.one > time || came.Contains(one.key)));
        }

        SpillModel.Expect("Entries are left when all were due", area.Count == 0);
    }

    private static void AddNumber(SpillBatch batch, int number, bool withValue, long part = 0, long due = SpillArea.NeverDue)
    {
        batch.Begin(0, part, (uint)number * 2654435761, due);
        batch.Writer.Write((long)number);
        if (withValue)
        {
            batch.BeginValue();
            batch.Writer.Write((long)number * 3);
            batch.Writer.Write((long)number * 5);
        }

        batch.End();
    }

    /// <summary>Notes which entries came.</summary>
    private sealed class Times : ISpillTarget
    {
        public List<long> Came { get; } = [];

        public void Take(int table, long part, StateReader key, StateReader value) => Came.Add(key.Read<long>());

        public void Clear() => Came.Clear();
    }

    /// <summary>Adds entries up, so that many can be compared without keeping them.</summary>
    private sealed class Sums : ISpillTarget
    {
        private long _count;
        private UInt128 _sum;

        public void Take(int table, long part, StateReader key, StateReader value)
        {
            long number = key.Read<long>();
            SpillModel.Expect($"Entry {number} came with another value", value.Read<long>() == number * 3 && value.Read<long>() == number * 5);
            _count++;
            _sum += (ulong)number;
        }

        public void Expect(int entries, long times)
        {
            SpillModel.Expect($"{_count} entries came where {times} should", _count == times);
            SpillModel.Expect("Other entries came than were put", _sum == (UInt128)entries * (UInt128)(entries - 1) / 2 * (UInt128)(times / entries));
        }
    }
}
