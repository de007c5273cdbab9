namespace Typed;

/// <summary>What is done with a record that cannot be read (semantics 17.1).</summary>
public enum OnMalformed
{
    /// <summary>It is left out, counted, and goes to the dead-letter sink with its source, position, reason and raw text.</summary>
    DeadLetter,

    /// <summary>
    /// It stays as a row: fields that cannot be read are null, or all if its text is broken; a field marked
    /// <see cref="CorruptRecordAttribute"/> takes the raw text. All other fields of the record must be nullable.
    /// </summary>
    Permissive,

    /// <summary>It is left out and counted.</summary>
    Drop,

    /// <summary>The query fails.</summary>
    Fail,
}
