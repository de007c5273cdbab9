namespace Typed.Operators;

/// <summary>How a value of state becomes bytes. Equal values give equal bytes, so that keys of maps can be compared by them.</summary>
/// <typeparam name="T">The value, never null.</typeparam>
public interface IStateCodec<T>
{
    /// <summary>Appends the value.</summary>
    static abstract void Write(T value, StateBytes to);

    /// <summary>Reads the next value.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    static abstract T Read(ref StateView from, TextCache texts);
}
