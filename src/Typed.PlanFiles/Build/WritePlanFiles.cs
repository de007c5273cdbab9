using Microsoft.Build.Framework;

namespace Typed.PlanFiles;

/// <summary>
/// The task of a build that writes <c>*.plan.md</c> beside the sources of the pipelines, after they are compiled. Under CI it writes nothing and says which files
/// are out of date.
/// </summary>
public sealed class WritePlanFiles : ITask
{
    /// <inheritdoc/>
    public IBuildEngine BuildEngine { get; set; } = null!;

    /// <inheritdoc/>
    public ITaskHost? HostObject { get; set; }

    /// <summary>The assembly that was compiled.</summary>
    [Required]
    public string Assembly { get; set; } = "";

    /// <summary>The folder of the project.</summary>
    [Required]
    public string ProjectFolder { get; set; } = "";

    /// <summary>The plan files that are there, to find those whose pipeline is gone.</summary>
    public string[] Present { get; set; } = [];

    /// <summary>Whether files are looked at only.</summary>
    public bool Verify { get; set; }

    /// <inheritdoc/>
    public bool Execute()
    {
        try
        {
            foreach (PlanComplaint one in PlanFolder.Of(AssemblyPlans.In(Assembly), ProjectFolder).Update(Present, Verify))
                BuildEngine.LogWarningEvent(new BuildWarningEventArgs(null, one.Code, one.File, 0, 0, 0, 0, one.Message, null, "Typed"));
            return true;
        }
        catch (Exception e) when (e is PlanReadException or IOException or UnauthorizedAccessException)
        {
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs(null, PlanFileDiagnostics.Failed.Id, BuildEngine.ProjectFileOfTaskNode, 0, 0, 0, 0, $"Plan files could not be written: {e.Message}", null, "Typed"));
            return false;
        }
    }
}
