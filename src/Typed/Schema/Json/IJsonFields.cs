namespace Typed.Schema;

/// <summary>What the generator writes for a record so that its JSON goes straight into columns: a struct, so that the loop over rows is compiled for it.</summary>
public interface IJsonFields
{
    /// <summary>Takes the columns that are filled next.</summary>
    void Bind(JsonObject fields);

    /// <summary>Reads the object of one row; false for a problem, then the columns may be ragged.</summary>
    bool Read(JsonObject fields, ref JsonReader reader, int row);
}
