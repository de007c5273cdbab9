using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>The source of one stream of a pipeline, without the type of its records. Made by generated code.</summary>
public sealed class SourceBinding
{
    private readonly Func<SourceContext, ISourceReader> _open;

    private SourceBinding(RowSchema schema, Func<SourceContext, ISourceReader> open)
    {
        Schema = schema;
        _open = open;
    }

    /// <summary>The rows that the source gives.</summary>
    public RowSchema Schema { get; }

    /// <summary>Binds a source.</summary>
    public static SourceBinding Of<T>(ISource<T> source)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(source);
        return new SourceBinding(T.Schema, source.Open);
    }

    internal ISourceReader Open(SourceContext context) => _open(context);
}

/// <summary>The source of one table of a pipeline, without the type of its records. Made by generated code.</summary>
public sealed class TableBinding
{
    private readonly Func<SourceContext, ITableReader> _open;

    private TableBinding(RowSchema schema, Func<SourceContext, ITableReader> open)
    {
        Schema = schema;
        _open = open;
    }

    /// <summary>The rows of the table.</summary>
    public RowSchema Schema { get; }

    /// <summary>Binds a table.</summary>
    public static TableBinding Of<T>(ITableSource<T> source)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(source);
        return new TableBinding(T.Schema, source.Open);
    }

    internal ITableReader Open(SourceContext context) => _open(context);
}
