using System.Numerics;
using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// A string that an accumulator keeps and may replace: memory in the table's arena that grows by doubling, so that what replaced
/// values leave behind never exceeds what is in use. The default is null.
/// </summary>
public unsafe struct TextCell
{
    private byte* _bytes;
    private int _length;
    private int _capacity;

    /// <summary>The string; the null view if there is none.</summary>
    public readonly Utf8 View => new(_bytes, _length);

    /// <summary>Whether there is no string.</summary>
    public readonly bool IsNull => _bytes == null;

    /// <summary>Keeps a copy of a string that is not null.</summary>
    public void Set(Utf8 value, Arena arena)
    {
        if (_bytes == null || value.Length > _capacity)
        {
            _capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, value.Length));
            _bytes = arena.Allocate(_capacity);
        }

        value.Span.CopyTo(new Span<byte>(_bytes, _capacity));
        _length = value.Length;
    }

    /// <summary>Keeps what comes first by its bytes; a null is passed over.</summary>
    public void KeepLeast(Utf8 value, Arena arena)
    {
        if (!value.IsNull && (_bytes == null || value.Span.SequenceCompareTo(View.Span) < 0))
            Set(value, arena);
    }

    /// <summary>Keeps what comes last by its bytes; a null is passed over.</summary>
    public void KeepGreatest(Utf8 value, Arena arena)
    {
        if (!value.IsNull && (_bytes == null || value.Span.SequenceCompareTo(View.Span) > 0))
            Set(value, arena);
    }

    /// <summary>Replaces the value by that of another cell, which may be null.</summary>
    public void Assign(in TextCell other, Arena arena)
    {
        if (other._bytes == null)
            this = default;
        else
            Set(other.View, arena);
    }

    /// <summary>Moves the value to other memory.</summary>
    public void Own(Arena arena)
    {
        if (_bytes == null)
            return;
        Utf8 old = View;
        _bytes = null;
        Set(old, arena);
    }

    /// <summary>Writes the value.</summary>
    public readonly void Save(StateWriter writer) => writer.Write(View);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static TextCell Load(StateReader reader, Arena arena)
    {
        Utf8 value = reader.ReadUtf8(arena);
        return new TextCell { _bytes = value.Pointer, _length = value.Length, _capacity = value.Length };
    }
}
