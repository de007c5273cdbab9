using Typed.Columns;

namespace Typed.Operators;

/// <summary>Values that are stored as they lie in memory: bool, integers, Guid, enums.</summary>
/// <typeparam name="T">The value.</typeparam>
public readonly struct FixedCodec<T> : IStateCodec<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public static void Write(T value, StateBytes to) => to.Write(value);

    /// <inheritdoc/>
    public static T Read(ref StateView from, TextCache texts) => from.Read<T>();
}

/// <summary>A float; the two zeros are one value, and so are all NaNs (semantics 3.9).</summary>
public readonly struct FloatCodec : IStateCodec<float>
{
    /// <inheritdoc/>
    public static void Write(float value, StateBytes to) => to.Write(value == 0 ? 0 : float.IsNaN(value) ? float.NaN : value);

    /// <inheritdoc/>
    public static float Read(ref StateView from, TextCache texts) => from.Read<float>();
}

/// <summary>A double; the two zeros are one value, and so are all NaNs (semantics 3.9).</summary>
public readonly struct DoubleCodec : IStateCodec<double>
{
    /// <inheritdoc/>
    public static void Write(double value, StateBytes to) => to.Write(value == 0 ? 0 : double.IsNaN(value) ? double.NaN : value);

    /// <inheritdoc/>
    public static double Read(ref StateView from, TextCache texts) => from.Read<double>();
}

/// <summary>A decimal, without the zeros at its end.</summary>
public readonly struct DecimalCodec : IStateCodec<decimal>
{
    /// <inheritdoc/>
    public static void Write(decimal value, StateBytes to) => to.Write(value / 1.0000000000000000000000000000m);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The bytes are no decimal.</exception>
    public static decimal Read(ref StateView from, TextCache texts)
    {
        Span<int> bits = [from.Read<int>(), from.Read<int>(), from.Read<int>(), from.Read<int>()];

        // In memory a decimal has its flags first, then the high, low and middle part.
        int flags = bits[0];
        if ((flags & 0x7F00FFFF) != 0 || ((flags >> 16) & 0xFF) > 28)
            throw new InvalidDataException("State is damaged: a decimal has a scale above 28.");
        return new decimal(bits[2], bits[3], bits[1], flags < 0, (byte)(flags >> 16));
    }
}

/// <summary>A string.</summary>
public readonly struct TextCodec : IStateCodec<string>
{
    /// <inheritdoc/>
    public static void Write(string value, StateBytes to) => to.Write(value.AsSpan());

    /// <inheritdoc/>
    public static string Read(ref StateView from, TextCache texts) => texts.ReadValue(from.ReadBytes());
}

/// <summary>A byte array.</summary>
public readonly struct BytesCodec : IStateCodec<byte[]>
{
    /// <inheritdoc/>
    public static void Write(byte[] value, StateBytes to) => to.Write((ReadOnlySpan<byte>)value);

    /// <inheritdoc/>
    public static byte[] Read(ref StateView from, TextCache texts) => from.ReadBytes().Span.ToArray();
}

/// <summary>A point in time, to whole microseconds; its offset is not kept.</summary>
public readonly struct TimestampCodec : IStateCodec<DateTimeOffset>
{
    /// <inheritdoc/>
    public static void Write(DateTimeOffset value, StateBytes to) => to.Write(Instant.ToMicros(value));

    /// <inheritdoc/>
    public static DateTimeOffset Read(ref StateView from, TextCache texts) => Instant.FromMicros(from.Read<long>());
}

/// <summary>A date.</summary>
public readonly struct DateCodec : IStateCodec<DateOnly>
{
    /// <inheritdoc/>
    public static void Write(DateOnly value, StateBytes to) => to.Write(Instant.ToDays(value));

    /// <inheritdoc/>
    public static DateOnly Read(ref StateView from, TextCache texts) => Instant.DateFromDays(from.Read<int>());
}

/// <summary>A duration, to whole microseconds.</summary>
public readonly struct DurationCodec : IStateCodec<TimeSpan>
{
    /// <inheritdoc/>
    public static void Write(TimeSpan value, StateBytes to) => to.Write(Instant.ToMicros(value));

    /// <inheritdoc/>
    public static TimeSpan Read(ref StateView from, TextCache texts) => Instant.DurationFromMicros(from.Read<long>());
}

/// <summary>A field of a record that may be null: a byte that tells, then the value.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <typeparam name="TCodec">How it is stored.</typeparam>
public readonly struct NullableCodec<T, TCodec> : IStateCodec<T?>
    where T : struct
    where TCodec : struct, IStateCodec<T>
{
    /// <inheritdoc/>
    public static void Write(T? value, StateBytes to)
    {
        to.Write(value.HasValue);
        if (value is { } present)
            TCodec.Write(present, to);
    }

    /// <inheritdoc/>
    public static T? Read(ref StateView from, TextCache texts) => from.Read<byte>() != 0 ? TCodec.Read(ref from, texts) : null;
}

/// <summary>A field of a record that may be null: a byte that tells, then the value.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <typeparam name="TCodec">How it is stored.</typeparam>
public readonly struct NullableObjectCodec<T, TCodec> : IStateCodec<T?>
    where T : class
    where TCodec : struct, IStateCodec<T>
{
    /// <inheritdoc/>
    public static void Write(T? value, StateBytes to)
    {
        to.Write(value is not null);
        if (value is not null)
            TCodec.Write(value, to);
    }

    /// <inheritdoc/>
    public static T? Read(ref StateView from, TextCache texts) => from.Read<byte>() != 0 ? TCodec.Read(ref from, texts) : null;
}
