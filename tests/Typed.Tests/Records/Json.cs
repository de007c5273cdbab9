using System.Text;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Tests.Records;

/// <summary>What came of a JSON text.</summary>
internal sealed record JsonResult<T>(T[] Rows, List<(long Position, string Reason, string Text)> Malformed, MalformedPolicy Policy);

/// <summary>Decodes texts, whole or in pieces.</summary>
internal static class Json
{
    public static JsonResult<T> Lines<T>(string text, OnMalformed mode = OnMalformed.DeadLetter, int piece = int.MaxValue, int maxRows = int.MaxValue, int maxRecordBytes = JsonDecoder.DefaultMaxRecordBytes)
        where T : IStreamRecord<T> => Lines<T>(Encoding.UTF8.GetBytes(text), mode, piece, maxRows, maxRecordBytes);

    public static JsonResult<T> Lines<T>(byte[] text, OnMalformed mode = OnMalformed.DeadLetter, int piece = int.MaxValue, int maxRows = int.MaxValue, int maxRecordBytes = JsonDecoder.DefaultMaxRecordBytes)
        where T : IStreamRecord<T>
    {
        Letters letters = new();
        MalformedPolicy policy = new(mode, 1, letters);
        using JsonLinesDecoder decoder = new(T.CreateJsonParser(), policy, maxRecordBytes);
        decoder.Begin(new RecordOrigin("file.ndjson", 1_000_000));
        List<T> rows = [];
        int start = 0;
        int end = 0;
        while (true)
        {
            if (end < text.Length)
                end = (int)Math.Min(text.Length, (long)end + piece);
            ColumnBatch batch = new(T.Schema);
            int used = decoder.Decode(text.AsSpan(start, end - start), end == text.Length, batch, maxRows);
            start += used;
            TakeRows(batch, rows);
            if (end == text.Length && start == end)
                return new JsonResult<T>([.. rows], letters.Items, policy);
            Assert.True(used > 0 || end < text.Length, "The decoder stands still.");
        }
    }

    public static JsonResult<T> Document<T>(string text, string? path = null, OnMalformed mode = OnMalformed.DeadLetter, int maxRows = int.MaxValue)
        where T : IStreamRecord<T> => Document<T>(Encoding.UTF8.GetBytes(text), path, mode, maxRows);

    public static JsonResult<T> Document<T>(byte[] text, string? path = null, OnMalformed mode = OnMalformed.DeadLetter, int maxRows = int.MaxValue)
        where T : IStreamRecord<T>
    {
        Letters letters = new();
        MalformedPolicy policy = new(mode, 1, letters);
        using JsonDocumentDecoder decoder = new(T.CreateJsonParser(), policy, path);
        decoder.Begin(new RecordOrigin("file.json"), text);
        List<T> rows = [];
        bool more;
        do
        {
            ColumnBatch batch = new(T.Schema);
            more = decoder.Decode(batch, maxRows);
            TakeRows(batch, rows);
        }
        while (more);
        return new JsonResult<T>([.. rows], letters.Items, policy);
    }

    private static void TakeRows<T>(ColumnBatch batch, List<T> rows)
        where T : IStreamRecord<T>
    {
        for (int i = 0; i < T.Schema.Fields.Count; i++)
            Assert.Equal(batch.Length, batch[i].Length);
        for (int row = 0; row < batch.Length; row++)
            rows.Add(T.Read(batch, row));
        batch.Release();
    }

    private sealed class Letters : IMalformedRecords
    {
        public List<(long Position, string Reason, string Text)> Items { get; } = [];

        public void Take(string source, long position, string reason, ReadOnlySpan<byte> text) => Items.Add((position, reason, Encoding.UTF8.GetString(text)));

        public void Drop() => Items.Add((0, "dropped", ""));
    }
}
