namespace Typed.Schema;

/// <summary>Why a loop over records stopped.</summary>
internal enum JsonPause
{
    /// <summary>Nothing is left.</summary>
    Finished,

    /// <summary>The batch has enough rows.</summary>
    Full,

    /// <summary>The record that was read last is malformed; its columns may be ragged.</summary>
    Malformed,
}

/// <summary>Where a loop over records stands. The last byte of the text is a line feed, and 64 more can be read.</summary>
internal unsafe struct JsonCursor
{
    /// <summary>The next byte.</summary>
    public byte* Next;

    /// <summary>The byte after the last one.</summary>
    public byte* End;

    /// <summary>The number of the record that was read last: its line from 1, or its place in the array from 1.</summary>
    public long Position;

    /// <summary>The record that was read last.</summary>
    public byte* Record;

    /// <summary>The byte after it.</summary>
    public byte* RecordEnd;

    /// <summary>What is wrong with it.</summary>
    public JsonProblem Problem;

    /// <summary>The field that is wrong; −1 if it is none.</summary>
    public int ProblemField;

    /// <summary>Where that was seen.</summary>
    public byte* ProblemAt;
}
