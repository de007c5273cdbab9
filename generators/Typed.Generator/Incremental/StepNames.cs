namespace Typed.Generator.Incremental;

/// <summary>The names of the tracked steps, by which tests see what was cached.</summary>
internal static class StepNames
{
    public const string RecordSpec = "Typed.RecordSpec";

    public const string PipelineSpec = "Typed.PipelineSpec";

    public const string OwnHarness = "Typed.OwnHarness";

    public const string ReferencedHarness = "Typed.ReferencedHarness";

    public const string ProcessorSpec = "Typed.ProcessorSpec";
}
