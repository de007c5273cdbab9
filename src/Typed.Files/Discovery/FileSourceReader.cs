using Typed.Columns;
using Typed.Connect;

namespace Typed.Files;

/// <summary>
/// Files as a stream. An offset is the number of the last entry of the <see cref="SeenFilesLog"/>; an entry is written before its number
/// is handed out, so a batch that was planned can always be read again.
/// </summary>
internal sealed class FileSourceReader : ISourceReader
{
    private readonly FileSourceOptions _options;
    private readonly SourceContext _context;
    private readonly FileDiscovery _discovery;
    private readonly SeenFilesLog _log;
    private readonly FileFormatReader _format;
    private readonly string _kind;
    private TimeSpan _listingTook;

    internal FileSourceReader(string kind, string path, FileSourceOptions options, SourceContext context, Func<FileFormatReader> format)
    {
        options.Validate();
        (_kind, _options, _context) = (kind, options, context);
        FileListing listing = new(path, options.Glob, options.Recursive);
        if (!Directory.Exists(listing.Root))
            throw FileErrors.FolderMissing(listing, context.Name);
        _log = new SeenFilesLog(context.Directory, listing.Root);
        _log.Position(context.StandsAt, $"{kind} files {listing.Path}");
        if (_log.EarlierRoot is { } earlier)
        {
            context.Warn($"The stream '{context.Name}' now reads {listing.Root}; with this checkpoint it has read {earlier}. Files are known by their path below "
                + "the folder: those that have the path of one that was read are not read.");
        }

        _discovery = new FileDiscovery(listing, options, context.Time, context.Warn);
        _discovery.Restore(_log.Files);
        _format = format();
    }

    public string Description => $"{_kind} files {_discovery.Listing.Path}";

    public bool CanReplay => true;

    public ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation)
    {
        long from = Position(start);
        if (_log.Last == from || all)
        {
            long began = _context.Time.GetTimestamp();
            List<FileEntry> taken = _discovery.Take(all);
            _listingTook = _context.Time.GetElapsedTime(began);
            if (taken.Count > 0)
                _log.Add(taken);
        }

        // An entry that was written but not used by an earlier run comes by itself, so that a batch is not larger for it.
        long next = all ? _log.Last : Math.Min(_log.Last, from + 1);
        return new(next < 0 ? null : RowOffset.Format(next));
    }

    public ValueTask FreezeAsync(string? start, CancellationToken cancellation)
    {
        _discovery.Freeze();
        return default;
    }

    public IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, CancellationToken cancellation) =>
        Read(Position(start), Position(end), cancellation).AsAsync(cancellation);

    public ValueTask CommitAsync(string end, CancellationToken cancellation)
    {
        _log.Compact(Position(end), _discovery.IsPurged);
        return default;
    }

    public async ValueTask WaitForDataAsync(string? start, CancellationToken cancellation)
    {
        if (_log.Last > Position(start))
            return;

        // A folder that takes long to list is looked at less often, so that looking takes a tenth of the time at most.
        TimeSpan pause = _listingTook * 10 > _options.PollInterval ? _listingTook * 10 : _options.PollInterval;
        await Task.Delay(pause, _context.Time, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _format.Dispose();
        return default;
    }

    private IEnumerable<ColumnBatch> Read(long start, long end, CancellationToken cancellation)
    {
        for (long entry = start + 1; entry <= end; entry++)
        {
            foreach (FileEntry file in _log[entry])
            {
                foreach (ColumnBatch batch in FileRows.Read(_discovery.Listing, file, _format, _options.IgnoreMissingFiles, _context.Warn, cancellation))
                    yield return batch;
            }
        }
    }

    private long Position(string? offset) => _log.Position(offset, Description);
}
