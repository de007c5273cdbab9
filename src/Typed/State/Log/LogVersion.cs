namespace Typed.State;

/// <summary>A version as its files have it.</summary>
internal sealed class LogVersion : StoredVersion
{
    private readonly ShardMerge _merge = new();

    /// <param name="files">Its files, the newest first.</param>
    internal LogVersion(IReadOnlyList<VersionFileReader> files)
    {
        Files = files;
        Operators = [.. files[0].Index.Operators.Select((one, i) => StoredOperator.Of(one.Shape, one.Head, files.Sum(file => file.Index.Operators[i].Records)))];
    }

    /// <summary>Its files, the newest first.</summary>
    internal IReadOnlyList<VersionFileReader> Files { get; }

    /// <inheritdoc/>
    public override long BatchId => Files[0].Header.Batch;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Note => Files[0].Index.Note;

    /// <inheritdoc/>
    public override IReadOnlyList<StoredOperator> Operators { get; }

    /// <inheritdoc/>
    public override void Verify()
    {
        byte[] bytes = [];
        foreach (VersionFileReader file in Files)
            file.Verify(ref bytes);
    }

    /// <inheritdoc/>
    public override void Read(int number, byte shard, IStateTarget target) => _merge.Read(Files, number, shard, Operators[number].Head, target);

    /// <inheritdoc/>
    internal override IEnumerable<StateDamagedException> Mended => Files.Select(file => file.Mended).OfType<StateDamagedException>();

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (VersionFileReader file in Files)
            file.Dispose();
    }
}
