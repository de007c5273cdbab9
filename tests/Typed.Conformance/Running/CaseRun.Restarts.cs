using System.Globalization;
using System.Text.Json;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Running;

/// <content>Restarts, and what is changed at them.</content>
internal sealed partial class CaseRun
{
    private async Task RestartAsync(JsonElement options = default)
    {
        await StopAsync();
        if (options.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty option in options.EnumerateObject())
                Change(option);
        }

        if (_trigger.Ends)
            return;
        await StartAsync();
        if (IsTimed)
            await TriggerAsync();
        else
            await UntilIdleAsync();
    }

    private void Change(JsonProperty option)
    {
        switch (option.Name)
        {
            case "clear_sink":
                _program.ClearSink();
                _read = 0;
                break;
            case "lose_last_commit":
                string? last = Commits().MaxBy(path => long.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
                if (last is not null)
                    File.Delete(last);
                break;
            case "lose_all_commits":
                foreach (string commit in Commits())
                    File.Delete(commit);
                break;
            case "advance_processing_time_ms":
                _time.Advance(option.Value.GetInt64());
                break;
            case "conf":
                _conf = option.Value;
                break;
            case "query":
                _program = Changed ?? throw new CaseException("there is no changed query");
                foreach ((string source, object?[][] rows) in _given)
                    _program.Add(source, rows);
                break;
            default:
                throw new CaseException($"the option '{option.Name}' of restart is not known");
        }
    }

    private IEnumerable<string> Commits() => Directory.EnumerateFiles(Path.Combine(_checkpoint, "commits"))
        .Where(path => Path.GetFileName(path).All(char.IsAsciiDigit));
}
