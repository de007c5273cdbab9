using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Files;

/// <summary>Files as a table: all that are there, read whole as often as the refresh policy says (semantics 7.2).</summary>
internal sealed class FileTableReader : ITableReader
{
    private const int Attempts = 3;
    private readonly FileSourceOptions _options;
    private readonly RowSchema _schema;
    private readonly SourceContext _context;
    private readonly FileListing _listing;
    private readonly FileFormatReader _format;
    private readonly RefreshClock _clock;
    private readonly string _kind;
    private List<FileEntry> _read = [];
    private bool _hasRead;

    internal FileTableReader(string kind, string path, FileSourceOptions options, RowSchema schema, SourceContext context, Func<FileFormatReader> format)
    {
        options.Validate();
        if (options.MaxFilesPerTrigger is not null || options.MaxBytesPerTrigger is not null)
            throw new QueryStartException("table-rate-limit", $"The files {path} are read as a table, which is always read whole: leave MaxFilesPerTrigger and MaxBytesPerTrigger out.");
        (_kind, _options, _schema, _context) = (kind, options, schema, context);
        _listing = new FileListing(path, options.Glob, options.Recursive);
        _clock = new RefreshClock(options.Refresh, context.Time);
        if (!Directory.Exists(_listing.Root))
            throw FileErrors.FolderMissing(_listing, context.Name);
        _format = format();
    }

    public string Description => $"table '{_context.Name}' from the {_kind} files {_listing.Path}";

    public async ValueTask<ColumnBatch?> RefreshAsync(long batchId, CancellationToken cancellation)
    {
        if (!_clock.IsDue)
            return null;

        // Who writes the files may be replacing them just now: an error is final only when it comes again after a moment.
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Read(cancellation);
            }
            catch (IOException failure) when (attempt < Attempts)
            {
                _context.Warn($"The {Description} could not be read and is tried again: {failure.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), _context.Time, cancellation);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _format.Dispose();
        return default;
    }

    private ColumnBatch? Read(CancellationToken cancellation)
    {
        List<FileEntry> files = _listing.List();
        files.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        if (files.Count == 0 && _listing.SingleFile is null && !Directory.Exists(_listing.Root))
            throw new DirectoryNotFoundException($"The folder {_listing.Root} of the {Description} is not there.");
        if (_hasRead && _options.Refresh == TableRefresh.OnChange && files.SequenceEqual(_read))
            return null;
        if (files.Count == 0)
        {
            throw new FileNotFoundException(
                $"The {Description} has no file: there is none at {Path.GetFullPath(_listing.Path)}{(_options.Glob is null ? "" : " that fits " + _options.Glob)}. "
                + "Put the file there or correct the path.");
        }

        ColumnBatch table = new(_schema);
        try
        {
            foreach (FileEntry file in files)
            {
                foreach (ColumnBatch batch in FileRows.Read(_listing, file, _format, _options.IgnoreMissingFiles, _context.Warn, cancellation))
                {
                    for (int i = 0; i < _schema.Fields.Count; i++)
                        table[i].AppendRange(batch[i], 0, batch.Length);
                    table.Length += batch.Length;
                    batch.Release();
                }
            }
        }
        catch
        {
            table.Release();
            throw;
        }

        (_read, _hasRead) = (files, true);
        _clock.WasRead();
        return table;
    }
}
