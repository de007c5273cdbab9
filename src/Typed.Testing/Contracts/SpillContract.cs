using Typed.State;

namespace Typed.Testing;

/// <summary>
/// What a place for state that memory has no room for has to do: entries that were put come back whole, once, and only when they are asked for; what has left
/// leaves memory and disk. It needs no test framework; a class of tests gives each check a fresh instance:
/// <code>
/// public sealed class MyAreaTests : SpillContract
/// {
///     public static TheoryData&lt;string&gt; All => [.. SpillChecks];
///
///     [Theory, MemberData(nameof(All))]
///     public void Holds(string check) => Check(check);
/// }
/// </code>
/// </summary>
public abstract partial class SpillContract
{
    private const int Seed = 20240229;
    private readonly IReadOnlyDictionary<string, Action> _checks;

    /// <summary>A contract.</summary>
    protected SpillContract() => _checks = new Action[]
    {
        AnEmptyAreaHasNothing, EntriesComeBackOnce, RandomCallsAgreeWithADictionary, OneHashForAllKeysChangesNothing, PartsAreApart, WhatIsDueComesInTime,
        KeysAreComparedByAllTheirBytes, HugeEntriesComeBackWhole, ReadersEndWithTheirEntry, ManyEntriesComeBack, WhatHasLeftLeavesNothing, LongChurnStaysBounded,
        WhatComesAndGoesStaysBounded,
    }.ToDictionary(check => check.Method.Name, StringComparer.Ordinal);

    /// <summary>The names of the checks.</summary>
    public static IReadOnlyList<string> SpillChecks { get; } =
    [
        nameof(AnEmptyAreaHasNothing), nameof(EntriesComeBackOnce), nameof(RandomCallsAgreeWithADictionary), nameof(OneHashForAllKeysChangesNothing), nameof(PartsAreApart),
        nameof(WhatIsDueComesInTime), nameof(KeysAreComparedByAllTheirBytes), nameof(HugeEntriesComeBackWhole), nameof(ReadersEndWithTheirEntry), nameof(ManyEntriesComeBack),
        nameof(WhatHasLeftLeavesNothing), nameof(LongChurnStaysBounded), nameof(WhatComesAndGoesStaysBounded),
    ];

    /// <summary>An area without entries, with as little memory as it can work with. Disposed by the check.</summary>
    protected abstract SpillArea NewArea();

    /// <summary>How many entries the check with many has.</summary>
    protected virtual int ManyEntries => 1_000_000;

    /// <summary>Bytes of memory that an area may use for each entry, beside <see cref="FixedBytes"/>.</summary>
    protected virtual int BytesForEach => 8;

    /// <summary>Bytes of memory and of disk that an area may use without entries.</summary>
    protected virtual long FixedBytes => 8 << 20;

    /// <summary>Runs a check.</summary>
    /// <param name="name">One of <see cref="SpillChecks"/>.</param>
    /// <exception cref="ContractException">It does not hold.</exception>
    /// <exception cref="ArgumentException">There is no such check.</exception>
    public void Check(string name)
    {
        if (!_checks.TryGetValue(name, out Action? check))
            throw new ArgumentException($"There is no check '{name}'; there are {string.Join(", ", _checks.Keys)}.", nameof(name));
        check();
    }

    private void AnEmptyAreaHasNothing()
    {
        using SpillArea area = NewArea();
        SpillModel model = new(area);
        model.Put();
        model.Take([(0, 0, Key(1))]);
        model.TakePart(0, 0);
        model.TakeDue(0, long.MaxValue);
        model.Visit(0, 0);
        model.Drop(0, 0);
        model.Clear();
        SpillModel.Expect("An empty area has parts", area.PartsOf(0).Count == 0 && area.CountOf(0, 0) == 0);
    }

    private void EntriesComeBackOnce()
    {
        using SpillArea area = NewArea();
        SpillModel model = new(area);
        for (int i = 0; i < 1000; i++)
            model.Add(0, 0, Key(i), Value(i, i % 50));
        model.Put();

        // The first asks for some twice; the second for what has left.
        model.Take(Enumerable.Range(0, 700).Concat(Enumerable.Range(0, 10)).Select(i => (0, 0L, Key(i))));
        model.Take(Enumerable.Range(0, 700).Select(i => (0, 0L, Key(i))));
        for (int i = 0; i < 700; i++)
            model.Add(0, 0, Key(i), Value(i + 1, 20));
        model.Put();
        model.Visit(0, 0);
        model.Take(Enumerable.Range(0, 2000).Select(i => (0, 0L, Key(i))));
        SpillModel.Expect("Entries are left when all were taken", area.Count == 0);
    }

