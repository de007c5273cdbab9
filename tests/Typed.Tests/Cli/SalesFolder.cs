using System.Diagnostics;
using System.Globalization;
using Typed.Cli;
using Typed.Tests.Files;

namespace Typed.Tests.Cli;

/// <summary>A folder of sales, a query over them that has run for some batches, and the tool on its checkpoint.</summary>
internal sealed class SalesFolder : IDisposable
{
    private readonly Folder _folder = new();
    private int _files;

    public string Checkpoint => Path.Combine(_folder.Path, "checkpoints", "sales");

    public string Landing => Path.Combine(_folder.Path, "landing");

    public string Export => Path.Combine(_folder.Path, "export");

    public string At(string file) => Path.Combine(Checkpoint, file.Replace('/', Path.DirectorySeparatorChar));

    public void Dispose() => _folder.Dispose();

    /// <summary>Adds files of two sales each, half an hour apart, and reads each as a batch.</summary>
    public async Task RunAsync(int files, int filesOfBatch = 1)
    {
        AddFiles(files);
        await using StreamingQuery query = await StartAsync(filesOfBatch: filesOfBatch);
        await query.Completion;
    }

    /// <summary>Starts the query before there is a file.</summary>
    public Task<StreamingQuery> StartLiveAsync(int? compactionFiles = null, int retain = 100, bool compactsInTurn = false)
    {
        Directory.CreateDirectory(Landing);
        return StartAsync(Trigger.Default, compactionFiles, retain: retain, compactsInTurn: compactsInTurn);
    }

    /// <summary>Adds files while the query runs, each when it has nothing left to do: batches without data come between them.</summary>
    public async Task RunLiveAsync(int files)
    {
        await using StreamingQuery query = await StartLiveAsync();
        for (int i = 0; i < files; i++)
        {
            AddFiles(1);
            await query.ProcessAllAvailableAsync();
        }
    }

    public void AddFiles(int files)
    {
        for (int end = _files + files; _files < end; _files++)
        {
            string lines = "";
            for (int i = 0; i < 2; i++)
            {
                int id = (_files * 2) + i;
                string desk = i == 0 ? "null" : "7";
                string at = DateTime.UnixEpoch.AddDays(20_000).AddMinutes(30 * _files).ToString("s", CultureInfo.InvariantCulture) + "Z";
                lines += $$"""{"id":{{id}},"shop":"shop {{_files % 3}}","desk":{{desk}},"amount":{{id}}.5,"at":"{{at}}"}""" + "\n";
            }

            _folder.Add($"landing/{_files:000}.json", lines, 1_000_000 + (_files * 1000));
        }
    }

    public Task<StreamingQuery> StartAsync(Trigger? trigger = null, int? compactionFiles = null, int filesOfBatch = 1, int retain = 100, bool compactsInTurn = false) => SalesOfHours
        .From(JsonFiles.In<Sale>(Landing, new() { MaxFilesPerTrigger = filesOfBatch, PollInterval = TimeSpan.FromMilliseconds(10) }))
        .To(JsonFiles.Out(Export))
        .StartAsync(
            new()
            {
                Checkpoint = Checkpoint,
                Trigger = trigger ?? Trigger.AvailableNow,
                SnapshotEvery = "0 seconds",
                CompactionFiles = compactionFiles,
                CompactsInTurn = compactsInTurn,
                Retain = retain,
            },
            TestContext.Current.CancellationToken);

    /// <summary>The rows that were written, as lines in order.</summary>
    public string[] Rows() => [.. new CommittedFiles(Export).List().SelectMany(file => File.ReadLines(Path.Combine(Export, file.Path))).Order(StringComparer.Ordinal)];

    /// <summary>Runs the tool as a process.</summary>
    public static async Task<(int Code, string Output)> ProcessAsync(params string[] args)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Typed.Cli.dll"), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }

    /// <summary>Runs the tool.</summary>
    public static (int Code, string Output) Run(params string[] args) => RunWith("", args);

    /// <summary>Runs the tool with an answer to what it asks.</summary>
    public static (int Code, string Output) RunWith(string answer, params string[] args)
    {
        StringWriter output = new();
        using StringReader input = new(answer);
        int code = CommandLine.Run(args, output, output, input);
        return (code, output.ToString());
    }

    /// <summary>The name of the operator of a kind.</summary>
    public static string OperatorOf(string checkpoint, string kind)
    {
        string output = Run("state", checkpoint).Output;
        string line = output.Split('\n').FirstOrDefault(line => line.Contains("  " + kind, StringComparison.Ordinal)) ?? throw new ArgumentException($"There is no {kind} in {output}");
        return line[..line.IndexOf("  ", StringComparison.Ordinal)];
    }

    /// <summary>Flips a bit of a file.</summary>
    public void Flip(string file, int at)
    {
        byte[] bytes = File.ReadAllBytes(At(file));
        bytes[at] ^= 4;
        File.WriteAllBytes(At(file), bytes);
    }

    /// <summary>Cuts a file.</summary>
    public void Cut(string file, int length) => File.WriteAllBytes(At(file), File.ReadAllBytes(At(file))[..length]);
}
