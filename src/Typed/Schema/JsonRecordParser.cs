using Typed.Columns;

namespace Typed.Schema;

/// <summary>Reads the value of one field of a JSON object straight into its column; implemented by generated code.</summary>
public abstract class JsonRecordParser
{
    /// <summary>The columns that are filled.</summary>
    public abstract RowSchema Schema { get; }

    /// <summary>
    /// Appends the value at the reader's position to the column of a field, or throws nothing and returns false if the
    /// value does not fit the field; then nothing was appended.
    /// </summary>
    public abstract bool TryReadField(int field, ref JsonFieldReader reader, ColumnBatch batch);
}
