using System.Numerics;
using System.Runtime.InteropServices;

namespace Typed.State;

/// <summary>The CRC-32C checksum (Castagnoli), which finds every flipped bit and every burst of up to 32.</summary>
internal struct Crc32C
{
    private uint _state;
    private bool _started;

    /// <summary>The checksum of what was added.</summary>
    internal readonly uint Value => _started ? ~_state : 0;

    /// <summary>The checksum of some bytes.</summary>
    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        Crc32C crc = default;
        crc.Add(bytes);
        return crc.Value;
    }

    /// <summary>Adds bytes.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        uint state = _started ? _state : uint.MaxValue;
        _started = true;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes)
            state = BitOperations.Crc32C(state, one);
        _state = state;
    }
}
