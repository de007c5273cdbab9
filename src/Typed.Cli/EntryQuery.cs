using Typed.State;

namespace Typed.Cli;

/// <summary>How entries are shown.</summary>
internal enum EntryFormat
{
    /// <summary>Columns of text.</summary>
    Table,

    /// <summary>A JSON object a line.</summary>
    Jsonl,
}

/// <summary>Which entries are shown, and how.</summary>
/// <param name="At">The version; null for the newest one that can be read.</param>
/// <param name="Key">A text that one of the fields of the key has; null for all.</param>
/// <param name="Format">How.</param>
/// <param name="Limit">How many; 0 for all.</param>
internal sealed record EntryQuery(long? At, string? Key, EntryFormat Format, int Limit)
{
    /// <summary>Whether an entry is wanted.</summary>
    internal bool Wants(StateTable table, object?[] key)
    {
        if (Key is null)
            return true;
        for (int i = 0; i < key.Length; i++)
        {
            if (EntryText.Text(table.Key[i].Type, key[i]) == Key)
                return true;
        }

        return false;
    }
}

/// <summary>An entry by its layout.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Time">Its time.</param>
/// <param name="Key">The values of its key.</param>
/// <param name="Value">The values of its value.</param>
internal sealed record ReadEntry(StateTable Table, long Time, object?[] Key, object?[] Value)
{
    /// <summary>Reads an entry.</summary>
    /// <exception cref="CommandException">It is not what the layout says.</exception>
    internal static ReadEntry Of(string name, StateLayout layout, int table, long time, StateReader key, StateReader value)
    {
        try
        {
            (object?[] keys, object?[] values) = layout.Read(table, key, value);
            return new ReadEntry(layout.Table(table)!, time, keys, values);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException($"An entry of {name} is not what the version says of it: {e.Message}. A newer Typed may have written it: use the tool of that version.");
        }
    }

    /// <summary>Its time as text; null where its table has none.</summary>
    internal string? TimeText => Table.Time switch
    {
        StateTimeKind.Instant => Time == StateEntry.NoTime ? "-" : new StateInstant(Time).ToString(),
        StateTimeKind.Slice => Table.Slices.StartOf(Time).ToString(),
        _ => null,
    };

    /// <summary>The heads of its columns, in the order of <see cref="Cells"/>.</summary>
    internal IEnumerable<string> Heads =>
        [.. TimeText is null ? [] : new[] { Table.Time == StateTimeKind.Slice ? "from" : "time" }, .. Table.Key.Select(one => one.Name), .. Table.Value.Select(one => one.Name)];

    /// <summary>Its time, the fields of its key and of its value as text.</summary>
    internal IEnumerable<string> Cells =>
        [.. TimeText is { } time ? new[] { time } : [], .. Key.Select((value, i) => EntryText.Text(Table.Key[i].Type, value)), .. Value.Select((value, i) => EntryText.Text(Table.Value[i].Type, value))];
}
