using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Tests.Connect;

/// <summary>A record written by hand as the generator would write it, so that these tests need no compiler.</summary>
public readonly record struct Item(long Id, string? Name) : IStreamRecord<Item>
{
    public static RowSchema Schema { get; } = new("Item",
    [
        new Field("Id", FieldType.Of(FieldKind.Int64)),
        new Field("Name", FieldType.Of(FieldKind.String, nullable: true)),
    ]);

    public static Item Read(ColumnBatch batch, int row) =>
        new(((FixedColumn<long>)batch[0])[row], ((Utf8Column)batch[1])[row].ToManaged());

    public static void Append(in Item value, ColumnBatch batch)
    {
        ((FixedColumn<long>)batch[0]).Append(value.Id);
        if (value.Name is null)
            batch[1].AppendNull();
        else
            ((Utf8Column)batch[1]).Append(System.Text.Encoding.UTF8.GetBytes(value.Name));
    }

    public static JsonRecordParser CreateJsonParser() => throw new NotSupportedException("The tests of this folder do not read JSON.");

}

/// <summary>Takes malformed records into a list.</summary>
public sealed class MalformedList : IMalformedRecords
{
    public List<(string Source, long Position, string Reason, string Text)> Items { get; } = [];

    public int Dropped { get; private set; }

    public void Take(string source, long position, string reason, ReadOnlySpan<byte> text) =>
        Items.Add((source, position, reason, System.Text.Encoding.UTF8.GetString(text)));

    public void Drop() => Dropped++;
}

/// <summary>Drives a source as the micro-batch loop does.</summary>
public static class Reading
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static SourceContext Context(string? directory = null, TimeProvider? time = null, MalformedList? malformed = null) =>
        new("items", 0, directory, time ?? TimeProvider.System, malformed ?? new MalformedList());

    /// <summary>Reads a range as records.</summary>
    public static async Task<List<T>> RowsAsync<T>(this ISourceReader reader, string? start, string end)
        where T : IStreamRecord<T>
    {
        List<T> rows = [];
        await foreach (ColumnBatch batch in reader.ReadAsync(start, end, Token))
        {
            rows.AddRange(RecordBatch.ToRecords<T>(batch));
            batch.Release();
        }

        return rows;
    }

    /// <summary>The next batches until the source has nothing new, committing each.</summary>
    public static async Task<(List<List<T>> Batches, string? End)> DrainAsync<T>(this ISourceReader reader, string? start, bool all = false)
        where T : IStreamRecord<T>
    {
        List<List<T>> batches = [];
        while (await reader.NextOffsetAsync(start, all, Token) is { } end && end != start)
        {
            batches.Add(await reader.RowsAsync<T>(start, end));
            await reader.CommitAsync(end, Token);
            start = end;
        }

        return (batches, start);
    }
}
