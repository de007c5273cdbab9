using System.Globalization;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// Which table of a checkpoint a state field has. A field keeps its table over all changes of the class; the head of the state says which one it is.
/// The table of a field that is gone is empty from then on, and the next new field gets it.
/// </summary>
/// <remarks>
/// The time of all entries of a table is the number of its generation, so that a floor drops them at once, without a record for each.
/// Table 0 has the timers of keys and belongs to no field.
/// </remarks>
internal sealed class StateTables
{
    private const string Prefix = "table ";
    private const int None = -1;
    private readonly IReadOnlyList<StateMemberInfo> _members;
    private readonly string _processor;
    private readonly int[] _tables;
    private readonly long[] _generations = new long[byte.MaxValue + 1];

    public StateTables(string processor, IReadOnlyList<StateMemberInfo> members)
    {
        if (members.Count > byte.MaxValue)
            throw new NotSupportedException($"{processor} has {members.Count} state fields, and {byte.MaxValue} is the most that can be stored. Put several values into one record.");
        _processor = processor;
        _members = members;
        _tables = new int[members.Count];
        Array.Fill(_tables, None);
        FillUp();
    }

    /// <summary>The table of a field.</summary>
    public int TableOf(int member) => _tables[member];

    /// <summary>The time of the entries of a field.</summary>
    public long GenerationOf(int member) => _generations[_tables[member]];

    /// <summary>The field that has a table; −1 if the entry is of one that the class no longer has.</summary>
    public int MemberOf(int table, long generation) => generation < _generations[table] ? -1 : Array.IndexOf(_tables, table);

    /// <summary>Writes which table each field has.</summary>
    public void Save(StateHead head)
    {
        for (int member = 0; member < _members.Count; member++)
            head.SetMax(Prefix + _members[member], _tables[member]);
        for (int table = 1; table < _generations.Length; table++)
        {
            if (_generations[table] > 0)
                head.SetFloor(table, _generations[table]);
        }
    }

    /// <summary>Takes the tables that fields had; those of fields that are gone become free, and new fields get free ones (semantics 10.10).</summary>
    /// <exception cref="InvalidDataException">A field is there with another type, and its entries were not written anew.</exception>
    public void Load(StateHead head)
    {
        Array.Clear(_generations);
        foreach ((int table, long floor) in head.Floors)
            _generations[TableIn(table)] = Math.Max(0, floor);
        Array.Fill(_tables, None);
        foreach ((string text, (_, long number)) in head.Numbers)
        {
            if (!text.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            int table = TableIn(number);
            int member = MemberCalled(text[Prefix.Length..]);
            if (member >= 0)
                _tables[member] = table;
            else
                _generations[table]++;
        }

        FillUp();
    }

    /// <summary>Gives each field without a table the first free one.</summary>
    private void FillUp()
    {
        int free = 1;
        for (int member = 0; member < _tables.Length; member++)
        {
            if (_tables[member] != None)
                continue;
            while (Array.IndexOf(_tables, free) >= 0)
                free++;
            _tables[member] = free;
        }
    }

    private int MemberCalled(string stored)
    {
        string name = stored.Split(' ', 2)[0];
        for (int member = 0; member < _members.Count; member++)
        {
            if (_members[member].Name + StateField.IdText(_members[member].Id) != name)
                continue;
            if (_members[member].ToString() == stored)
                return member;
            throw new InvalidDataException(
                $"The state of {_processor} holds '{stored}', and the class now has '{_members[member]}'. "
                + "Give the field its former type, or another name, or the query a new checkpoint.");
        }

        return -1;
    }

    private int TableIn(long table) => table is > 0 and <= byte.MaxValue
        ? (int)table
        : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"State of {_processor} is damaged: it has a table {table}."));
}
