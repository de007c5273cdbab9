using Typed.Schema;

namespace Typed.Testing;

/// <summary>
/// What a connector has to do, as a list of checks with names. It needs no test framework; a class of tests gives each check a fresh instance:
/// <code>
/// public sealed class MySinkTests : SinkContract&lt;Sale&gt;
/// {
///     public static TheoryData&lt;string&gt; All => [.. SinkChecks];
///
///     [Theory, MemberData(nameof(All))]
///     public Task Holds(string check) => CheckAsync(check);
/// }
/// </code>
/// </summary>
/// <typeparam name="T">The record that is written or read.</typeparam>
public abstract class Contract<T>
    where T : IStreamRecord<T>
{
    private readonly IReadOnlyDictionary<string, Func<Task>> _checks;

    private protected Contract() => _checks = Checks().ToDictionary(check => check.Method.Name, StringComparer.Ordinal);

    /// <summary>Row number <paramref name="number"/>: always the same, and no other number's.</summary>
    protected abstract T Row(int number);

    /// <summary>Runs a check, on a target or an input that nothing else has touched.</summary>
    /// <param name="name">One of the names of the contract.</param>
    /// <exception cref="ContractException">It does not hold.</exception>
    /// <exception cref="ArgumentException">There is no such check.</exception>
    public Task CheckAsync(string name) => _checks.TryGetValue(name, out Func<Task>? check)
        ? check()
        : throw new ArgumentException($"There is no check '{name}'; there are {string.Join(", ", _checks.Keys)}.", nameof(name));

    private protected abstract IEnumerable<Func<Task>> Checks();

    private protected T[] Rows(int first, int count) => [.. Enumerable.Range(first, count).Select(Row)];

    /// <summary>Compares rows, as multisets.</summary>
    private protected static void Expect(string when, IEnumerable<T> expected, IEnumerable<T> found)
    {
        List<T> tooMany = [.. found];
        List<T> missing = [];
        foreach (T row in expected)
        {
            if (!tooMany.Remove(row))
                missing.Add(row);
        }

        if (missing.Count + tooMany.Count > 0)
            throw new ContractException($"{when}: {missing.Count} rows are missing{First(missing)}, and {tooMany.Count} too many{First(tooMany)}.");
    }

    private protected static void Expect(string when, bool holds)
    {
        if (!holds)
            throw new ContractException($"{when}.");
    }

    private static string First(List<T> rows) => rows.Count == 0 ? "" : $" (the first is {rows[0]})";
}
