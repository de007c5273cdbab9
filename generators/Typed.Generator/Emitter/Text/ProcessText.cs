using Typed.Plan;

namespace Typed.Generator.Emitter.Text;

/// <summary>Custom state in words.</summary>
internal static class ProcessText
{
    public static IEnumerable<string> Lines(ProcessOp process, RowSpec input)
    {
        ProcessorTraits processor = process.Processor;
        string keys = string.Join(" and ", process.Keys.Select(key => input.Columns[key].Name));
        yield return $"gives the rows of each {keys} to {processor.Name}";
        if (process.Initial is { } initial)
            yield return $"begins with the rows of the table {initial.TableName}";
        string what = processor.Form == ProcessorForm.Keyed ? "timers" : "time-outs";
        if (processor.Time != ProcessorTime.None)
            yield return $"{what} by {(processor.Time == ProcessorTime.EventTime ? "the watermark; late rows are dropped" : "the clock; a batch runs at each trigger")}";
        if (processor.OutputEventTime is { } time)
            yield return $"carries the watermark on in {time}";
    }
}
