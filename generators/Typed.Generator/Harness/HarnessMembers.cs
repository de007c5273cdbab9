namespace Typed.Generator.Harness;

/// <summary>
/// The names of the members of a harness: those of inputs and outputs with a capital first letter. One that the base class has already, or another input, gets
/// <c>Input</c> or <c>Output</c> behind it.
/// </summary>
internal sealed class HarnessMembers
{
    // A test holds them against the class.
    internal static readonly string[] Reserved =
    [
        "AdvanceAsync", "AdvanceWatermarkAsync", "At", "Clock", "CrashAsync", "DisposeAsync", "Equals", "Finalize", "GetHashCode", "GetType", "LateRows", "MemberwiseClone",
        "NewInput", "NewOutput", "NewTable", "Progress", "Quarantined", "Query", "ReferenceEquals", "RestartAsync", "RunBatchAsync", "RunUntilIdleAsync",
        "StartAsync", "StateRows", "ToString", "Watermark",
    ];

    private readonly Dictionary<string, string> _inputs = [];
    private readonly Dictionary<string, string> _outputs = [];

    public HarnessMembers(HarnessSpec pipeline)
    {
        HashSet<string> taken = [.. Reserved, pipeline.Name + "Harness"];

        // The only output has the same name in each harness.
        foreach (HarnessOutput only in pipeline.Outputs.Where(output => output.Name.Length == 0))
            _outputs[only.Name] = Take("Output", "Output", taken);
        foreach (HarnessInput input in pipeline.Inputs)
            _inputs[input.Name] = Take(Capital(input.Name), "Input", taken);
        foreach (HarnessOutput output in pipeline.Outputs.Where(output => output.Name.Length > 0))
            _outputs[output.Name] = Take(Capital(output.Name), "Output", taken);
    }

    public string Of(HarnessInput input) => _inputs[input.Name];

    public string Of(HarnessOutput output) => _outputs[output.Name];

    private static string Take(string name, string suffix, HashSet<string> taken)
    {
        while (!taken.Add(name))
            name += suffix;
        return name;
    }

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}
