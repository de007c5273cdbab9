namespace Typed.State;

/// <summary>Writes entries that come shard by shard, as a base gets them.</summary>
internal sealed class SectionWriter(VersionFileWriter file) : IStateTarget
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(DeltaWriter.SectionBytes);
    private RecordEncoder _encoder;
    private int _length;
    private int _records;
    private byte _shard;

    /// <inheritdoc/>
    public void Take(in StateEntry entry)
    {
        if (entry.Shard != _shard)
            Flush();
        _shard = entry.Shard;
        ReadOnlySpan<byte> key = entry.Key.ReadRaw(entry.Key.Left);
        ReadOnlySpan<byte> value = entry.Value.ReadRaw(entry.Value.Left);
        long most = (long)RecordEncoder.HeadLengthMax + key.Length + value.Length;
        if (most > _bytes.Length - _length)
            Flush();
        if (most <= _bytes.Length)
        {
            _length += _encoder.Write(_bytes.AsSpan(_length), removed: false, entry.Table, entry.Time, key, value);
            _records++;
            return;
        }

        byte[] large = new byte[most];
        int length = _encoder.Write(large, removed: false, entry.Table, entry.Time, key, value);
        file.Add(_shard, 1, large.AsMemory(0, length));
        file.Flush();
        _encoder = default;
    }

    /// <summary>Writes what is left.</summary>
    internal void Flush()
    {
        if (_records == 0)
            return;
        file.Add(_shard, _records, _bytes.AsMemory(0, _length));
        file.Flush();
        (_encoder, _length, _records) = (default, 0, 0);
    }
}
