using System.Text;
using Typed.Schema;

namespace Typed.Files;

/// <summary>Which field each column of a CSV file goes to.</summary>
internal static class CsvHeader
{
    /// <summary>The ordinal of the field for each column; −1 for a column without one. Without a header they are the fields in order.</summary>
    internal static int[] ByPosition(RowSchema schema) => [.. Data(schema)];

    /// <summary>Matches the names of a header with the fields.</summary>
    /// <exception cref="InvalidDataException">The header lacks a field or has it twice.</exception>
    internal static int[] ByName(RowSchema schema, IReadOnlyList<string> names, bool allowMissing, string path)
    {
        int[] fields = new int[names.Count];
        Array.Fill(fields, -1);
        List<string> missing = [];
        foreach (int ordinal in Data(schema))
        {
            Field field = schema.Fields[ordinal];
            int column = Find(names, field.WrittenName, schema, path);
            if (column < 0 && field.JsonName is null)
                column = Find(names, field.Name, schema, path);
            if (column >= 0)
                fields[column] = ordinal;
            else if (!allowMissing || !field.Type.Nullable)
                missing.Add(field.WrittenName);
        }

        if (missing.Count == 0)
            return fields;
        throw new InvalidDataException(
            $"The header of the file {path} does not fit the record {schema.Name}. Expected: {string.Join(", ", Data(schema).Select(i => schema.Fields[i].WrittenName))}. "
            + $"Found: {string.Join(", ", names)}. Missing: {string.Join(", ", missing)}. Correct the file or the names in the record ([JsonName]), or set "
            + $"{nameof(CsvReadOptions.Header)} to false if the file has none; {nameof(CsvReadOptions.AllowMissingColumns)} lets nullable fields be missing.");
    }

    /// <summary>The value of a header, for messages and matching.</summary>
    internal static string Name(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value).Trim();

    private static IEnumerable<int> Data(RowSchema schema) => Enumerable.Range(0, schema.Fields.Count).Where(i => schema.Fields[i].IsData);

    private static int Find(IReadOnlyList<string> names, string name, RowSchema schema, string path)
    {
        int found = -1;
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] != name)
                continue;
            if (found >= 0)
                throw new InvalidDataException($"The header of the file {path} has the column {name} of the record {schema.Name} twice. Take one out.");
            found = i;
        }

        return found;
    }
}
