using Typed.Plan;

namespace Typed.Generator.Harness;

/// <summary>What has to be known of a pipeline to write its test harness; of one in this project or in a referenced one.</summary>
/// <param name="Namespace">The namespace of the pipeline; empty for none.</param>
/// <param name="Name">Its name, with those of the types around it before it.</param>
/// <param name="FullName">Its C# name with <c>global::</c>.</param>
internal sealed record HarnessSpec(string Namespace, string Name, string FullName)
{
    /// <summary>The parameters of From, without the last one.</summary>
    public required EquatableArray<HarnessInput> Inputs { get; init; }

    /// <summary>What comes out: one, or one for each parameter of To.</summary>
    public required EquatableArray<HarnessOutput> Outputs { get; init; }

    /// <summary>Whether the pipeline can be made without being told anything.</summary>
    public bool HasDefaults { get; init; }

    /// <summary>The harness of a pipeline of this project.</summary>
    public static HarnessSpec Of(PipelineSpec pipeline)
    {
        IEnumerable<string> names = pipeline.Declaration.Types.Select(header => header.Substring(header.LastIndexOf(' ') + 1).TrimStart('@'));
        return new HarnessSpec(pipeline.Declaration.Namespace, string.Concat(names), pipeline.FullName)
        {
            Inputs = pipeline.ParameterOrder.Select(name => Input(pipeline, name)).ToEquatable(),
            Outputs = pipeline.Outputs.Select(output => Output(output, pipeline.Outputs.Count == 1)).ToEquatable(),
            HasDefaults = pipeline.HasDefaults,
        };
    }

    private static HarnessInput Input(PipelineSpec pipeline, string name)
    {
        InputSpec? stream = pipeline.Sources.FirstOrDefault(source => source.Name == name);
        return stream is not null
            ? new HarnessInput(name, stream.RecordName, IsTable: false)
            : new HarnessInput(name, pipeline.Tables.First(table => table.Name == name).RecordName, IsTable: true);
    }

    private static HarnessOutput Output(OutputSpec output, bool isOnly) => new(
        isOnly ? "" : PipelineParser.ParameterName(output.Name),
        output.Row.Type.CSharp);
}

/// <summary>A stream or table that the pipeline reads.</summary>
internal sealed record HarnessInput(string Name, string RecordName, bool IsTable);

/// <summary>An output.</summary>
/// <param name="Name">The parameter of To; empty for the only output.</param>
/// <param name="RecordName">Its record.</param>
internal sealed record HarnessOutput(string Name, string RecordName);
