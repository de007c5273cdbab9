using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Testing;

/// <summary>Rows as the text of their columns, by which they are compared and shown: two rows are the same if the query would write the same.</summary>
internal static class RowText
{
    /// <summary>The text of a value, a decimal without the zeros behind it; null for none.</summary>
    public static string? Value(Column column, int row)
    {
        string? text = column.IsNull(row) ? null : ColumnText.ToManaged(column, row);
        return text is not null && column.Type is { Kind: FieldKind.Decimal, Scale: > 0 } ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>The text of each column of each row.</summary>
    public static IReadOnlyList<string?[]> Of<T>(IReadOnlyList<T> rows)
        where T : IStreamRecord<T>
    {
        ColumnBatch batch = RecordBatch.Of<T>([.. rows]);
        try
        {
            return [.. Enumerable.Range(0, batch.Length).Select(row => Enumerable.Range(0, T.Schema.Fields.Count).Select(i => Value(batch[i], row)).ToArray())];
        }
        finally
        {
            batch.Release();
        }
    }
}
