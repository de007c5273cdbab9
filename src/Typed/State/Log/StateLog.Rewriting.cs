namespace Typed.State;

/// <summary>
/// Writing anew: a version whose entries have another layout than the operators of a changed pipeline becomes a base of the same version in the present one,
/// shard by shard. It takes the place of what the version was made of, so that operators only ever see their own layout, and later versions go on from it.
/// It has a stamp of its own, so that no copy and no changes of the old layout are taken for it, and what the version was made of goes when it is there twice.
/// The versions before stay as they are; they are written anew if a start has to go back to them.
/// </summary>
internal sealed partial class StateLog
{
    /// <summary>Writes a version anew. A crash at any moment leaves it as it was, or done.</summary>
    /// <param name="batchId">The version.</param>
    /// <param name="operators">The present operators in their order.</param>
    /// <exception cref="StateDamagedException">The version cannot be read.</exception>
    /// <exception cref="InvalidDataException">An entry is not of the layout that is stored.</exception>
    /// <exception cref="StateRewritingException">There is no room or no permission; it says what the version is now.</exception>
    internal void Rewrite(long batchId, IReadOnlyList<StateRewriting> operators)
    {
        long stamp = Random.Shared.NextInt64();
        try
        {
            Rewrite(batchId, stamp, operators);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where the version was a base before, the new one has taken its place with the name; where it was changes, these count until they are deleted.
            lock (_lock)
            {
                _catalog.Scan();
                throw new StateRewritingException(_catalog.HeaderOf(batchId)?.Stamp == stamp, e);
            }
        }
    }

    private void Rewrite(long batchId, long stamp, IReadOnlyList<StateRewriting> operators)
    {
        LogVersion version;
        lock (_lock)
            version = _catalog.Open(batchId);
        using (version)
        {
            if (!TryWriteBase(version, stamp, operators, CancellationToken.None))
            {
                lock (_lock)
                    _catalog.Scan();
                throw new StateDamagedException(System.IO.Path.Combine(Path, VersionHeader.NameOf(batchId, isBase: true)), "it was written a moment ago, and what is read back is something else");
            }
        }

        Reached?.Invoke(StateLogStep.BeforeFilesDeleted, batchId);

        // What was written after the version has another layout. It is damaged or beyond the end of the logs, as a start does not go on from it.
        lock (_lock)
        {
            _mended.Clear();
            DeleteUnneeded(file => VersionHeader.Named(file.Path) is { } name && (name.Batch > batchId || name == (batchId, false)));
        }
    }
}

/// <summary>A version could not be written anew, or not to the end.</summary>
/// <param name="isAnew">Whether the version is the new one nevertheless.</param>
/// <param name="cause">What failed.</param>
internal sealed class StateRewritingException(bool isAnew, Exception cause) : IOException(cause.Message, cause)
{
    /// <summary>Whether the version is the new one: what failed was to come after that.</summary>
    internal bool IsAnew { get; } = isAnew;
}
