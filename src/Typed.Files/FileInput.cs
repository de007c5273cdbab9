using Typed.Connect;
using Typed.Files;
using Typed.Schema;

namespace Typed;

/// <summary>
/// Files as an input of a query: followed as a stream (semantics 14), or read whole as a table, depending on the parameter they are
/// given for.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class FileInput<T> : ISource<T>, ITableSource<T>
    where T : IStreamRecord<T>
{
    private readonly string _kind;
    private readonly string _path;
    private readonly FileSourceOptions _options;
    private readonly Func<MalformedPolicy, FileFormatReader> _format;
    private readonly OnMalformed _onMalformed;
    private readonly double _maxMalformed;

    internal FileInput(
        string kind, string path, FileSourceOptions options, Func<MalformedPolicy, FileFormatReader> format, OnMalformed onMalformed, double maxMalformed)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        (_kind, _path, _options, _format, _onMalformed, _maxMalformed) = (kind, path, options, format, onMalformed, maxMalformed);
    }

    /// <summary>Opens the files as a stream.</summary>
    /// <exception cref="QueryStartException">The folder does not exist, or the options do not fit.</exception>
    /// <exception cref="InvalidDataException">The record of the files that were read, in the checkpoint, is damaged.</exception>
    ISourceReader ISource<T>.Open(SourceContext context) => new FileSourceReader(_kind, _path, _options, context, () => Format(context));

    /// <summary>Opens the files as a table.</summary>
    /// <exception cref="QueryStartException">The options do not fit.</exception>
    ITableReader ITableSource<T>.Open(SourceContext context) => new FileTableReader(_kind, _path, _options, T.Schema, context, () => Format(context));

    private FileFormatReader Format(SourceContext context) => _format(new MalformedPolicy(_onMalformed, _maxMalformed, context.Malformed));
}
