using System.Numerics;
using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An approximate number of distinct values (HyperLogLog with linear counting for small numbers): 2^precision one-byte registers. While
/// only few are set they are kept as a list, so that a group of a few values stays small.
/// </summary>
public unsafe struct DistinctSketch
{
    private const int ListedEntries = 24;

    /// <summary>The registers, or entries of (register · 256 + rank).</summary>
    private byte* _memory;

    /// <summary>How many entries are listed; −1 once there are registers.</summary>
    private int _listed;

    /// <summary>The precision for a relative standard error.</summary>
    public static int PrecisionFor(double error) => Math.Clamp((int)Math.Ceiling(2 * Math.Log2(1.04 / error)), 4, 18);

    /// <summary>Adds a value by 64 well mixed bits.</summary>
    public void Add(ulong hash, int precision, Arena arena)
    {
        int register = (int)(hash >> (64 - precision));
        int rank = Math.Min(BitOperations.LeadingZeroCount(hash << precision), 64 - precision) + 1;
        Put(register, rank, precision, arena);
    }

    /// <summary>Adds all that another sketch has seen.</summary>
    public void Merge(in DistinctSketch other, int precision, Arena arena)
    {
        if (other._listed >= 0)
        {
            for (int i = 0; i < other._listed; i++)
                Put((int)(((uint*)other._memory)[i] >> 8), (byte)((uint*)other._memory)[i], precision, arena);
            return;
        }

        for (int register = 0; register < 1 << precision; register++)
        {
            if (other._memory[register] != 0)
                Put(register, other._memory[register], precision, arena);
        }
    }

    /// <summary>The estimate.</summary>
    public readonly long Estimate(int precision)
    {
        int registers = 1 << precision;
        double sum = 0;
        int empty = 0;
        if (_listed >= 0)
        {
            empty = registers - _listed;
            sum = empty;
            for (int i = 0; i < _listed; i++)
                sum += Math.ScaleB(1, -(byte)((uint*)_memory)[i]);
        }
        else
        {
            for (int register = 0; register < registers; register++)
            {
                sum += Math.ScaleB(1, -_memory[register]);
                empty += _memory[register] == 0 ? 1 : 0;
            }
        }

        double alpha = registers switch { 16 => 0.673, 32 => 0.697, 64 => 0.709, _ => 0.7213 / (1 + (1.079 / registers)) };
        double estimate = alpha * registers * registers / sum;
        if (estimate <= 2.5 * registers && empty > 0)
            estimate = registers * Math.Log((double)registers / empty);
        return (long)Math.Round(estimate);
    }

    /// <summary>Moves the sketch to other memory.</summary>
    public void Own(int precision, Arena arena)
    {
        if (_memory == null)
            return;
        int bytes = _listed >= 0 ? ListedEntries * sizeof(uint) : 1 << precision;
        byte* copy = arena.Allocate(bytes);
        Buffer.MemoryCopy(_memory, copy, bytes, bytes);
        _memory = copy;
    }

    /// <summary>Writes the sketch.</summary>
    public readonly void Save(int precision, StateWriter writer)
    {
        writer.Write(_listed);
        writer.WriteRaw(new ReadOnlySpan<byte>(_memory, _listed >= 0 ? _listed * sizeof(uint) : 1 << precision));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is not a sketch of this precision.</exception>
    public static DistinctSketch Load(int precision, StateReader reader, Arena arena)
    {
        DistinctSketch sketch = new() { _listed = reader.Read<int>() };
        if (sketch._listed is < -1 or > ListedEntries)
            throw new InvalidDataException($"State is damaged: a sketch of {sketch._listed} entries.");
        int bytes = sketch._listed >= 0 ? sketch._listed * sizeof(uint) : 1 << precision;
        ReadOnlySpan<byte> stored = reader.ReadRaw(bytes);
        if (sketch._listed == 0)
            return sketch;
        sketch._memory = arena.Allocate(Math.Max(bytes, ListedEntries * sizeof(uint)));
        stored.CopyTo(new Span<byte>(sketch._memory, bytes));
        for (int i = 0; i < sketch._listed; i++)
        {
            if (((uint*)sketch._memory)[i] >> 8 >= 1u << precision)
                throw new InvalidDataException("State is damaged: a sketch has an entry beyond its registers.");
        }

        return sketch;
    }

    /// <summary>64 well mixed bits of a value's hash bits.</summary>
    public static ulong Spread(ulong value)
    {
        value ^= value >> 33;
        value *= 0xFF51AFD7ED558CCD;
        value ^= value >> 33;
        value *= 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }

    /// <summary>64 well mixed bits of bytes.</summary>
    public static ulong Spread(Utf8 value)
    {
        ulong hash = (ulong)value.Length;
        ReadOnlySpan<byte> rest = value.Span;
        for (; rest.Length >= 8; rest = rest[8..])
            hash = Spread(hash ^ BitConverter.ToUInt64(rest)) + 0x9E3779B97F4A7C15;
        ulong last = 0;
        for (int i = 0; i < rest.Length; i++)
            last |= (ulong)rest[i] << (i * 8);
        return Spread(hash ^ last);
    }

    private void Put(int register, int rank, int precision, Arena arena)
    {
        if (_listed >= 0)
        {
            uint* entries = (uint*)_memory;
            for (int i = 0; i < _listed; i++)
            {
                if (entries[i] >> 8 != (uint)register)
                    continue;
                entries[i] = Math.Max(entries[i], ((uint)register << 8) | (uint)rank);
                return;
            }

            if (_listed < ListedEntries)
            {
                if (_memory == null)
                    _memory = arena.Allocate(ListedEntries * sizeof(uint));
                ((uint*)_memory)[_listed++] = ((uint)register << 8) | (uint)rank;
                return;
            }

            byte* registers = arena.Allocate(1 << precision);
            new Span<byte>(registers, 1 << precision).Clear();
            for (int i = 0; i < _listed; i++)
                registers[entries[i] >> 8] = (byte)entries[i];
            _memory = registers;
            _listed = -1;
        }

        _memory[register] = (byte)Math.Max(_memory[register], rank);
    }
}
