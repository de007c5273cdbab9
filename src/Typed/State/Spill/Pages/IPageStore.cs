namespace Typed.State;

/// <summary>
/// Where a <see cref="PagedSpillArea"/> keeps its pages: some bytes by a number. What is written need not outlive the process. Used by one thread at a time.
/// </summary>
public interface IPageStore : IDisposable
{
    /// <summary>Bytes of memory in use.</summary>
    long MemoryBytes { get; }

    /// <summary>Bytes of disk in use.</summary>
    long DiskBytes { get; }

    /// <summary>Writes a page of any length.</summary>
    /// <returns>Its number; those of deleted pages are used again.</returns>
    /// <exception cref="IOException">There is no room; the message names the path.</exception>
    int Write(ReadOnlySpan<byte> page);

    /// <summary>Reads pages, in any order, as many at once as the disk is good for.</summary>
    /// <param name="pages">Their numbers, each once.</param>
    /// <param name="target">Gets each page once; it does not call the store.</param>
    /// <exception cref="IOException">A page could not be read; the message names the path.</exception>
    void Read(ReadOnlySpan<int> pages, IPageTarget target);

    /// <summary>Forgets a page.</summary>
    void Delete(int page);

    /// <summary>Forgets all pages.</summary>
    void Clear();
}

/// <summary>Takes pages that were read.</summary>
public interface IPageTarget
{
    /// <summary>Takes one.</summary>
    /// <param name="index">Where its number stands in what was asked for.</param>
    /// <param name="bytes">The array that it lies in; valid during the call.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">Its length.</param>
    void Take(int index, byte[] bytes, int start, int length);
}
