using System.Buffers.Binary;

namespace Typed.State;

/// <summary>One record of <see cref="StateChanges"/>.</summary>
/// <param name="Table">The table.</param>
/// <param name="Time">The time of the entry.</param>
/// <param name="Shard">The shard of its key.</param>
/// <param name="IsRemoval">Whether the entry was removed.</param>
/// <param name="Key">The bytes of its key.</param>
/// <param name="Value">The bytes of its value.</param>
internal readonly record struct StateRecord(int Table, long Time, byte Shard, bool IsRemoval, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>The records of some changes.</summary>
    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public static IEnumerable<StateRecord> In(StateChanges changes)
    {
        for (int i = 0; i < changes.Segments; i++)
        {
            ReadOnlyMemory<byte> bytes = changes.Segment(i);
            for (int at = 0; at < bytes.Length;)
            {
                StateRecord record = Read(bytes[at..]);
                at += StateChanges.HeaderLength + record.Key.Length + record.Value.Length;
                yield return record;
            }
        }
    }

    /// <summary>Reads the record at the beginning of some bytes.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static StateRecord Read(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> header = bytes.Span;
        if (header.Length < StateChanges.HeaderLength)
            throw new InvalidDataException($"a record of state is cut after {header.Length} bytes");
        int key = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        int value = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (header[0] is not (StateChanges.PutRecord or StateChanges.RemovedRecord) || key < 0 || value < 0 || StateChanges.HeaderLength + (long)key + value > header.Length)
            throw new InvalidDataException($"a record of state has kind {header[0]}, a key of {key} bytes and a value of {value}, with {header.Length} bytes left");
        return new StateRecord(
            header[1],
            BinaryPrimitives.ReadInt64LittleEndian(header[12..]),
            header[2],
            header[0] == StateChanges.RemovedRecord,
            bytes.Slice(StateChanges.HeaderLength, key),
            bytes.Slice(StateChanges.HeaderLength + key, value));
    }
}
