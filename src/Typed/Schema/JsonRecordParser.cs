namespace Typed.Schema;

/// <summary>Reads JSON objects of one record straight into columns.</summary>
public abstract class JsonRecordParser
{
    /// <summary>The columns that are filled.</summary>
    public abstract RowSchema Schema { get; }
}
