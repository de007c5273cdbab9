using Typed.Plan;

namespace Typed.Generator.Emitter;

/// <summary>
/// Writes the way to start a pipeline: the method From with a parameter for each input, and for several outputs the class Start, whose
/// method To has a parameter for each of them.
/// </summary>
internal static class StartEmitter
{
    // One output more doubles the ways to mix sinks of one record with sinks of any; beyond this, To is called once for each kind.
    private const int MostMixed = 3;

    public static void EmitFrom(PipelineSpec pipeline, SourceWriter writer)
    {
        string self = pipeline.FullName;
        string start = pipeline.Outputs.Count == 1 ? $"global::Typed.PipelineStart<{pipeline.Outputs[0].Row.Type.Declared}>" : "Start";
        List<string> parameters = [];
        foreach (string name in pipeline.ParameterOrder)
        {
            InputSpec? source = pipeline.Sources.FirstOrDefault(one => one.Name == name);
            InputSpec input = source ?? pipeline.Tables.First(one => one.Name == name);
            string type = source is not null ? "ISource" : "ITableSource";
            parameters.Add($"global::Typed.Connect.{type}<{input.RecordName}> {CSharpName.Escape(name)}");
        }

        // An input may have the name; the name of an input is what people write.
        string with = pipeline.ParameterOrder.Contains("with") ? "withValues" : "with";
        parameters.Add(pipeline.HasDefaults ? $"{self}? {with} = null" : $"{self} {with}");
        writer.Line($"/// <summary>The pipeline with its inputs, ready to be given {(pipeline.Outputs.Count == 1 ? "a sink" : "a sink for each output")} and started.</summary>");
        foreach (InputSpec input in pipeline.Sources.Concat(pipeline.Tables))
            writer.Line($"/// <param name=\"{input.Name}\">Where the rows of {input.Name} come from.</param>");
        writer.Line($"/// <param name=\"{with}\">The values of the pipeline's properties{(pipeline.HasDefaults ? "; null for their initial values" : "")}.</param>");
        writer.Line(PipelineEmitter.Generated);
        writer.Line($"{pipeline.Access} static {start} From(");
        string make = pipeline.Outputs.Count == 1 ? "new(" : "new(new global::Typed.Execution.PipelineBinding(";
        for (int i = 0; i < parameters.Count; i++)
            writer.Line("    " + parameters[i] + (i == parameters.Count - 1 ? ") => " + make : ","));
        writer.Line(pipeline.HasDefaults ? $"        new Plan({with} ?? new {self}())," : $"        new Plan({with}),");
        writer.Line($"        {Bindings("SourceBinding", pipeline.Sources)},");
        writer.Line($"        {Bindings("TableBinding", pipeline.Tables)}{(pipeline.Outputs.Count == 1 ? "" : ")")});");
        if (pipeline.Outputs.Count > 1)
            EmitStart(pipeline, writer);
    }

    private static void EmitStart(PipelineSpec pipeline, SourceWriter writer)
    {
        writer.Line();
        writer.Line("/// <summary>The pipeline with its inputs, to be given a sink for each output and started. Each call returns a new value.</summary>");
        writer.Line(PipelineEmitter.Generated);
        using (writer.Block($"{pipeline.Access} sealed class Start : global::Typed.BoundPipeline<Start>"))
        {
            using (writer.Block("internal Start(global::Typed.Execution.PipelineBinding binding) : base(binding)"))
            {
            }

            int kinds = 1 << pipeline.Outputs.Count;
            int all = pipeline.Outputs.Count > MostMixed ? -1 : kinds - 1;
            EmitTo(pipeline, writer, optional: true, _ => true);
            EmitTo(pipeline, writer, optional: true, _ => false);
            for (int mixed = 1; mixed < all; mixed++)
                EmitTo(pipeline, writer, optional: false, output => (mixed & (1 << output)) == 0);
            writer.Line();
            writer.Line("/// <inheritdoc/>");
            writer.Line("protected override Start With(global::Typed.Execution.PipelineBinding binding) => new(binding);");
        }
    }

    private static void EmitTo(PipelineSpec pipeline, SourceWriter writer, bool optional, Func<int, bool> isTyped)
    {
        writer.Line();
        writer.Line(optional
            ? "/// <summary>Writes outputs to sinks. Called again, it adds sinks: all commit each batch, or none does.</summary>"
            : "/// <summary>Writes each output to a sink.</summary>");
        List<string> parameters = [];
        string body = "";
        for (int i = 0; i < pipeline.Outputs.Count; i++)
        {
            OutputSpec output = pipeline.Outputs[i];
            string name = PipelineParser.ParameterName(output.Name);
            string type = isTyped(i) ? $"global::Typed.Connect.ISink<{output.Row.Type.Declared}>" : "global::Typed.Connect.ISink";
            parameters.Add(type + (optional ? "? " : " ") + CSharpName.Escape(name) + (optional ? " = null" : ""));
            body += $"{(i == 0 ? "" : ".")}To({i}, {CSharpName.Escape(name)})";
            writer.Line($"/// <param name=\"{name}\">Where the rows of {output.Name} go{(optional ? "; null to say it elsewhere" : "")}.</param>");
        }

        writer.Line("public Start To(");
        for (int i = 0; i < parameters.Count; i++)
            writer.Line("    " + parameters[i] + (i == parameters.Count - 1 ? ") =>" : ","));
        writer.Line($"    {body};");
    }

    private static string Bindings(string type, EquatableArray<InputSpec> inputs) => inputs.Count == 0
        ? $"global::System.Array.Empty<global::Typed.{type}>()"
        : $"new global::Typed.{type}[] {{ {string.Join(", ", inputs.Select(input => $"global::Typed.{type}.Of({CSharpName.Escape(input.Name)})"))} }}";
}
