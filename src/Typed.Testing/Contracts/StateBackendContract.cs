using Typed.State;

namespace Typed.Testing;

/// <summary>
/// What a backend of state has to do. It needs no test framework; a class of tests gives each check a fresh instance:
/// <code>
/// public sealed class MyBackendTests : StateBackendContract
/// {
///     public static TheoryData&lt;string&gt; All => [.. StateBackendChecks];
///
///     [Theory, MemberData(nameof(All))]
///     public void Holds(string check) => Check(check);
/// }
/// </code>
/// </summary>
public abstract class StateBackendContract
{
    private readonly Dictionary<string, Action> _checks;

    /// <summary>A contract of its own for each check.</summary>
    protected StateBackendContract() => _checks = Checks().ToDictionary(check => check.Method.Name, StringComparer.Ordinal);

    /// <summary>The names of the checks.</summary>
    public static IReadOnlyList<string> StateBackendChecks { get; } =
    [
        nameof(NothingIsThereAtFirst), nameof(WhatWasSavedIsThereForTheNextRun), nameof(VersionIsTheOneBeforeAndItsChanges), nameof(LastRecordOfKeyCounts),
        nameof(TimeIsPartOfWhatAnEntryIsKnownBy), nameof(WhatLiesBelowFloorIsGone), nameof(VersionIsReplacedAsWhole), nameof(VersionsOfAnotherLifeAreForgotten), nameof(OldVersionsAreForgotten),
        nameof(BytesAreOnlyBorrowed), nameof(PartsComeBeforeTheRest), nameof(PartsWithoutVersionAreLost), nameof(PuttingTogetherChangesNothing), nameof(EntriesMayBeLargeOrEmpty), nameof(ManyEntriesInOneShard), nameof(AnyHistoryAddsUp),
    ];

    /// <summary>Opens the backend as a run does: each time on the same place.</summary>
    protected abstract IStateBackend Open();

    /// <summary>Runs a check, on a backend that nothing else has touched.</summary>
    /// <param name="name">One of <see cref="StateBackendChecks"/>.</param>
    /// <exception cref="ContractException">It does not hold.</exception>
    /// <exception cref="ArgumentException">There is no such check.</exception>
    public void Check(string name)
    {
        if (!_checks.TryGetValue(name, out Action? check))
            throw new ArgumentException($"There is no check '{name}'; there are {string.Join(", ", _checks.Keys)}.", nameof(name));
        check();
    }

    private IEnumerable<Action> Checks() =>
    [
        NothingIsThereAtFirst, WhatWasSavedIsThereForTheNextRun, VersionIsTheOneBeforeAndItsChanges, LastRecordOfKeyCounts, TimeIsPartOfWhatAnEntryIsKnownBy, WhatLiesBelowFloorIsGone,
        VersionIsReplacedAsWhole, VersionsOfAnotherLifeAreForgotten, OldVersionsAreForgotten, BytesAreOnlyBorrowed, PartsComeBeforeTheRest, PartsWithoutVersionAreLost, PuttingTogetherChangesNothing,
        EntriesMayBeLargeOrEmpty,
        ManyEntriesInOneShard, AnyHistoryAddsUp,
    ];

    private void NothingIsThereAtFirst()
    {
        using IStateBackend backend = Open();
        Expect("A new backend has versions", backend.Versions.Count == 0);
        Expect("A version that was never saved could be opened", IsRefused(backend, 0));
        Expect("There is nothing to put together", !backend.WantsCompaction);
        backend.Forget(5);
    }

    private void WhatWasSavedIsThereForTheNextRun()
    {
        StateHistory history = new();
        using (IStateBackend backend = Open())
        {
            history.Save(backend, 3, null, change => change.Put(1, "a", 1).Put(2, "ü", 2).Head("n", 5));
            history.Save(backend, 7, 3, change => change.Put(1, "b", 2));
        }

        using IStateBackend again = Open();
        Expect("Versions 3 and 7 were saved", again.Versions.SequenceEqual([3L, 7]));
        history.Verify(again);
        using StoredVersion stored = again.Open(3);
        Expect("The note of version 3", stored.Note.Span.SequenceEqual("note 3"u8));
        Expect("Version 3 is of batch 3", stored.BatchId == 3);
        Expect("Name, kind and schema of the operator", stored.Operators[0] is { Name: "first", Kind: "kind 1", Schema: "schema\n1" });
    }

