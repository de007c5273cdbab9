using System.Runtime.CompilerServices;

namespace Typed.Columns;

/// <summary>Single values in generated loops.</summary>
public static class Values
{
    /// <summary>The value. Written around a constant where C# would fold an expression that fails at run time, such as a division by zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T value) => value;
}
