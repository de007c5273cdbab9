using System.Buffers.Binary;

namespace Typed.State;

/// <summary>
/// Writes what has changed, ordered by shard. It goes through the changes in runs of some megabytes: counts the bytes of each shard, gives each its
/// place, and writes each record there. So it needs memory for one run, however much has changed, and a shard has a section in each run.
/// </summary>
internal sealed class DeltaWriter
{
    /// <summary>What a section has at most, unless it is of one record.</summary>
    internal const int SectionBytes = 1 << 20;

    private const int RunBytes = 16 << 20;
    private readonly long[] _counts = new long[Shard.Count];
    private readonly ShardPlace[] _places = new ShardPlace[Shard.Count];
    private byte[] _bytes = [];

    internal void Write(VersionFileWriter file, int number, StateChanges changes)
    {
        Position at = default;
        while (at.Segment < changes.Segments)
        {
            Position end = Count(changes, at);
            if (end != at)
                WriteRun(file, number, changes, at, end);
            else
                WriteLarge(file, number, changes, ref end);
            at = end;
        }
    }

    /// <summary>Finds the end of a run, which is before a record that is a section by itself.</summary>
    private Position Count(StateChanges changes, Position at)
    {
        Array.Clear(_counts);
        long sum = 0;
        for (; at.Segment < changes.Segments; at = new Position(at.Segment + 1, 0))
        {
            ReadOnlySpan<byte> segment = changes.Segment(at.Segment);
            while (at.Offset < segment.Length)
            {
                ReadOnlySpan<byte> record = segment[at.Offset..];
                long length = LengthOf(record);
                long most = length - StateChanges.HeaderLength + RecordEncoder.HeadLengthMax;
                if (most > SectionBytes || sum + most > RunBytes)
                    return at;
                _counts[record[2]] += most;
                sum += most;
                at = new Position(at.Segment, at.Offset + (int)length);
            }
        }

        return at;
    }

    private void WriteRun(VersionFileWriter file, int number, StateChanges changes, Position at, Position end)
    {
        int sum = 0;
        for (int i = 0; i < Shard.Count; i++)
        {
            _places[i] = new ShardPlace { Start = sum, At = sum };
            sum += (int)_counts[i];
        }

        if (_bytes.Length < sum)
            _bytes = GC.AllocateUninitializedArray<byte>(sum);
        for (; at.Segment <= end.Segment && at != end; at = new Position(at.Segment + 1, 0))
        {
            ReadOnlySpan<byte> segment = changes.Segment(at.Segment);
            int last = at.Segment == end.Segment ? end.Offset : segment.Length;
            for (int offset = at.Offset; offset < last;)
            {
                ReadOnlySpan<byte> record = segment[offset..];
                int keyLength = BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
                int valueLength = BinaryPrimitives.ReadInt32LittleEndian(record[8..]);
                ref ShardPlace place = ref _places[record[2]];
                if (place.At - place.Start > SectionBytes - RecordEncoder.HeadLengthMax - keyLength - valueLength)
                    EndSection(file, number, record[2], ref place);
                place.At += place.Encoder.Write(
                    _bytes.AsSpan(place.At),
                    record[0] == StateChanges.RemovedRecord,
                    record[1],
                    BinaryPrimitives.ReadInt64LittleEndian(record[12..]),
                    record.Slice(StateChanges.HeaderLength, keyLength),
                    record.Slice(StateChanges.HeaderLength + keyLength, valueLength));
                place.Records++;
                offset += StateChanges.HeaderLength + keyLength + valueLength;
            }
        }

        for (int i = 0; i < Shard.Count; i++)
        {
            if (_places[i].Records > 0)
                EndSection(file, number, (byte)i, ref _places[i]);
        }

        file.Flush();
    }

    private void EndSection(VersionFileWriter file, int number, byte shard, ref ShardPlace place)
    {
        file.Add(number, shard, place.Records, _bytes.AsMemory(place.Start, place.At - place.Start));
        place = new ShardPlace { Start = place.At, At = place.At };
    }

    private static void WriteLarge(VersionFileWriter file, int number, StateChanges changes, ref Position at)
    {
        ArraySegment<byte> segment = changes.Segment(at.Segment);
        ReadOnlySpan<byte> record = segment.AsSpan(at.Offset);
        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
        int valueLength = BinaryPrimitives.ReadInt32LittleEndian(record[8..]);
        byte[] head = new byte[RecordEncoder.HeadLengthMax];
        RecordEncoder encoder = default;
        int length = encoder.WriteHead(
            ref head[0],
            record[0] == StateChanges.RemovedRecord,
            record[1],
            BinaryPrimitives.ReadInt64LittleEndian(record[12..]),
            keyLength,
            valueLength);
        file.Add(number, record[2], 1, head.AsMemory(0, length), segment.AsMemory(at.Offset + StateChanges.HeaderLength, keyLength + valueLength));
        file.Flush();
        int next = at.Offset + (int)LengthOf(record);
        at = next < segment.Count ? new Position(at.Segment, next) : new Position(at.Segment + 1, 0);
    }

    private static long LengthOf(ReadOnlySpan<byte> record) =>
        (long)StateChanges.HeaderLength + BinaryPrimitives.ReadInt32LittleEndian(record[4..]) + BinaryPrimitives.ReadInt32LittleEndian(record[8..]);

    private readonly record struct Position(int Segment, int Offset);

    private struct ShardPlace
    {
        internal int Start;
        internal int At;
        internal int Records;
        internal RecordEncoder Encoder;
    }
}
