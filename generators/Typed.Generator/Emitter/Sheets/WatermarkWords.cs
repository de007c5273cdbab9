using Typed.Generator.Emitter.Text;
using Typed.Plan;

namespace Typed.Generator.Emitter.Sheets;

/// <summary>Which watermarks an operator goes by.</summary>
internal static class WatermarkWords
{
    /// <summary>The watermarks above an operator that reach it, in the order of the plan: not those behind a processor that ends them (semantics 2.1.10, 2.2.3).</summary>
    public static IEnumerable<WatermarkOp> Reaching(OperatorSpec one, PhysicalPlan plan)
    {
        SortedSet<int> found = [];
        Collect(one);
        return found.Select(number => (WatermarkOp)plan.Operators[number]);

        void Collect(OperatorSpec reader)
        {
            foreach (OperatorSpec input in reader.Inputs.Select(number => plan.Operators[number]))
            {
                if (input is WatermarkOp)
                    found.Add(input.Number);
                if (!Ends(input))
                    Collect(input);
            }
        }
    }

    /// <summary>How far the watermark of an operator is; empty without one.</summary>
    public static string Of(OperatorSpec one, PhysicalPlan plan)
    {
        WatermarkOp[] marks = [.. Reaching(one, plan)];
        return marks.Length switch
        {
            0 => "",
            1 => $"The watermark is {Behind(marks[0])}.",
            _ => $"The watermark is the least of those of all inputs: {string.Join(", ", marks.Select(mark => $"{Behind(mark)}{Source(mark)}"))}.",
        };

        string Behind(WatermarkOp mark) => $"{DurationWording.Of(mark.DelayMicros)} behind the latest {plan.Operators[mark.Inputs[0]].Output.Columns[mark.TimeColumn].Name}";

        string Source(WatermarkOp mark)
        {
            OperatorSpec above = mark;
            while (above.Inputs.Count == 1)
                above = plan.Operators[above.Inputs[0]];
            return above is SourceOp source ? " of " + plan.Pipeline.Sources[source.Source].Name : "";
        }
    }

    private static bool Ends(OperatorSpec one) => one is ProcessOp process && (process.Processor.Form == ProcessorForm.Group || process.Processor.Time == ProcessorTime.ProcessingTime);
}
