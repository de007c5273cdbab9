namespace Typed.State;

/// <summary>
/// What an operator stores beside its entries: a few numbers by name, written whole with each snapshot. Workers have an operator each; what they
/// store becomes one head, so that another number of workers can go on from it.
/// </summary>
public sealed class StateHead
{
    private readonly SortedDictionary<string, (bool IsSum, long Value)> _numbers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, long> _floors = [];

    /// <summary>The numbers: whether they are added up over workers, or the greatest counts.</summary>
    public IReadOnlyDictionary<string, (bool IsSum, long Value)> Numbers => _numbers;

    /// <summary>The floors of tables.</summary>
    public IReadOnlyDictionary<int, long> Floors => _floors;

    /// <summary>Notes a number that is added up over workers, such as a count.</summary>
    public void SetSum(string name, long value) => _numbers[name] = (true, value);

    /// <summary>Notes a number of which the greatest counts, such as a time up to which something was done.</summary>
    public void SetMax(string name, long value) => _numbers[name] = (false, value);

    /// <summary>Says that the entries of a table with a smaller time are gone, without a record for each. Over workers the least counts.</summary>
    /// <param name="table">The table.</param>
    /// <param name="time">The least time that an entry may have; <see cref="long.MinValue"/> where none is gone.</param>
    public void SetFloor(int table, long time) => _floors[table] = time;

    /// <summary>A number.</summary>
    /// <exception cref="InvalidDataException">It was not stored.</exception>
    public long Get(string name) => _numbers.TryGetValue(name, out (bool IsSum, long Value) number)
        ? number.Value
        : throw new InvalidDataException($"State is damaged, or of another version: there is no '{name}' in ({string.Join(", ", _numbers.Keys)}).");

    /// <summary>A number; another one if it was not stored, as by an earlier version.</summary>
    public long Get(string name, long otherwise) => _numbers.TryGetValue(name, out (bool IsSum, long Value) number) ? number.Value : otherwise;

    /// <summary>The floor of a table.</summary>
    public long FloorOf(int table) => _floors.GetValueOrDefault(table, long.MinValue);

    /// <summary>Adds what another worker has stored.</summary>
    public void Merge(StateHead other)
    {
        foreach ((string name, (bool isSum, long value)) in other._numbers)
        {
            if (!_numbers.TryGetValue(name, out (bool IsSum, long Value) mine))
                _numbers[name] = (isSum, value);
            else
                _numbers[name] = (isSum, isSum ? mine.Value + value : Math.Max(mine.Value, value));
        }

        foreach ((int table, long time) in other._floors)
            _floors[table] = Math.Min(_floors.GetValueOrDefault(table, long.MaxValue), time);
    }

    /// <summary>What the workers but the first one begin with: what is added up is with the first.</summary>
    public StateHead WithoutSums()
    {
        StateHead rest = new();
        foreach ((string name, (bool isSum, long value)) in _numbers)
            rest._numbers[name] = (isSum, isSum ? 0 : value);
        foreach ((int table, long time) in _floors)
            rest._floors[table] = time;
        return rest;
    }

    /// <summary>Writes it.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(_numbers.Count);
        foreach ((string name, (bool isSum, long value)) in _numbers)
        {
            writer.Write(name);
            writer.Write((byte)(isSum ? 1 : 0));
            writer.Write(value);
        }

        writer.Write(_floors.Count);
        foreach ((int table, long time) in _floors)
        {
            writer.Write(table);
            writer.Write(time);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static StateHead Load(StateReader reader)
    {
        StateHead head = new();
        int numbers = reader.ReadCount(sizeof(int) + 1 + sizeof(long));
        for (int i = 0; i < numbers; i++)
        {
            string name = reader.ReadString() ?? throw new InvalidDataException("State is damaged: a number has no name.");
            head._numbers[name] = (reader.Read<byte>() != 0, reader.Read<long>());
        }

        int floors = reader.ReadCount(sizeof(int) + sizeof(long));
        for (int i = 0; i < floors; i++)
            head._floors[reader.Read<int>()] = reader.Read<long>();
        return head;
    }
}
