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
    /// <exception cref="ArgumentException">A field that is not nullable holds null, or a decimal does not fit its precision; the batch must be dropped.</exception>
    static abstract void Append(in TSelf value, ColumnBatch batch);

    /// <summary>A parser of JSON objects that are such records, for a <see cref="JsonLinesDecoder"/> or a <see cref="JsonDocumentDecoder"/>.</summary>
    static abstract JsonRecordParser CreateJsonParser();
}
