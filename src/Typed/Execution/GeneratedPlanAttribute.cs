using System.ComponentModel;

namespace Typed.Execution;

/// <summary>
/// The plan of a pipeline as it is read without running it: by the build, which writes <c>*.plan.md</c> from it, and by <c>typed explain</c>. Written by the
/// generator onto the class of the pipeline.
/// </summary>
/// <param name="plan">The plan as JSON.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GeneratedPlanAttribute(string plan) : Attribute
{
    /// <summary>The plan as JSON.</summary>
    public string Plan { get; } = plan;

    /// <summary>The file that the pipeline is written in, from the folder of its project; empty in a project without <c>TypedEmitPlans</c>.</summary>
    public string Source { get; init; } = "";
}
