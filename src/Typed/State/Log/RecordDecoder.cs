namespace Typed.State;

/// <summary>Reads the records of a section that <see cref="RecordEncoder"/> wrote. Its checksum was right, and yet every length is looked at before it is used.</summary>
internal struct RecordDecoder(byte[] bytes, int length)
{
    private const byte AllFlags = 31;
    private readonly byte[] _bytes = bytes;
    private readonly int _length = length <= bytes.Length ? length : throw new ArgumentOutOfRangeException(nameof(length));
    private int _at;
    private long _lastTime;
    private int _valueLength;

    /// <summary>Whether the entry was removed.</summary>
    internal bool IsRemoved { get; private set; }

    /// <summary>The table.</summary>
    internal int Table { get; private set; }

    /// <summary>The time.</summary>
    internal long Time { get; private set; }

    /// <summary>Where the key begins; the value follows it.</summary>
    internal int KeyStart { get; private set; }

    /// <summary>The length of the key.</summary>
    internal int KeyLength { get; private set; }

    /// <summary>The length of the value.</summary>
    internal readonly int ValueLength => IsRemoved ? 0 : _valueLength;

    /// <summary>Goes to the next record.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    internal bool Next()
    {
        if (_at == _length)
            return false;
        byte flags = _bytes[_at++];
        if ((flags & ~AllFlags) != 0)
            throw new InvalidDataException($"a record has flags {flags}");
        IsRemoved = (flags & RecordEncoder.Removed) != 0;
        if ((flags & RecordEncoder.OtherTable) != 0)
            Table = _at < _length ? _bytes[_at++] : throw CutShort();
        if ((flags & RecordEncoder.HasTime) != 0)
        {
            ulong zigzag = ReadVarint();
            _lastTime += (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
            Time = _lastTime;
        }
        else
        {
            Time = StateEntry.NoTime;
        }

        if ((flags & RecordEncoder.SameKeyLength) == 0)
            KeyLength = ReadLength();
        if (!IsRemoved && (flags & RecordEncoder.SameValueLength) == 0)
            _valueLength = ReadLength();
        KeyStart = _at;
        long end = (long)_at + KeyLength + ValueLength;
        if (end > _length)
            throw CutShort();
        _at = (int)end;
        return true;
    }

    private int ReadLength()
    {
        ulong length = ReadVarint();
        return length <= (ulong)_length ? (int)length : throw new InvalidDataException($"a record has a length of {length} bytes in a section of {_length}");
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_at >= _length)
                throw CutShort();
            byte one = _bytes[_at++];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
                return value;
        }

        throw new InvalidDataException("a number in a record does not end");
    }

    private readonly InvalidDataException CutShort() => new($"a record goes beyond the {_length} bytes of its section");
}
