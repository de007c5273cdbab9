namespace Typed.State;

/// <summary>Writes entries of an operator that come shard by shard, as a base gets them.</summary>
internal sealed class SectionWriter(VersionFileWriter file, int number) : IStateBytesTarget
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(DeltaWriter.SectionBytes);
    private RecordEncoder _encoder;
    private int _length;
    private int _records;
    private byte _shard;

    /// <inheritdoc/>
    public void Take(int table, long time, byte shard, ReadOnlySpan<byte> bytes, int keyLength)
    {
        if (shard != _shard)
            Flush();
        _shard = shard;
        long most = (long)RecordEncoder.HeadLengthMax + bytes.Length;
        if (most > _bytes.Length - _length)
            Flush();
        if (most <= _bytes.Length)
        {
            _length += _encoder.Write(_bytes.AsSpan(_length), removed: false, table, time, bytes[..keyLength], bytes[keyLength..]);
            _records++;
            return;
        }

        byte[] large = new byte[most];
        int length = _encoder.Write(large, removed: false, table, time, bytes[..keyLength], bytes[keyLength..]);
        file.Add(number, _shard, 1, large.AsMemory(0, length));
        file.Flush();
        _encoder = default;
    }

    /// <summary>Writes what is left.</summary>
    internal void Flush()
    {
        if (_records == 0)
            return;
        file.Add(number, _shard, _records, _bytes.AsMemory(0, _length));
        file.Flush();
        (_encoder, _length, _records) = (default, 0, 0);
    }
}