    private void RandomCallsAgreeWithADictionary() => RandomCalls(hash: false, Seed);

    private void OneHashForAllKeysChangesNothing() => RandomCalls(hash: true, Seed + 1);

    private void RandomCalls(bool hash, int seed)
    {
        using SpillArea area = NewArea();
        SpillModel model = new(area);
        Random random = new(seed);
        for (int step = 0; step < 400; step++)
        {
            int table = random.Next(2);
            long part = random.Next(-2, 3);
            switch (random.Next(20))
            {
                case 0:
                    model.TakePart(table, part);
                    break;
                case 1:
                    model.Drop(table, part);
                    break;
                case 2:
                    model.Visit(table, part);
                    break;
                case 3 or 4:
                    model.TakeDue(table, random.NextInt64(-5_000_000, 50_000_000));
                    break;
                case 5 when random.Next(10) == 0:
                    model.Clear();
                    break;
                case < 12:
                    model.Take(Enumerable.Range(0, random.Next(1, 400)).Select(_ => (random.Next(2), (long)random.Next(-2, 3), Key(random.Next(3000)))).Distinct(), hash ? 7u : 0);
                    break;
                default:
                    for (int i = random.Next(1, 1 << random.Next(10)); i > 0; i--)
                    {
                        (int Table, long Part, int Key) one = (random.Next(2), random.Next(-2, 3), random.Next(3000));
                        if (model.Has(one.Table, one.Part, Key(one.Key)))
                            continue;
                        long due = random.Next(3) == 0 ? random.NextInt64(-5_000_000, 60_000_000) : SpillArea.NeverDue;
                        model.Add(one.Table, one.Part, Key(one.Key), Value(random.Next(), random.Next(80)), due, hash ? 7u : (uint)one.Key);
                    }

                    model.Put();
                    break;
            }
        }

        model.CheckCounts();
    }

    private void PartsAreApart()
    {
        using SpillArea area = NewArea();
        SpillModel model = new(area);
        long[] parts = [long.MinValue, -1, 0, 1, long.MaxValue];
        foreach (long part in parts)
        {
            for (int i = 0; i < 100; i++)
            {
                model.Add(0, part, Key(i), Value(i, 10));
                model.Add(255, part, Key(i), Value(i + 1, 10));
            }
        }

        model.Put();
        SpillModel.Expect("A part does not count its entries", area.CountOf(0, 1) == 100 && area.CountOf(1, 1) == 0 && area.CountOf(0, 2) == 0);
        model.Take([(0, 2, Key(1)), (1, 1, Key(1)), (0, 1, Key(1))]);
        model.TakePart(0, -1);
        model.Drop(255, long.MaxValue);
        model.Visit(0, long.MaxValue);
        foreach (long part in parts)
        {
            model.TakePart(0, part);
            model.TakePart(255, part);
        }

        SpillModel.Expect("Entries are left when all parts were taken", area.Count == 0 && area.PartsOf(0).Count == 0 && area.PartsOf(255).Count == 0);
    }

    private void WhatIsDueComesInTime()
    {
        using SpillArea area = NewArea();
        SpillModel model = new(area);
        const long Second = 1_000_000;
        for (int i = 0; i < 5000; i++)
            model.Add(0, i % 3, Key(i), Value(i, 12), i % 10 == 0 ? SpillArea.NeverDue : (i % 100) * Second);
        for (int i = 0; i < 10; i++)
            model.Add(1, 0, Key(i), Value(i, 12), -i * Second);
        model.Add(1, 0, Key(100), Value(1, 1), long.MinValue);
        model.Put();
        model.TakeDue(0, -1);
        model.TakeDue(1, -5 * Second);

        // Taken by their key, and put again for another time: the time they had before means nothing any more.
        List<byte[]> moved = [.. Enumerable.Range(0, 2000).Select(Key)];
        model.Take(moved.Select((key, i) => (0, (long)(i % 3), key)));
        for (int i = 0; i < moved.Count; i++)
            model.Add(0, i % 3, moved[i], Value(i, 9), (200 + (i % 7)) * Second);
        model.Put();
        for (long time = 0; time <= 210; time += 10)
            model.TakeDue(0, time * Second);
        SpillModel.Expect("What is never due was taken, or what is due was not", area.Count == model.Count && model.Keys.All(key => key.Table == 1 || area.CountOf(0, key.Part) > 0));
        model.TakeDue(0, long.MaxValue - 1);
        model.TakeDue(1, 0);
        model.Drop(0, 0);
        model.TakePart(0, 1);
        model.Take(Enumerable.Range(0, 5000).Select(i => (0, 2L, Key(i))));
        SpillModel.Expect("Entries are left when all were taken", area.Count == 0);
    }