    private void VersionIsTheOneBeforeAndItsChanges()
    {
        using IStateBackend backend = Open();
        StateHistory history = new();
        history.Save(backend, 0, null, change => change.Put(1, "a", 1).Put(1, "b", 2));
        history.Save(backend, 1, 0, change => change.Put(1, "b", 3).Remove(1, "a"));
        history.Save(backend, 2, 1, _ => { });
        history.Save(backend, 3, 2, change => change.Put(1, "a", 4).Remove(1, "never there"));
        history.Verify(backend);
    }

    private void LastRecordOfKeyCounts()
    {
        using IStateBackend backend = Open();
        StateHistory history = new();
        history.Save(backend, 0, null, change => change.Put(1, "a", 1).Put(1, "a", 2).Put(1, "b", 1).Remove(1, "b"));
        history.Save(backend, 1, 0, change => change.Remove(1, "a").Put(1, "a", 3).Put(1, "b", 4).Remove(1, "b").Put(1, "b", 5));
        history.Verify(backend);
    }

    private void TimeIsPartOfWhatAnEntryIsKnownBy()
    {
        using IStateBackend backend = Open();
        StateHistory history = new();
        history.Save(backend, 0, null, change => change.Put(1, "a", 1, 10).Put(1, "a", 2, 20).Put(2, "a", 3, 10).Put(1, "a", 4));
        history.Save(backend, 1, 0, change => change.Remove(1, "a", 10).Put(1, "a", 5, long.MinValue).Put(1, "a", 6, long.MaxValue - 1));
        history.Verify(backend);
    }

    private void WhatLiesBelowFloorIsGone()
    {
        using IStateBackend backend = Open();
        StateHistory history = new();
        history.Save(backend, 0, null, change => change.Put(1, "a", 1, 10).Put(1, "b", 1, 11).Put(1, "c", 1).Put(2, "a", 1, 10));
        history.Save(backend, 1, 0, change => change.Floor(1, 11).Put(1, "late", 1, 10));
        history.Save(backend, 2, 1, change => change.Floor(1, 12).Floor(2, 3));
        history.Verify(backend);
    }

    private void VersionIsReplacedAsWhole()
    {
        using IStateBackend backend = Open();
        StateHistory history = new();
        history.Save(backend, 1, null, change => change.Put(1, "a", 1));
        history.Save(backend, 2, 1, change => change.Put(1, "b", 1));
        history.Save(backend, 2, 1, change => change.Put(1, "c", 1));
        Expect("Version 2 was saved twice, and is there once", backend.Versions.SequenceEqual([1L, 2]));
        history.Verify(backend);
        history.Save(backend, 2, null, change => change.Put(1, "d", 1));
        history.Verify(backend);
    }

    private void VersionsOfAnotherLifeAreForgotten()
    {
        StateHistory history = new();
        using (IStateBackend backend = Open())
        {
            for (int i = 0; i < 5; i++)
                history.Save(backend, i, i == 0 ? null : i - 1, change => change.Put(1, $"key {i}", i));
        }

        using IStateBackend again = Open();
        history.Save(again, 3, 1, change => change.Put(1, "other", 1));
        Expect("Version 3 goes on from 1, so 2 and 4 are of a life that was given up", again.Versions.SequenceEqual([0L, 1, 3]));
        history.Save(again, 4, 3, change => change.Put(1, "more", 1));
        history.Verify(again);
    }

    private void OldVersionsAreForgotten()
    {
        StateHistory history = new();
        using (IStateBackend backend = Open())
        {
            for (int i = 0; i < 6; i++)
                history.Save(backend, i, i == 0 ? null : i - 1, change => change.Put(1, $"key {i}", i));
            backend.Forget(below: 4);
            Expect("Versions below 4 were to be forgotten", backend.Versions.SequenceEqual([4L, 5]));
            Expect("Version 3 was forgotten and can be opened", IsRefused(backend, 3));
            history.Verify(backend);
            history.Save(backend, 6, 5, change => change.Put(1, "key 6", 6));
            backend.Forget(below: 5);
            history.Verify(backend);
        }

        using IStateBackend again = Open();
        Expect("Versions 5 and 6 were kept", again.Versions.Contains(5) && again.Versions.Contains(6));
        history.Verify(again);
    }

    private void BytesAreOnlyBorrowed()
    {
        using IStateBackend backend = Open();
        StateHistory history = new();
        StateVersion version = history.Save(backend, 1, null, change => change.Put(1, "a", 1));
        foreach (OperatorChanges one in version.Operators)
        {
            one.Changes.Clear();
            one.Changes.Writer.WriteRaw(new byte[50]);
        }

        history.Verify(backend);
    }

