namespace Typed.State;

/// <summary>What becomes of the stored state of an operator where it is to be written anew.</summary>
/// <param name="Stored">Its place among the stored operators.</param>
/// <param name="Present">The operator as it is now.</param>
/// <param name="Head">What it stores beside entries.</param>
/// <param name="Tables">What becomes of its entries.</param>
internal sealed record StateRewriting(int Stored, StateShape Present, StateHead Head, RewrittenTables Tables);

/// <summary>
/// The entries of an operator in its present layout. Keys stay as they are, and so do shards. Of custom state, a table is that of the variable with the same id or
/// name, in its first generation; the table of a variable that is gone is left out.
/// </summary>
internal sealed class RewrittenTables : IDisposable
{
    private readonly Dictionary<int, (int Table, bool IsFirst, StateTranscoder? Values)> _tables = [];
    private readonly Func<int, bool>? _takesTimes;

    /// <summary>From one layout to another.</summary>
    /// <exception cref="InvalidDataException">Values cannot be read as those of the other.</exception>
    /// <param name="stored">The layout that is stored.</param>
    /// <param name="present">The layout now.</param>
    /// <param name="isCustom">Whether tables are those of state variables.</param>
    /// <param name="migrations">What makes the values of a variable, by its name; the others are read as they are.</param>
    /// <param name="takesTimes">Whether a table may have entries with a time.</param>
    internal RewrittenTables(StateLayout stored, StateLayout present, bool isCustom, IReadOnlyDictionary<string, VariableMigration>? migrations = null, Func<int, bool>? takesTimes = null)
    {
        _takesTimes = takesTimes;
        int[] before = isCustom ? CustomStateEvolution.MatchTables(stored, present) : [];
        StateTable[] now = [.. present.Tables.Where(table => !isCustom || table.Number > 0)];
        for (int i = 0; i < now.Length; i++)
        {
            int number = isCustom ? before[i] : now[i].Number;
            if (stored.Table(number) is not { } table)
                continue;
            StateTranscoder? values = table.ToString() == now[i].ToString() ? null : new StateTranscoder(table.Value, now[i].Value, migrations?.GetValueOrDefault(now[i].Name));
            _tables.Add(number, (now[i].Number, isCustom, values));
        }

        // The timers.
        if (isCustom)
            _tables.Add(0, (0, false, null));
    }

    public void Dispose()
    {
        foreach ((_, _, StateTranscoder? values) in _tables.Values)
            values?.Dispose();
    }

    /// <summary>Gives each entry on in its present layout.</summary>
    internal IStateTarget Into(IStateTarget target) => new Rewriter(this, target);

    private sealed class Rewriter(RewrittenTables tables, IStateTarget target) : IStateTarget
    {
        private readonly StateWriter _writer = new();
        private readonly StateReader _value = new(default);

        public void Take(in StateEntry entry)
        {
            if (!tables._tables.TryGetValue(entry.Table, out (int Table, bool IsFirst, StateTranscoder? Values) to))
            {
                entry.Key.ReadRaw(entry.Key.Left);
                entry.Value.ReadRaw(entry.Value.Left);
                return;
            }

            long time = to.IsFirst ? 0 : entry.Time;
            if (time != StateEntry.NoTime && tables._takesTimes?.Invoke(to.Table) == false)
                throw new InvalidDataException($"rows of table {to.Table} are stored by their time, and the operator no longer has one for them");
            if (to.Values is null)
            {
                target.Take(new StateEntry(to.Table, time, entry.Shard, entry.Key, entry.Value));
                return;
            }

            _writer.Clear();
            to.Values.Convert(entry.Value.ReadRaw(entry.Value.Left), _writer);
            _value.Reset(_writer.Written);
            target.Take(new StateEntry(to.Table, time, entry.Shard, entry.Key, _value));
        }
    }
}
