using Typed.Columns;

namespace Typed.Operators;

/// <summary>The rows of an initial state, one after the other.</summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TContext">What the handler is given.</typeparam>
public abstract class InitialRows<TCell, TContext>
    where TCell : unmanaged
{
    private protected InitialRows(TableSlot table) => Table = table;

    private protected TableSlot Table { get; }

    internal int Count => Table.Rows?.Length ?? 0;

    internal abstract void Bind();

    internal abstract void LoadKey(int row, out TCell key);

    internal abstract void Handle(int row, TContext context, TextCache texts);

    private protected ColumnBatch RowsOfTable => Table.Rows ?? throw new InvalidOperationException("The table of an initial state was not read.");
}

/// <summary>The rows of an initial state, read as the generator says.</summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TInitial">The rows of the table.</typeparam>
/// <typeparam name="TRow">How they are read.</typeparam>
/// <typeparam name="TContext">What the handler is given.</typeparam>
public abstract class InitialRows<TCell, TInitial, TRow, TContext> : InitialRows<TCell, TContext>
    where TCell : unmanaged
    where TRow : struct, IInitialRow<TCell, TInitial>
{
    private TRow _row;

    private protected InitialRows(TableSlot table, TRow row)
        : base(table) => _row = row;

    internal override void Bind()
    {
        TRow row = _row;
        row.Bind(RowsOfTable);
        _row = row;
    }

    internal override void LoadKey(int row, out TCell key) => _row.LoadKey(row, out key);

    private protected TInitial ReadRow(int row, TextCache texts) => _row.ReadRow(row, texts);
}

/// <summary>The initial state of a <see cref="KeyedProcessor{TKey, TIn, TOut, TInitial}"/>.</summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
/// <typeparam name="TInitial">The rows of the table.</typeparam>
/// <typeparam name="TRow">How they are read.</typeparam>
public sealed class KeyedInitialRows<TCell, TKey, TIn, TOut, TInitial, TRow> : InitialRows<TCell, TInitial, TRow, Context<TKey, TOut>>
    where TCell : unmanaged
    where TRow : struct, IInitialRow<TCell, TInitial>
{
    private readonly KeyedProcessor<TKey, TIn, TOut, TInitial> _processor;

    /// <summary>An initial state.</summary>
    /// <param name="table">The table.</param>
    /// <param name="processor">Who takes the rows.</param>
    /// <param name="row">How they are read.</param>
    public KeyedInitialRows(TableSlot table, KeyedProcessor<TKey, TIn, TOut, TInitial> processor, TRow row)
        : base(table, row) => _processor = processor;

    internal override void Handle(int row, Context<TKey, TOut> context, TextCache texts) => _processor.OnInitial(ReadRow(row, texts), context);
}

/// <summary>The initial state of a <see cref="GroupProcessor{TKey, TIn, TOut, TInitial}"/>.</summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
/// <typeparam name="TInitial">The rows of the table.</typeparam>
/// <typeparam name="TRow">How they are read.</typeparam>
public sealed class GroupInitialRows<TCell, TKey, TIn, TOut, TInitial, TRow> : InitialRows<TCell, TInitial, TRow, GroupContext<TKey, TOut>>
    where TCell : unmanaged
    where TRow : struct, IInitialRow<TCell, TInitial>
{
    private readonly GroupProcessor<TKey, TIn, TOut, TInitial> _processor;

    /// <summary>An initial state.</summary>
    /// <param name="table">The table.</param>
    /// <param name="processor">Who takes the rows.</param>
    /// <param name="row">How they are read.</param>
    public GroupInitialRows(TableSlot table, GroupProcessor<TKey, TIn, TOut, TInitial> processor, TRow row)
        : base(table, row) => _processor = processor;

    internal override void Handle(int row, GroupContext<TKey, TOut> context, TextCache texts) => _processor.OnInitial(ReadRow(row, texts));
}
