using Typed.Connect;
using Typed.Files;
using Typed.Testing;
using Typed.Tests.Connect;

namespace Typed.Tests.Files;

public sealed class DiscoveryTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly List<string> _warnings = [];

    private static CancellationToken Token => Reading.Token;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_are_taken_oldest_first_within_the_limit_also_across_restarts()
    {
        TextReadOptions options = new() { MaxFilesPerTrigger = 2 };
        AddInOrder("a", "b", "c");
        string? start = null;
        start = await ExpectAsync(options, start, ["a", "b"], ["c"]);
        AddInOrder("d", "e", "f", "g");
        start = await ExpectAsync(options, start, ["d", "e"], ["f", "g"]);
        AddInOrder("h", "i", "j", "k", "l");
        start = await ExpectAsync(options, start, ["h", "i"], ["j", "k"], ["l"]);
        await ExpectAsync(options, start);
    }

    [Fact]
    public async Task Equal_times_are_taken_by_path()
    {
        foreach (string name in new[] { "b", "c", "a" })
            _folder.Add(name, name);
        await ExpectAsync(new() { MaxFilesPerTrigger = 1 }, null, ["a"], ["b"], ["c"]);
    }

    [Fact]
    public async Task Latest_first_takes_the_newest_and_ignores_the_age()
    {
        _folder.Add("1.txt", "1", 0);
        _folder.Add("2.txt", "2", 3_600_000);
        TextReadOptions limited = new() { MaxFilesPerTrigger = 1, LatestFirst = true, MaxFileAge = TimeSpan.FromMinutes(1) };
        await ExpectAsync(limited, null, ["2"], ["1"]);
    }

    [Fact]
    public async Task By_path_with_a_limit_ignores_the_age()
    {
        _folder.Add("1.txt", "1", 3_600_000);
        _folder.Add("2.txt", "2", 0);
        await ExpectAsync(new() { MaxFilesPerTrigger = 1, Order = FileOrder.Path, MaxFileAge = TimeSpan.FromMinutes(1) }, null, ["1"], ["2"]);
    }

    [Fact]
    public async Task The_age_counts_from_the_newest_file_seen()
    {
        TextReadOptions options = new() { MaxFileAge = TimeSpan.FromMinutes(1) };
        _folder.Add("1.txt", "1", 0);
        _folder.Add("2.txt", "2", 3_600_000);
        string? start = await ExpectAsync(options, null, ["1", "2"]);
        _folder.Add("3.txt", "3", 3_539_999);
        _folder.Add("4.txt", "4", 3_540_000);
        await ExpectAsync(options, start, ["4"]);
    }

    [Fact]
    public void What_is_old_is_old_from_the_next_purge_on()
    {
        SeenFiles seen = new(TimeSpan.FromMilliseconds(10).Ticks, fileNameOnly: false);
        FileEntry At(string path, long millis) => new(path, TimeSpan.FromMilliseconds(millis).Ticks, 0);
        seen.Add(At("a", 20));
        Assert.True(seen.IsNew(At("b", 9)));
        Assert.True(seen.IsNew(At("b", 10)));
        seen.Purge();
        Assert.False(seen.IsNew(At("b", 9)));
        Assert.True(seen.IsNew(At("b", 10)));
    }

    [Fact]
    public async Task The_byte_limit_takes_at_least_one_file()
    {
        _folder.Add("big", new string('b', 10), 1000);
        _folder.Add("s1", "1", 2000);
        _folder.Add("s2", "2", 3000);
        _folder.Add("s3", "3", 4000);
        await ExpectAsync(new() { MaxBytesPerTrigger = 2 }, null, ["bbbbbbbbbb"], ["1", "2"], ["3"]);
    }

    [Theory]
    [InlineData("*.txt", false, "a.txt")]
    [InlineData("*.txt", true, "a.txt", "date=1/f.txt", "_p=1/g.txt", "sub/b.txt", "sub/deep/c.txt")]
    [InlineData("sub/*.txt", false, "sub/b.txt")]
    [InlineData("**/[bc].txt", false, "sub/b.txt", "sub/deep/c.txt")]
    [InlineData("*.{csv,txt}", false, "a.txt", "d.csv")]
    [InlineData("?.c[!a]v", false, "d.csv")]
    [InlineData(null, true, "a.txt", "d.csv", "date=1/f.txt", "_p=1/g.txt", "sub/b.txt", "sub/deep/c.txt")]
    public async Task Patterns_choose_files_and_hidden_ones_are_left_out(string? glob, bool recursive, params string[] expected)
    {
        foreach (string name in new[] { "a.txt", "d.csv", ".hidden.txt", "_temporary.txt", "sub/b.txt", "sub/deep/c.txt", "_log/e.txt", ".git/e.txt", "date=1/f.txt", "_p=1/g.txt" })
            _folder.Add(name, name);
        await using ISourceReader reader = Open(new() { Glob = glob, Recursive = recursive });
        (List<List<TextLine>> batches, _) = await reader.DrainAsync<TextLine>(null);
        Assert.Equal(expected.Order(), batches.SelectMany(batch => batch).Select(line => line.Value).Order());
    }

    [Fact]
    public async Task A_path_may_have_wildcards()
    {
        foreach (string name in new[] { "2024/a.txt", "2025/b.txt", "2025/c.csv" })
            _folder.Add(name, name);
        await using ISourceReader reader = Open(TextFiles.In(Path.Combine(_folder.Path, "20*/*.txt")));
        (List<List<TextLine>> batches, _) = await reader.DrainAsync<TextLine>(null);
        Assert.Equal(["2024/a.txt", "2025/b.txt"], batches.Single().Select(line => line.Value));
    }

    [Fact]
    public async Task A_rewritten_file_is_not_read_again_but_reported_once()
    {
        _folder.Add("a.txt", "old", 1000);
        string? start = await ExpectAsync(new(), null, ["old"]);
        string path = _folder.Add("a.txt", "new rows", 2000);
        await using ISourceReader reader = Open(new());
        Assert.Equal(start, await reader.NextOffsetAsync(start, false, Token));
        Assert.Equal(start, await reader.NextOffsetAsync(start, false, Token));
        Assert.Contains(path, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_name_in_another_folder_can_be_the_same_file()
    {
        _folder.Add("x/a.txt", "1", 1000);
        _folder.Add("y/a.txt", "2", 2000);
        TextReadOptions options = new() { FileNameOnly = true, Recursive = true };
        string? start = await ExpectAsync(options, null, ["1"]);
        _folder.Add("z/a.txt", "3", 3000);
        await ExpectAsync(options, start);
    }

    [Fact]
    public async Task A_planned_batch_that_was_not_used_comes_by_itself_and_unchanged()
    {
        AddInOrder("a", "b");
        await using (ISourceReader first = Open(new() { MaxFilesPerTrigger = 2 }))
            Assert.Equal("0", await first.NextOffsetAsync(null, false, Token));
        AddInOrder("c");
        await using ISourceReader second = Open(new() { MaxFilesPerTrigger = 5 });
        (List<List<TextLine>> batches, _) = await second.DrainAsync<TextLine>(null);
        Assert.Equal([["a", "b"], ["c"]], Texts(batches));
    }

    [Fact]
    public async Task A_batch_can_be_read_again_after_a_restart()
    {
        AddInOrder("a", "b", "c");
        await ExpectAsync(new() { MaxFilesPerTrigger = 1 }, null, ["a"], ["b"], ["c"]);
        await using ISourceReader reader = Open(new());
        Assert.Equal(["b", "c"], (await reader.RowsAsync<TextLine>("0", "2")).Select(line => line.Value));
    }

    [Fact]
    public async Task Once_lifts_the_limits()
    {
        AddInOrder("a", "b", "c");
        await using ISourceReader reader = Open(new() { MaxFilesPerTrigger = 1 });
        (List<List<TextLine>> batches, _) = await reader.DrainAsync<TextLine>(null, all: true);
        Assert.Equal([["a", "b", "c"]], Texts(batches));
    }

    [Fact]
    public async Task Available_now_takes_what_is_there_at_the_start_file_by_file()
    {
        TextReadOptions options = new() { MaxFilesPerTrigger = 1 };
        AddInOrder("7", "8", "9");
        await using ISourceReader reader = Open(options);
        await reader.FreezeAsync(null, Token);
        AddInOrder("10");
        (List<List<TextLine>> batches, string? end) = await reader.DrainAsync<TextLine>(null);
        Assert.Equal([["7"], ["8"], ["9"]], Texts(batches));
        await reader.DisposeAsync();
        AddInOrder("11", "12");
        await using ISourceReader next = Open(options);
        await next.FreezeAsync(end, Token);
        (batches, _) = await next.DrainAsync<TextLine>(end);
        Assert.Equal([["10"], ["11"], ["12"]], Texts(batches));
    }

    [Fact]
    public async Task A_file_is_left_to_settle()
    {
        VirtualClock time = new(new DateTimeOffset(Folder.At(10_000)));
        _folder.Add("a", "a", 9_500);
        await using ISourceReader reader = Open(TextFiles.In(_folder.Path, new() { SettleTime = TimeSpan.FromSeconds(1) }), time);
        Assert.Null(await reader.NextOffsetAsync(null, false, Token));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("0", await reader.NextOffsetAsync(null, false, Token));
    }

    [Fact]
    public async Task A_folder_that_vanishes_is_reported_once_and_read_again_when_it_is_back()
    {
        AddInOrder("a");
        await using ISourceReader reader = Open(new());
        (_, string? start) = await reader.DrainAsync<TextLine>(null);
        Directory.Delete(_folder.Path, recursive: true);
        Assert.Equal(start, await reader.NextOffsetAsync(start, false, Token));
        Assert.Equal(start, await reader.NextOffsetAsync(start, false, Token));
        Assert.Contains(_folder.Path, Assert.Single(_warnings), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.Path);
        AddInOrder("b");
        (List<List<TextLine>> batches, _) = await reader.DrainAsync<TextLine>(start);
        Assert.Equal([["b"]], Texts(batches));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused()
    {
        QueryStartException refused = Assert.Throws<QueryStartException>(() => Open(TextFiles.In(Path.Combine(_folder.Path, "missing"))));
        Assert.Contains("missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Create it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_gone_stops_the_query_unless_it_may_be_missing()
    {
        AddInOrder("a", "b");
        await using (ISourceReader reader = Open(new()))
        {
            Assert.Equal("0", await reader.NextOffsetAsync(null, false, Token));
            File.Delete(Path.Combine(_folder.Path, "a"));
            FileNotFoundException missing = await Assert.ThrowsAsync<FileNotFoundException>(() => reader.RowsAsync<TextLine>(null, "0"));
            Assert.Contains(Path.Combine(_folder.Path, "a"), missing.Message, StringComparison.Ordinal);
        }

        await using ISourceReader lenient = Open(new() { IgnoreMissingFiles = true });
        Assert.Equal([new TextLine("b")], await lenient.RowsAsync<TextLine>(null, "0"));
        Assert.Single(_warnings);
    }

    public static TheoryData<TextReadOptions, string, string> Refused => new()
    {
        { new() { MaxFilesPerTrigger = 0 }, "invalid-rate-limit", "MaxFilesPerTrigger" },
        { new() { MaxFilesPerTrigger = -1 }, "invalid-rate-limit", "MaxFilesPerTrigger" },
        { new() { MaxBytesPerTrigger = 0 }, "invalid-rate-limit", "MaxBytesPerTrigger" },
        { new() { MaxFilesPerTrigger = 1, MaxBytesPerTrigger = 1 }, "conflicting-rate-limits", "MaxBytesPerTrigger" },
        { new() { ModifiedBefore = DateTimeOffset.UnixEpoch }, "file-source-time-filter", "ModifiedBefore" },
        { new() { ModifiedAfter = DateTimeOffset.UnixEpoch }, "file-source-time-filter", "ModifiedAfter" },
        { new() { PollInterval = TimeSpan.Zero }, "file-source-option", "PollInterval" },
        { new() { MaxFileAge = TimeSpan.FromSeconds(-1) }, "file-source-option", "MaxFileAge" },
        { new() { MaxRecordBytes = 0 }, "file-source-option", "MaxRecordBytes" },
        { new() { MaxMalformed = 2 }, "malformed-option", "MaxMalformed" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Options_that_do_not_fit_are_refused(TextReadOptions options, string rule, string option)
    {
        QueryStartException refused = Assert.Throws<QueryStartException>(() => Open(options));
        Assert.Equal(rule, refused.Rule);
        Assert.Contains(option, refused.Message, StringComparison.Ordinal);
    }

    private void AddInOrder(params string[] names)
    {
        foreach (string name in names)
            _folder.Add(name, name, 1_000_000 + (1000L * Directory.GetFiles(_folder.Path).Length));
    }

    private static List<List<string>> Texts(List<List<TextLine>> batches) => [.. batches.Select(batch => batch.ConvertAll(line => line.Value))];

    private ISourceReader Open(TextReadOptions options) => Open(TextFiles.In(_folder.Path, options));

    private ISourceReader Open(ISource<TextLine> source, TimeProvider? time = null) =>
        source.Open(Reading.Context(_folder.Checkpoint, time) with { Warn = _warnings.Add });

    /// <summary>Opens the source, as after a restart, and expects these batches and no more.</summary>
    private async Task<string?> ExpectAsync(TextReadOptions options, string? start, params string[][] expected)
    {
        await using ISourceReader reader = Open(options);
        (List<List<TextLine>> batches, string? end) = await reader.DrainAsync<TextLine>(start);
        Assert.Equal(expected.Select(batch => batch.ToList()), Texts(batches));
        return end;
    }
}