    private void PartsComeBeforeTheRest()
    {
        using IStateBackend backend = Open();
        StateHistory history = new();
        history.Save(backend, 1, null, change => change.Put(1, "a", 1).Put(2, "b", 1).Put(1, "gone", 1).Part().Part().Put(1, "a", 2).Part().Remove(1, "gone").Put(1, "a", 3));
        history.Verify(backend);
        history.Save(backend, 2, 1, change => change.Remove(1, "a").Put(1, "early", 1, 5).Part().Put(1, "c", 1).Floor(1, 6).Head("n", 1));
        history.Verify(backend);
        history.Save(backend, 3, 2, change => change.PutMany(0, 1000).Floor(1, 6).Part());
        backend.Compact(default);
        history.Verify(backend);
    }

    private void PartsWithoutVersionAreLost()
    {
        StateHistory history = new();
        using (IStateBackend backend = Open())
        {
            history.Save(backend, 1, null, change => change.Put(1, "a", 1));
            StateChanges part = new();
            part.BeginPut(1, StateEntry.NoTime, 5);
            part.BeginValue();
            part.End();
            backend.SavePart(1, part);
        }

        using IStateBackend again = Open();
        history.Verify(again);
        history.Save(again, 2, 1, change => change.Put(1, "b", 1));
        history.Verify(again);
    }

    private void PuttingTogetherChangesNothing()
    {
        StateHistory history = new();
        using (IStateBackend backend = Open())
        {
            history.Save(backend, 0, null, change => change.Put(1, "a", 1).Put(1, "b", 2, 5).Put(2, "c", 3));
            history.Save(backend, 1, 0, change => change.Put(1, "b", 3, 7).Remove(1, "a").Floor(1, 6).Head("n", 1));
            backend.Compact(default);
            history.Verify(backend);
            history.Save(backend, 2, 1, change => change.Put(1, "a", 9).Remove(1, "b", 7));
            history.Verify(backend);
            backend.Forget(below: 1);
            history.Verify(backend);
            backend.Compact(default);
            backend.Compact(default);
            backend.Forget(below: 2);
            history.Verify(backend);
        }

        using IStateBackend again = Open();
        history.Verify(again);
        history.Save(again, 5, 2, change => change.Put(1, "z", 1));
        history.Verify(again);
    }

    private void EntriesMayBeLargeOrEmpty()
    {
        using IStateBackend backend = Open();
        StateHistory history = new();
        byte[] large = new byte[3 << 20];
        Random.Shared.NextBytes(large);
        history.Save(backend, 0, null, change => change.Put(1, [], []).Put(1, "large"u8, large).Put(1, large.AsSpan(0, 2 << 20), [1]).Put(1, "large"u8, large.AsSpan(1)));
        history.Verify(backend);
        history.Save(backend, 1, 0, change => change.Put(1, "large"u8, large).Put(1, [], [1, 2, 3]));
        backend.Compact(default);
        backend.Forget(1);
        history.Verify(backend);
    }

    private void ManyEntriesInOneShard()
    {
        using IStateBackend backend = Open();
        StateHistory history = new() { Hash = _ => 77 };
        history.Save(backend, 0, null, change => change.PutMany(0, 60_000));
        history.Save(backend, 1, 0, change => change.PutMany(30_000, 60_000));
        backend.Compact(default);
        backend.Forget(1);
        history.Verify(backend);
    }

    private void AnyHistoryAddsUp()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            Random random = new(seed);
            StateHistory history = new();
            IStateBackend backend = Open();
            try
            {
                long first = 1000 * seed;
                long? last = null;
                for (int step = 0; step < 40; step++)
                {
                    long next = (last ?? first) + random.Next(1, 4);
                    history.Save(backend, next, last, change =>
                    {
                        while (random.Next(4) == 0)
                        {
                            change.Random(random);
                            change.Part();
                        }

                        change.Random(random);
                    });
                    last = next;
                    if (random.Next(3) == 0)
                        backend.Forget(next - random.Next(6));
                    if (random.Next(4) == 0)
                        backend.Compact(default);
                    if (random.Next(3) == 0)
                    {
                        backend.Dispose();
                        backend = Open();
                    }

                    history.Verify(backend);
                    if (random.Next(8) == 0)
                        last = backend.Versions[random.Next(backend.Versions.Count)];
                }
            }
            finally
            {
                backend.Dispose();
            }
        }
    }

    private static bool IsRefused(IStateBackend backend, long version)
    {
        try
        {
            backend.Open(version).Dispose();
            return false;
        }
        catch (StateDamagedException)
        {
            return true;
        }
    }

    private static void Expect(string when, bool holds)
    {
        if (!holds)
            throw new ContractException($"{when}.");
    }
}
