namespace Typed.PlanFiles;

/// <summary>The plan files of a project.</summary>
internal sealed class PlanFolder
{
    private const string Extension = ".plan.md";

    private PlanFolder(IReadOnlyList<PlanFile> files) => Files = files;

    /// <summary>The files that should be there.</summary>
    public IReadOnlyList<PlanFile> Files { get; }

    /// <summary>Says where the plans of an assembly belong: beside their sources, under their names; where two of one folder have the same name, under their full ones.</summary>
    public static PlanFolder Of(IReadOnlyList<AssemblyPlan> plans, string projectFolder)
    {
        string root = Path.GetFullPath(projectFolder);
        (AssemblyPlan Plan, string Folder)[] placed = [.. plans.Where(plan => plan.Source.Length > 0).Select(plan => (plan, FolderOf(plan.Source, root)))];
        return new PlanFolder(
        [
            .. placed.Select(one =>
            {
                bool isAlone = placed.Count(other => other.Folder == one.Folder && string.Equals(other.Plan.Sheet.Name, one.Plan.Sheet.Name, StringComparison.OrdinalIgnoreCase)) == 1;
                string name = (isAlone ? one.Plan.Sheet.Name : one.Plan.Sheet.FullName) + Extension;
                return new PlanFile(Path.Combine(one.Folder, name), one.Plan.Sheet.FullName, MarkdownPlan.Of(one.Plan.Sheet));
            }),
        ]);
    }

    /// <summary>Writes what is out of date, or says it.</summary>
    /// <param name="present">The plan files that are there.</param>
    /// <param name="verify">Whether files are looked at only.</param>
    /// <returns>What somebody has to do.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public IReadOnlyList<PlanComplaint> Update(IEnumerable<string> present, bool verify)
    {
        List<PlanComplaint> complaints = [];
        foreach (PlanFile file in Files.Where(file => !file.IsCurrent()))
        {
            if (verify)
                complaints.Add(file.Complaint());
            else
                file.Write();
        }

        HashSet<string> wanted = new(Files.Select(file => file.Path), StringComparer.OrdinalIgnoreCase);
        foreach (string path in present.Select(Path.GetFullPath).Where(path => !wanted.Contains(path) && PlanFile.IsWritten(path)).OrderBy(path => path, StringComparer.Ordinal))
            complaints.Add(new PlanComplaint(PlanFileDiagnostics.LeftOver.Id, path, $"No pipeline of this project has the plan file '{Path.GetFileName(path)}' any more. Delete it."));
        return complaints;
    }

    // A source that is no file, such as that of another generator, has the project's folder.
    private static string FolderOf(string source, string root)
    {
        string path = Path.GetFullPath(Path.Combine(root, source));
        return File.Exists(path) ? Path.GetDirectoryName(path)! : root;
    }
}

/// <summary>A plan file as it should be.</summary>
/// <param name="Path">Where.</param>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Text">Its content.</param>
internal sealed record PlanFile(string Path, string Pipeline, string Text)
{
    /// <summary>Whether it is there as it should be. The line ends of a working copy do not count.</summary>
    public bool IsCurrent() => File.Exists(Path) && File.ReadAllText(Path).Replace("\r\n", "\n") == Text;

    /// <summary>Whether a file is there that a build has written.</summary>
    public static bool IsWritten(string path) => File.Exists(path) && File.ReadAllText(path).Contains(MarkdownPlan.Mark);

    /// <summary>What is said of it where it may not be written.</summary>
    public PlanComplaint Complaint() => new(
        PlanFileDiagnostics.OutOfDate.Id,
        Path,
        (File.Exists(Path) ? $"This is not the plan of {Pipeline} any more" : $"The plan file of {Pipeline} is missing")
            + ". Build it where ContinuousIntegrationBuild is not set, look at what has changed in it, and commit it.");

    /// <summary>Writes it, all or nothing: somebody may be reading.</summary>
    public void Write()
    {
        string temporary = Path + "." + Guid.NewGuid().ToString("N") + ".tmp";
        File.WriteAllText(temporary, Text);
        try
        {
            if (File.Exists(Path))
                File.Replace(temporary, Path, null);
            else
                File.Move(temporary, Path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}

/// <summary>Something about a plan file that somebody has to do.</summary>
/// <param name="Code">The id of the warning.</param>
/// <param name="File">The file.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record PlanComplaint(string Code, string File, string Message);
