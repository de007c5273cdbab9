using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Typed.Schema;

/// <summary>
/// The names of the fields of a JSON object: the one that [JsonName] gives, else the camel-cased name and the name itself.
/// </summary>
/// <remarks>
/// A name is compared as <c>"name":</c>, quotes and colon included, against one vector of 32 bytes:
/// <code>
/// text   " d e l a y " : · · · ·      as it is expected
/// mask   F F F F F F F F 0 0 0 0      what has to be equal
/// </code>
/// Names longer than that are found through the table only.
/// </remarks>
internal sealed unsafe class JsonNames
{
    private const int Longest = 32;

    // Pinned, so that their addresses stay.
    private readonly byte[] _texts;
    private readonly byte[] _masks;
    private readonly byte[][] _names;
    private readonly int[] _fields;
    private readonly int[] _table;

    public JsonNames(IReadOnlyList<Field> fields)
    {
        List<(byte[] Name, int Field)> names = [];
        for (int i = 0; i < fields.Count; i++)
        {
            if (!fields[i].IsData)
                continue;
            names.Add((Encoding.UTF8.GetBytes(fields[i].WrittenName), i));
            if (fields[i].JsonName is null && fields[i].Name != fields[i].WrittenName)
                names.Add((Encoding.UTF8.GetBytes(fields[i].Name), i));
        }

        _names = [.. names.Select(name => name.Name)];
        _fields = [.. names.Select(name => name.Field)];
        _texts = GC.AllocateArray<byte>(Math.Max(1, names.Count) * Longest, pinned: true);
        _masks = GC.AllocateArray<byte>(_texts.Length, pinned: true);
        for (int i = 0; i < _names.Length; i++)
            Describe(i);
        _table = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * _names.Length) + 1)];
        _table.AsSpan().Fill(-1);
        for (int i = 0; i < _names.Length; i++)
        {
            int slot = Slot(_names[i]);
            while (_table[slot] >= 0)
                slot = (slot + 1) & (_table.Length - 1);
            _table[slot] = i;
        }
    }

    /// <summary>The field of a name.</summary>
    public int FieldOf(int name) => _fields[name];

    /// <summary>Whether a name with its quotes and its colon stands at a position; then its length, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Match(int name, byte* at)
    {
        fixed (byte* texts = _texts)
        fixed (byte* masks = _masks)
        {
            Vector256<byte> text = Vector256.Load(texts + (name * Longest));
            Vector256<byte> mask = Vector256.Load(masks + (name * Longest));
            return (Vector256.Load(at) & mask) == text ? _names[name].Length + 3 : 0;
        }
    }

    /// <summary>The number of a name; −1 if no field has it.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (int slot = Slot(name); _table[slot] >= 0; slot = (slot + 1) & (_table.Length - 1))
        {
            if (name.SequenceEqual(_names[_table[slot]]))
                return _table[slot];
        }

        return -1;
    }

    private void Describe(int name)
    {
        byte[] quoted = [(byte)'"', .. _names[name], (byte)'"', (byte)':'];
        Span<byte> text = _texts.AsSpan(name * Longest, Longest);
        Span<byte> mask = _masks.AsSpan(name * Longest, Longest);
        if (quoted.Length <= Longest)
        {
            quoted.CopyTo(text);
            mask[..quoted.Length].Fill(0xFF);
        }
        else
        {
            // Text outside the mask: never equal.
            text[0] = 1;
        }
    }

    private int Slot(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        foreach (byte one in name)
            hash = (hash ^ one) * 16777619;
        return (int)((hash ^ (hash >> 15)) & (uint)(_table.Length - 1));
    }
}
