namespace Typed.State;

/// <summary>What has happened in a <see cref="SpillArea"/> since it was made.</summary>
public sealed class SpillCounts
{
    /// <summary>Entries that were put there.</summary>
    public long EntriesPut { get; set; }

    /// <summary>Bytes of their keys and values.</summary>
    public long BytesPut { get; set; }

    /// <summary>Keys that were asked for.</summary>
    public long KeysAsked { get; set; }

    /// <summary>Entries that were taken back, by their key, by their time or with their part.</summary>
    public long EntriesTaken { get; set; }

    /// <summary>Pages that were read for entries, from memory or from disk.</summary>
    public long PagesRead { get; set; }

    /// <summary>Pages that were written for entries.</summary>
    public long PagesWritten { get; set; }
}
