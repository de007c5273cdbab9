using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Schema;

/// <content>Values that are neither numbers nor plain strings.</content>
public unsafe ref partial struct JsonReader
{
    private const int LongestTime = 128;

    /// <summary>Appends a bool.</summary>
    public bool ReadBoolean(BoolColumn column)
    {
        bool value = *_next == 't';
        if (!value && *_next != 'f')
            return Fail(JsonProblem.Type);
        if (!PassLiteral(value ? "true"u8 : "false"u8))
            return false;
        column.Append(value);
        return true;
    }

    /// <summary>Appends an instant, a string in one of the forms of <see cref="TimeText"/>. A number is refused: its unit cannot be known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadTimestamp(FixedColumn<long> column)
    {
        if (*_next == '"' && TimeText.TryParseUsual(_next + 1, out long micros))
        {
            column.Append(micros);
            _next += "\"yyyy-MM-ddTHH:mm:ssZ\"".Length;
            return true;
        }

        return ReadOtherTimestamp(column);
    }

    /// <summary>Appends a date, <c>"yyyy-MM-dd"</c>.</summary>
    public bool ReadDate(FixedColumn<int> column)
    {
        Span<byte> scratch = stackalloc byte[LongestTime];
        return TryReadText(scratch, out ReadOnlySpan<byte> text) && (TimeText.TryParseDate(text, out int days) ? Add(column, days) : Fail(JsonProblem.Range));
    }

    /// <summary>Appends a duration, <c>"[-][d.]hh:mm:ss[.fffffff]"</c>.</summary>
    public bool ReadDuration(FixedColumn<long> column)
    {
        Span<byte> scratch = stackalloc byte[LongestTime];
        return TryReadText(scratch, out ReadOnlySpan<byte> text) && (TimeText.TryParseDuration(text, out long micros) ? Add(column, micros) : Fail(JsonProblem.Range));
    }

    /// <summary>Appends a Guid in its usual form, <c>"6f9619ff-8b86-d011-b42d-00c04fc964ff"</c>.</summary>
    public bool ReadGuid(FixedColumn<Guid> column)
    {
        Span<byte> scratch = stackalloc byte[LongestTime];
        return TryReadText(scratch, out ReadOnlySpan<byte> text)
            && (Utf8Parser.TryParse(text, out Guid value, out int consumed, 'D') && consumed == text.Length ? Add(column, value) : Fail(JsonProblem.Range));
    }

    /// <summary>Appends an enum by a name, in any case, or a number between the smallest and the largest of its underlying type.</summary>
    public bool ReadEnum(FixedColumn<long> column, JsonEnum names, long smallest, long largest)
    {
        if (*_next != '"')
            return (column.Type.IsUnsigned ? ReadUnsigned(out long number) : ReadInteger(smallest, largest, out number)) && Add(column, number);
        Span<byte> scratch = stackalloc byte[JsonEnum.LongestEscaped];
        if (!TryReadText(scratch, out ReadOnlySpan<byte> text))
            return Problem == JsonProblem.Type ? Fail(JsonProblem.Name) : false;
        return names.TryFind(text, out long named) ? Add(column, named) : Fail(JsonProblem.Name);
    }

    /// <summary>Appends bytes, a string in base 64.</summary>
    public bool ReadBinary(Utf8Column column)
    {
        if (!TryScanString(out byte* start, out int length, out bool escaped))
            return false;
        byte[]? rented = null;
        ReadOnlySpan<byte> text = new(start, length);
        if (escaped)
        {
            rented = ArrayPool<byte>.Shared.Rent(length);
            fixed (byte* to = rented)
            {
                text = new ReadOnlySpan<byte>(rented, 0, Unescape(start, length, to));
            }
        }

        int room = Base64.GetMaxDecodedFromUtf8Length(text.Length);
        bool decoded = Base64.DecodeFromUtf8(text, new Span<byte>(column.ReserveBytes(room), room), out _, out int bytes) == OperationStatus.Done;
        if (decoded)
            column.Commit(bytes);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return decoded || Fail(JsonProblem.Range);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReadOtherTimestamp(FixedColumn<long> column)
    {
        Span<byte> scratch = stackalloc byte[LongestTime];
        return TryReadText(scratch, out ReadOnlySpan<byte> text) && (TimeText.TryParseInstant(text, out long micros) ? Add(column, micros) : Fail(JsonProblem.Range));
    }
}
