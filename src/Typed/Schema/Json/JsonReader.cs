using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Schema;

/// <summary>
/// A position in the UTF-8 text of one JSON record. Its methods read one value each into a column, or return false and leave a
/// <see cref="Problem"/>.
/// </summary>
/// <remarks>
/// Reading ahead is not checked byte by byte: the 64 bytes after the end can be read, and the text either is complete or is followed by a
/// line feed, at which every token ends.
/// </remarks>
public unsafe ref partial struct JsonReader
{
    /// <summary>How many bytes after the end of a text must be readable.</summary>
    internal const int Padding = 64;

    /// <summary>How deep arrays and objects may stand inside each other where the type does not say it.</summary>
    private const int MaxDepth = 64;

    private readonly byte* _end;
    private byte* _next;
    private bool _first;

    internal JsonReader(byte* start, byte* end)
    {
        _next = start;
        _end = end;
    }

    /// <summary>Why the last method returned false.</summary>
    public JsonProblem Problem { get; private set; }

    /// <summary>The next byte.</summary>
    internal byte* Next
    {
        readonly get => _next;
        set => _next = value;
    }

    internal readonly byte* End => _end;

    internal byte Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *_next;
    }

    /// <summary>Whether a problem was found.</summary>
    public readonly bool Failed => Problem != JsonProblem.None;

    /// <summary>Remembers a problem.</summary>
    /// <returns>False.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Fail(JsonProblem problem)
    {
        Problem = problem;
        return false;
    }

    /// <summary>Forgets a problem and goes back to an earlier position.</summary>
    internal void Rewind(byte* position)
    {
        _next = position;
        Problem = JsonProblem.None;
    }

    /// <summary>Goes to the next byte that is not white space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SkipSpace()
    {
        if (*_next <= ' ')
            SkipSpaces();
    }

    /// <summary>Whether only white space is left.</summary>
    internal bool AtEnd()
    {
        SkipSpace();
        return _next >= _end;
    }

    /// <summary>Whether the value at the position is null; then it is passed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull()
    {
        if (*_next != 'n' || Unsafe.ReadUnaligned<uint>(_next) != 0x6C6C_756E)
            return false;
        _next += 4;
        return true;
    }

    /// <summary>Passes the bracket that opens an array.</summary>
    public bool BeginList()
    {
        if (*_next != '[')
            return Fail(JsonProblem.Type);
        _next++;
        _first = true;
        return true;
    }

    /// <summary>Goes to the next element of an array, or passes its end; false also for a problem.</summary>
    public bool NextElement()
    {
        SkipSpace();
        if (*_next == ']')
        {
            _next++;
            _first = false;
            return false;
        }

        if (_first)
        {
            _first = false;
            return true;
        }

        if (*_next != ',')
            return Fail(JsonProblem.Syntax);
        _next++;
        SkipSpace();
        return *_next != ']' || Fail(JsonProblem.Syntax);
    }

    /// <summary>Passes the brace that opens an object.</summary>
    public bool BeginMap()
    {
        if (*_next != '{')
            return Fail(JsonProblem.Type);
        _next++;
        _first = true;
        return true;
    }

    /// <summary>Appends the next key of an object and goes to its value, or passes the end of the object; false also for a problem.</summary>
    public bool NextEntry(Utf8Column keys)
    {
        SkipSpace();
        if (*_next == '}')
        {
            _next++;
            _first = false;
            return false;
        }

        if (!_first)
        {
            if (*_next != ',')
                return Fail(JsonProblem.Syntax);
            _next++;
            SkipSpace();
        }

        _first = false;
        if (*_next != '"')
            return Fail(JsonProblem.Syntax);
        return ReadString(keys) && PassColon();
    }

    /// <summary>Ends a map after its entries were appended; of several entries with one key the last one stays.</summary>
    public readonly bool EndMap(ListColumn map)
    {
        JsonMapEntries.KeepLast(map);
        map.Commit();
        return true;
    }

    internal bool PassColon()
    {
        SkipSpace();
        if (*_next != ':')
            return Fail(JsonProblem.Syntax);
        _next++;
        SkipSpace();
        return true;
    }

    /// <summary>Passes any value, which must be valid JSON.</summary>
    internal bool SkipValue() => SkipValue(0);

    private bool SkipValue(int depth)
    {
        switch (*_next)
        {
            case (byte)'"':
                return TryScanString(out _, out _, out _);
            case (byte)'{':
                return depth < MaxDepth ? SkipObject(depth + 1) : Fail(JsonProblem.Depth);
            case (byte)'[':
                return depth < MaxDepth ? SkipArray(depth + 1) : Fail(JsonProblem.Depth);
            case (byte)'t':
                return PassLiteral("true"u8);
            case (byte)'f':
                return PassLiteral("false"u8);
            case (byte)'n':
                return PassLiteral("null"u8);
            default:
                return TryScanNumber(out _);
        }
    }

    private bool SkipObject(int depth)
    {
        _next++;
        SkipSpace();
        if (*_next == '}')
        {
            _next++;
            return true;
        }

        while (true)
        {
            if (*_next != '"')
                return Fail(JsonProblem.Syntax);
            if (!TryScanString(out _, out _, out _) || !PassColon() || !SkipValue(depth))
                return false;
            SkipSpace();
            byte next = *_next++;
            if (next == '}')
                return true;
            if (next != ',')
                return Fail(JsonProblem.Syntax);
            SkipSpace();
        }
    }

    private bool SkipArray(int depth)
    {
        _next++;
        SkipSpace();
        if (*_next == ']')
        {
            _next++;
            return true;
        }

        while (true)
        {
            if (!SkipValue(depth))
                return false;
            SkipSpace();
            byte next = *_next++;
            if (next == ']')
                return true;
            if (next != ',')
                return Fail(JsonProblem.Syntax);
            SkipSpace();
        }
    }

    private bool PassLiteral(ReadOnlySpan<byte> literal)
    {
        if (!new ReadOnlySpan<byte>(_next, literal.Length).SequenceEqual(literal))
            return Fail(JsonProblem.Syntax);
        _next += literal.Length;
        return true;
    }

    private void SkipSpaces()
    {
        while (_next < _end && *_next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            _next++;
    }
}
