using Typed.Columns;

namespace Typed.Files;

/// <summary>The rows of one file as batches.</summary>
internal static class FileRows
{
    internal static IEnumerable<ColumnBatch> Read(
        FileListing listing, FileEntry entry, FileFormatReader format, bool ignoreMissing, Action<string> warn, CancellationToken cancellation)
    {
        using OpenFile? file = Open(listing.FullPath(entry), entry, format, ignoreMissing, warn);
        if (file is null)
            yield break;
        bool more = true;
        while (more)
        {
            cancellation.ThrowIfCancellationRequested();
            ColumnBatch batch = format.Pool.Rent();
            more = Fill(format, batch, cancellation);
            batch.Place = entry.Path;
            if (batch.Length > 0)
                yield return batch;
            else
                batch.Release();
        }

        format.End();
    }

    private static OpenFile? Open(string path, FileEntry entry, FileFormatReader format, bool ignoreMissing, Action<string> warn)
    {
        OpenFile? file = null;
        try
        {
            file = OpenFile.Open(path, entry);
            format.Begin(file);
            return file;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            if (!ignoreMissing)
                throw FileErrors.FileMissing(path, failure);
            warn($"The file {path} was removed before it was read; its rows are missing.");
            return null;
        }
        catch (Exception failure) when (file is null && failure is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Unreadable(path, failure);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    private static bool Fill(FileFormatReader format, ColumnBatch batch, CancellationToken cancellation)
    {
        try
        {
            return format.Fill(batch, cancellation);
        }
        catch
        {
            batch.Release();
            throw;
        }
    }
}
