using Typed.Columns;

namespace Typed.Schema;

/// <summary>
/// What the generator adds to a record marked <see cref="StreamRecordAttribute"/>: how it becomes columns and comes back.
/// Not meant to be implemented by hand.
/// </summary>
/// <typeparam name="TSelf">The record.</typeparam>
public interface IStreamRecord<TSelf>
    where TSelf : IStreamRecord<TSelf>
{
    /// <summary>The columns.</summary>
    static abstract RowSchema Schema { get; }

    /// <summary>One row of a batch as a record. Allocates for strings and lists.</summary>
    static abstract TSelf Read(ColumnBatch batch, int row);

    /// <summary>Appends a record to the columns of a batch; the caller sets the length.</summary>
    static abstract void Append(in TSelf value, ColumnBatch batch);

    /// <summary>A parser of the text of such records, for readers of JSON.</summary>
    static abstract JsonRecordParser CreateJsonParser();
}
