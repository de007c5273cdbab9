using System.Text;

namespace Typed.State;

/// <content>Reading entries.</content>
internal sealed partial record StateLayout
{
    /// <summary>Reads an entry, which has to be all that its layout says and nothing more.</summary>
    /// <returns>The values of its key and of its value.</returns>
    /// <exception cref="InvalidDataException">It is not of this layout.</exception>
    internal (object?[] Key, object?[] Value) Read(int table, StateReader key, StateReader value)
    {
        StateTable found = Table(table) ?? throw new InvalidDataException($"there is an entry of table {table}, and the layout knows tables ({string.Join(", ", Tables.Select(one => one.Number))})");
        return (Read(found, "key", found.Key, key), Read(found, "value", found.Value, value));
    }

    /// <summary>What is written has to be what the layout says of it, to the last byte.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    internal static void Check(Operators.StatefulOperator from, StateChanges changes)
    {
        string text = from.Layout.ToString();
        StateLayout layout = StateLayout.Parse(text);
        if (layout.ToString() != text)
            throw new InvalidDataException($"{from.Name} has the layout '{text}', which is read as '{layout}'");
        foreach (StateRecord record in StateRecord.In(changes))
            layout.Check(record);
    }

    /// <summary>Looks whether a record is of this layout.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    internal void Check(in StateRecord record)
    {
        StateReader key = new(record.Key);
        if (!record.IsRemoval)
            Read(record.Table, key, new StateReader(record.Value));
        else if (Table(record.Table) is { } table)
            Read(table, "key", table.Key, key);
        else
            throw new InvalidDataException($"there is a removal in table {record.Table}, which the layout does not know");
    }

    private static object?[] Read(StateTable table, string what, IReadOnlyList<StateField> fields, StateReader reader)
    {
        object?[] values = new object?[fields.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = fields[i].Type.Read(reader);
        return reader.Left == 0
            ? values
            : throw new InvalidDataException($"{reader.Left} bytes of a {what} of table {table.Number} ({table.Name}) are left over behind its fields ({string.Join(", ", fields)})");
    }
}

/// <content>The windows.</content>
internal readonly partial record struct StateSlices
{
    /// <summary>Where one begins.</summary>
    internal StateInstant StartOf(long number) => new(Rest == 0 ? Offset + (number * Slide) : Offset + ((number >> 1) * Slide) + ((number & 1) * Rest));
}

/// <content>Text that operators make of parts.</content>
internal sealed partial record StateField
{
    /// <summary>Fields as text, to be put before others.</summary>
    internal static string Join(params ReadOnlySpan<string> fields)
    {
        StringBuilder text = new();
        foreach (string field in fields)
        {
            if (field.Length > 0)
                text.Append(text.Length > 0 ? ", " : "").Append(field);
        }

        return text.ToString();
    }
}
