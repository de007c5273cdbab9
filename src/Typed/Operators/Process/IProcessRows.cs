using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// The rows of a processor as the generator writes them for one pipeline: how a key is read, hashed and compared, how a typed row is made from
/// columns, and how an emitted row becomes columns. A struct, so that the loops are compiled for it.
/// </summary>
/// <typeparam name="TCell">The key as it is stored: an unmanaged struct whose strings are <see cref="TextKey"/>.</typeparam>
/// <typeparam name="TKey">The key as handlers see it.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
public interface IProcessRows<TCell, TKey, TIn, TOut> : IProcessKeys<TCell, TKey>
    where TCell : unmanaged
{
    /// <summary>A row. Its strings come from <paramref name="texts"/>.</summary>
    TIn ReadRow(int row, TextCache texts);

    /// <summary>Appends an emitted row to the columns of a batch; the caller sets the length.</summary>
    /// <exception cref="ArgumentException">A field that is not nullable holds null, or a decimal does not fit its precision.</exception>
    static abstract void Append(in TOut value, ColumnBatch output);
}

/// <summary>The keys of a processor's rows.</summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TKey">The key as handlers see it.</typeparam>
public interface IProcessKeys<TCell, TKey> : IGroupKeys<TCell>
    where TCell : unmanaged
{
    /// <summary>Reads the columns of a batch from now on.</summary>
    void Bind(ColumnBatch input);

    /// <summary>The key as handlers see it.</summary>
    static abstract TKey KeyOf(in TCell key, TextCache texts);
}

/// <summary>The rows of an initial state.</summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TInitial">The row.</typeparam>
public interface IInitialRow<TCell, TInitial>
    where TCell : unmanaged
{
    /// <summary>Reads the columns of a table from now on.</summary>
    void Bind(ColumnBatch table);

    /// <summary>The key of a row; its strings are views of the table.</summary>
    void LoadKey(int row, out TCell key);

    /// <summary>A row. Its strings come from <paramref name="texts"/>.</summary>
    TInitial ReadRow(int row, TextCache texts);
}
