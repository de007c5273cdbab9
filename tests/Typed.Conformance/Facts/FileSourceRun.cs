using System.Globalization;
using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Running;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Facts;

/// <summary>Cases about streams of files (semantics 14), alone or beside a stream from memory: real files in a folder of their own, one line each.</summary>
internal sealed class FileSourceRun : IDisposable
{
    private readonly ConformanceCase _case;
    private readonly string _root = Path.Combine(Path.GetTempPath(), "typed-conformance-" + Guid.NewGuid().ToString("N"));
    private readonly MemorySource<Number> _memory = new();
    private readonly MemorySink<Number> _numbers = new() { SurvivesRestart = true };
    private readonly MemorySink<LineOfFile> _lines = new() { SurvivesRestart = true };
    private readonly bool _hasMemory;
    private DateTime _modified = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private int _read;

    private FileSourceRun(ConformanceCase one)
    {
        _case = one;
        _hasMemory = one.Query.GetProperty("sources").Has("mem");
        Directory.CreateDirectory(Files);
    }

    private string Files => Path.Combine(_root, "files");

    /// <summary>Runs a case.</summary>
    public static void Run(ConformanceCase one)
    {
        using FileSourceRun run = new(one);
        try
        {
            run.Steps();
        }
        catch (QueryStartException e) when (e.Rule == one.ExpectedError)
        {
            return;
        }

        if (one.ExpectedError is string rule)
            throw new MismatchException($"expected a refusal by rule '{rule}'\n    seen          a query that runs");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Steps()
    {
        if (_case.Steps.All(step => step.Has("expect_error")))
            RunUntilIdle();
        foreach (JsonElement step in _case.Steps)
        {
            foreach (JsonElement file in step.Get("add_files")?.EnumerateArray() ?? [])
                Write(file.ToString(), file.ToString(), _modified = _modified.AddSeconds(1));
            foreach (JsonElement file in step.Get("files")?.EnumerateArray() ?? [])
                Write(file[0].GetString()!, new string('x', file.GetArrayLength() > 2 ? file[2].GetInt32() : 1), DateTime.UnixEpoch.AddMilliseconds(file[1].GetInt64()));
            foreach (JsonElement number in step.Get("add_mem")?.EnumerateArray() ?? [])
                _memory.Add(new Number(number.GetInt32()));
            if (step.Has("start"))
                RunUntilIdle();
            if (step.Get("expect_batches") is JsonElement batches)
                CheckBatches(batches);
            if (step.Number("expect_batches_with_data") is long count)
                CheckBatchesWithData(count);
            if (step.Get("expect_sink") is JsonElement numbers)
                CheckSink(numbers);
        }
    }

    private void Write(string name, string text, DateTime modified)
    {
        string path = Path.Combine(Files, name);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, modified);
    }

    // What is there is read batch by batch until nothing is left: the limits of the source hold (semantics 11.5).
    private void RunUntilIdle()
    {
        QueryOptions options = new() { Checkpoint = Path.Combine(_root, "checkpoint"), Trigger = Trigger.AvailableNow };
        FileInput<LineOfFile> files = TextFiles.In<LineOfFile>(Files, Options(_case.Query.GetProperty("sources").GetProperty("files")));
        Task<StreamingQuery> started = _hasMemory
            ? NumbersOfFilesAndMemory.From(files, _memory).To(_numbers).StartAsync(options)
            : LinesOfFiles.From(files).To(_lines).StartAsync(options);
        started.GetAwaiter().GetResult().Completion.GetAwaiter().GetResult();
    }

    private static TextReadOptions Options(JsonElement declared)
    {
        TextReadOptions options = new();
        foreach (JsonProperty option in declared.EnumerateObject())
        {
            options = option.Name switch
            {
                "max_files_per_trigger" => options with { MaxFilesPerTrigger = (int)Whole(option) },
                "max_bytes_per_trigger" => options with { MaxBytesPerTrigger = Whole(option) },
                "latest_first" => options with { LatestFirst = option.Value.GetBoolean() },
                "max_file_age_ms" => options with { MaxFileAge = TimeSpan.FromMilliseconds(option.Value.GetInt64()) },
                "file_name_only" => options with { FileNameOnly = option.Value.GetBoolean() },
#pragma warning disable TYPED6025 // The start is asked here, which the build would not come to.
                "modified_before" => options with { ModifiedBefore = DateTimeOffset.Parse(option.Value.GetString()!, CultureInfo.InvariantCulture) },
                "modified_after" => options with { ModifiedAfter = DateTimeOffset.Parse(option.Value.GetString()!, CultureInfo.InvariantCulture) },
#pragma warning restore TYPED6025
                _ => throw new CaseException($"the option '{option.Name}' of a file source is not known"),
            };
        }

        return options;
    }

    private static long Whole(JsonProperty option)
    {
        if (option.Value.ValueKind == JsonValueKind.Number)
            return option.Value.GetInt64();
        return long.TryParse(option.Value.GetString(), CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new QueryStartException("invalid-rate-limit", $"No form: {option.Name} is an int in C#, '{option.Value}' does not compile.");
    }

    private void CheckBatches(JsonElement expected)
    {
        RunUntilIdle();
        IReadOnlyList<MemoryBatch<LineOfFile>> written = _lines.Batches;
        string seen = Text(written.Skip(_read).Where(batch => batch.Rows.Count > 0).Select(batch => batch.Rows.Select(line => Path.GetFileNameWithoutExtension(line.Path))));
        _read = written.Count;
        string wanted = Text(expected.EnumerateArray().Select(batch => batch.EnumerateArray().Select(name => name.GetString()!)));
        if (seen != wanted)
            throw new MismatchException($"expected batches {wanted}\n    seen             {seen}");
    }

    private static string Text(IEnumerable<IEnumerable<string>> batches) => string.Join(" ", batches.Select(batch => $"[{string.Join(", ", batch.Order(StringComparer.Ordinal))}]"));

    private void CheckBatchesWithData(long expected)
    {
        IReadOnlyList<MemoryBatch<Number>> written = _numbers.Batches;
        long seen = written.Skip(_read).Count(batch => batch.Rows.Count > 0);
        _read = written.Count;
        if (seen != expected)
            throw new MismatchException($"expected batches with data {expected}\n    seen                       {seen}");
    }

    private void CheckSink(JsonElement expected)
    {
        string seen = string.Join(", ", _numbers.Rows.Select(number => number.Value).Order());
        string wanted = string.Join(", ", expected.EnumerateArray().Select(number => number.GetInt32()).Order());
        if (seen != wanted)
            throw new MismatchException($"expected {wanted}\n    seen     {seen}");
    }
}
