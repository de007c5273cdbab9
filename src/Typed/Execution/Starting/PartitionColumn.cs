using Typed.Schema;

namespace Typed.Execution;

/// <summary>A column by which files could be put in folders. The analyzers are compiled with this file too.</summary>
/// <param name="Name">The name of the field.</param>
/// <param name="WrittenName">The name in files.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record PartitionColumn(string Name, string WrittenName, FieldKind Kind)
{
    /// <summary>The number of the column that a name means; −1 for none.</summary>
    public static int Find(IReadOnlyList<PartitionColumn> columns, string name)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i].WrittenName == name || columns[i].Name == name)
                return i;
        }

        return -1;
    }

    /// <summary>What is wrong with the names by which a record would be put in folders; null for nothing.</summary>
    /// <param name="record">The name of the record.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="names">The names.</param>
    /// <param name="at">Which of the names it is; the last one where it is all of them.</param>
    public static string? Problem(string record, IReadOnlyList<PartitionColumn> columns, IReadOnlyList<string> names, out int at)
    {
        HashSet<int> seen = [];
        for (at = 0; at < names.Count; at++)
        {
            int column = Find(columns, names[at]);
            if (column < 0)
                return $"names '{names[at]}', but {record} has the columns {string.Join(", ", columns.Select(one => one.WrittenName))}";
            if (columns[column].Kind is FieldKind.Record or FieldKind.List or FieldKind.Map or FieldKind.Window or FieldKind.Binary)
                return $"names '{names[at]}', which is a {columns[column].Kind.ToString().ToLowerInvariant()}, and a folder can be named after a single value only";
            if (!seen.Add(column))
                return $"names '{names[at]}' twice";
        }

        at = names.Count - 1;
        return seen.Count == columns.Count && columns.Count > 0 ? $"names all columns of {record}, so that none would be left for the files. Leave one out" : null;
    }
}
