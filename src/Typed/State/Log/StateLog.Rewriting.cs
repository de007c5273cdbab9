namespace Typed.State;

/// <summary>
/// Writing anew: a version whose entries have another layout than the operators of a changed pipeline becomes a base of the same version in the present one,
/// shard by shard. It takes the place of what the version was made of, so that operators only ever see their own layout, and later versions go on from it.
/// The versions before stay as they are; they are written anew if a start has to go back to them.
/// </summary>
internal sealed partial class StateLog
{
    /// <summary>Writes a version anew. A crash at any moment leaves it as it was, or done.</summary>
    /// <param name="batchId">The version.</param>
    /// <param name="operators">The present operators in their order.</param>
    /// <exception cref="StateDamagedException">The version cannot be read.</exception>
    /// <exception cref="InvalidDataException">An entry is not of the layout that is stored.</exception>
    /// <exception cref="IOException">There is no room or no permission; the version is untouched.</exception>
    internal void Rewrite(long batchId, IReadOnlyList<StateRewriting> operators)
    {
        LogVersion version;
        lock (_lock)
        {
            version = _catalog.Open(batchId);

            // What was written after it has another layout and would seem to go on from it. It is damaged or beyond the end of the logs, as a start does not go on from it.
            DeleteUnneeded(file => VersionHeader.Named(file.Path)!.Value.Batch > batchId);
        }

        using (version)
            WriteBase(version, operators, CancellationToken.None);
    }
}
