using System.Text;

namespace Typed.Schema;

/// <summary>The names of an enum in UTF-8, for reading and writing. Names are found in any case; the exact one goes first.</summary>
public sealed class JsonEnum
{
    internal const int LongestEscaped = 1024;
    private readonly (byte[] Name, long Number)[] _names;

    /// <summary>The names of an enum type.</summary>
    public JsonEnum(FieldType type) => _names = [.. type.EnumNames.Select(name => (Encoding.UTF8.GetBytes(name.Key), name.Value))];

    internal bool TryFind(ReadOnlySpan<byte> name, out long number)
    {
        foreach ((byte[] known, long value) in _names)
        {
            if (name.SequenceEqual(known))
            {
                number = value;
                return true;
            }
        }

        foreach ((byte[] known, long value) in _names)
        {
            if (Ascii.EqualsIgnoreCase(name, known))
            {
                number = value;
                return true;
            }
        }

        number = 0;
        return false;
    }

    internal ReadOnlySpan<byte> NameOf(long number)
    {
        foreach ((byte[] name, long value) in _names)
        {
            if (value == number)
                return name;
        }

        return default;
    }
}