    private void KeysAreComparedByAllTheirBytes()
    {
        using SpillArea area = NewArea();
        SpillModel model = new(area);
        List<byte[]> keys = [[], [0], [0, 0], [1], [1, 0], [0, 1]];
        for (int length = 0; length < 40; length++)
        {
            keys.Add([.. Enumerable.Repeat((byte)7, length + 3), 1]);
            keys.Add([.. Enumerable.Repeat((byte)7, length + 3), 2]);
        }

        for (int i = 0; i < keys.Count; i++)
            model.Add(3, 5, keys[i], i % 2 == 0 ? [] : [(byte)i]);
        model.Put();
        foreach (byte[] key in keys.Take(20))
            model.Take([(3, 5, key)]);
        model.Take(keys.Select(key => (3, 5L, (byte[])[.. key, 9])));
        model.Take(keys.Select(key => (3, 5L, key)));
        SpillModel.Expect("Entries are left when all were taken", area.Count == 0);
    }

    private void HugeEntriesComeBackWhole()
    {
        using SpillArea area = NewArea();
        SpillModel model = new(area);
        int[] lengths = [0, 1, 4000, 4096, 5000, 65_536, 65_537, 300_000, 5_000_000];
        for (int i = 0; i < lengths.Length; i++)
        {
            model.Add(0, 0, Key(i), Value(i, lengths[i]), i % 2 == 0 ? 1_000_000 * i : SpillArea.NeverDue);
            model.Add(0, 1, Value(i, 50_000), Value(i + 7, lengths[i]));
        }

        model.Put();
        model.Visit(0, 0);
        model.Take([(0, 0, Key(8)), (0, 0, Key(7)), (0, 0, Key(20)), (0, 1, Value(3, 50_000))]);
        model.TakeDue(0, 5_000_000);
        model.TakePart(0, 1);
        for (int i = 20; i < 120; i++)
            model.Add(0, 0, Key(i), Value(i, 100_000));
        model.Put();
        for (int i = 20; i < 120; i++)
            model.Take([(0, 0, Key(i))]);
        model.TakePart(0, 0);
        SpillModel.Expect("Entries are left when all were taken", area.Count == 0);
    }

    private void ReadersEndWithTheirEntry()
    {
        using SpillArea area = NewArea();
        SpillBatch batch = new();
        for (int i = 0; i < 10; i++)
        {
            batch.Begin(0, 0, (uint)i);
            batch.Writer.Write(i);
            batch.BeginValue();
            batch.Writer.Write((long)i);
            batch.End();
        }

        area.Put(batch);
        Edges edges = new();
        area.Visit(0, 0, edges);
        area.Take(batch, edges);
        SpillModel.Expect($"{edges.Seen} entries came where 20 should", edges.Seen == 20);
    }

    private static byte[] Key(int number) => [.. BitConverter.GetBytes(number), .. Enumerable.Repeat((byte)number, Math.Abs(number) % 5)];

    private static byte[] Value(int seed, int length)
    {
        byte[] value = new byte[length];
        new Random(seed).NextBytes(value);
        return value;
    }

    /// <summary>Reads entries and one byte more.</summary>
    private sealed class Edges : ISpillTarget
    {
        public int Seen { get; private set; }

        public void Take(int table, long part, StateReader key, StateReader value)
        {
            int number = key.Read<int>();
            SpillModel.Expect("An entry came with another value", value.Read<long>() == number && key.Left == 0 && value.Left == 0);
            foreach (StateReader reader in new[] { key, value })
            {
                try
                {
                    reader.Read<byte>();
                }
                catch (InvalidDataException)
                {
                    continue;
                }

                throw new ContractException("A reader goes on behind the end of its entry.");
            }

            Seen++;
        }
    }
}
