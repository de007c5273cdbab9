using Typed.Columns;
using Typed.Connect;
using Typed.Execution;

namespace Typed.Files;

/// <summary>
/// Rows into files, exactly once (semantics 14.6): the files of a batch become visible together by one entry in the <see cref="SinkLog"/>, and a
/// batch that has its entry is left out when it comes again.
/// </summary>
internal sealed class FileSink(string kind, string path, FileSinkOptions options, Func<RowFormat> format) : ISink
{
    /// <summary>Called after each step of writing; a test throws there.</summary>
    internal Action<FileSinkStep> Reached { get; init; } = _ => { };

    public ISinkWriter Open(SinkContext context)
    {
        if (context.Mode != OutputMode.Append)
            throw new QueryStartException(StartRules.AppendOnly, context.QueryName, context.Mode.ToString().ToLowerInvariant(), path);

        long target = ByteSize.Parse(options.TargetSize, nameof(options.TargetSize));
        PartitionFolders folders = new(context.Schema, options.PartitionBy);
        RowFormat rows = format();
        rows.Start(context.Schema, folders.Rest);
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        context.Claim(root);
        try
        {
            Directory.CreateDirectory(root);
            return new Writer(this, $"{kind} files {path}", context, folders, new SinkLog(root, context.QueryId), rows, target);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new QueryStartException(
                "sink-path", $"Files cannot be written to {root}: {failure.Message} Make the folder writable, or choose another path.", failure);
        }
    }

    private sealed class Writer(
        FileSink sink, string description, SinkContext context, PartitionFolders folders, SinkLog log, RowFormat format, long target) : ISinkWriter
    {
        private const int ManyFolders = 1000;
        private readonly PartFiles _files = new(log.Temporary, context.QueryId.ToString("N"), format, target);
        private long _batchId;
        private bool _known;
        private bool _comesAgain;
        private bool _warned;

        public string Description => description;

        public void Begin(long batchId, long? watermark)
        {
            (_batchId, _known) = (batchId, log.Contains(batchId));

            // Behind a later batch that is visible, one without files had no rows.
            _comesAgain = batchId <= context.LastForgottenBatch && batchId <= log.Last;
            _files.Begin(batchId);
        }

        public void Write(ColumnBatch batch)
        {
            if (_known && !_comesAgain)
                return;
            Guard(() =>
            {
                for (int row = 0; row < batch.Length; row++)
                    _files.Add(folders.Of(batch, row), batch, row);
                sink.Reached(FileSinkStep.Written);
            });
            if (_files.Folders <= ManyFolders || _warned)
                return;
            _warned = true;
            context.Warn($"Batch {_batchId} writes to more than {ManyFolders} folders below {log.Root}, with a file in each. Partition by fewer or coarser columns.");
        }

        public ValueTask CommitAsync(CancellationToken cancellation)
        {
            if (_comesAgain)
                Guard(Compare);
            else if (!_known)
                Guard(Commit);
            return default;
        }

        public void Abort()
        {
            _files.Delete();
            log.Undo(_batchId);
        }

        public ValueTask DisposeAsync()
        {
            _files.Delete();
            if (Directory.Exists(log.Temporary))
                Directory.Delete(log.Temporary, recursive: true);
            return default;
        }

        private void Commit()
        {
            List<(string Temporary, CommittedFile File)> files = _files.Finish(context.QueryId);
            sink.Reached(FileSinkStep.Synced);
            if (files.Count > 0)
                log.Commit(_batchId, files, sink.Reached);
            _files.Begin(_batchId);
        }

        // A checkpoint that was set back plans its batches anew. To drop other rows under a known number would lose them, and to write them would double those of another number.
        private void Compare()
        {
            List<(string Temporary, CommittedFile File)> files = _files.Finish(context.QueryId);
            (string Path, CommittedFile File)[] visible = [.. log.FilesOf(_batchId).Select(file => (Path.Combine(log.Root, file.Path), file))];
            string? what = Array.Find(visible, one => !File.Exists(one.Path)) is { Path: { } gone }
                ? $"{gone} is not there any more, so that they cannot be compared"
                : RepeatedRows.AreSame(files, visible) ? null
                : $"they are others: {files.Sum(one => one.File.Rows)} rows come, and {visible.Sum(one => one.File.Rows)} are visible";
            _files.Delete();
            if (what is null)
                return;
            throw new StreamingQueryException(
                "sink-batch-differs",
                $"The checkpoint was set back, and batch {_batchId} comes again with rows that {log.Root} should have under this number; but {what}. Nothing was written. "
                + "Put the checkpoint back as it was, from its folder 'repaired-…' or from a copy; or start with a new checkpoint and a new folder.",
                null);
        }

        private void Guard(Action write)
        {
            try
            {
                write();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new IOException(
                    $"Batch {_batchId} could not be written to {log.Root}: {failure.Message} None of its rows is visible there. "
                    + "Make room, or make the folder writable, and start the query again.", failure);
            }
        }
    }
}
