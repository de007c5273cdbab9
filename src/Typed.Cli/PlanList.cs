using Typed.PlanFiles;

namespace Typed.Cli;

/// <summary><c>typed explain</c>.</summary>
internal static class PlanList
{
    /// <param name="path">The assembly.</param>
    /// <param name="pipeline">The pipeline to be shown; null for all.</param>
    /// <param name="format">How.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="CommandException">There is no such file, assembly or pipeline, or several where the format has room for one.</exception>
    internal static int Show(string path, string? pipeline, PlanFormat format, TextWriter output)
    {
        PlanSheet[] all = Read(path);
        PlanSheet[] shown = pipeline is null ? all : Named(path, pipeline, all);

        // Several texts are read one below the other; several pictures or JSON values in one stream are none.
        if (shown.Length > 1 && format is PlanFormat.Mermaid or PlanFormat.Svg)
            throw new CommandException($"'{path}' has {shown.Length} pipelines, and {format.ToString().ToLowerInvariant()} shows one: say which, --pipeline NAME. They are {Names(shown)}.");
        if (format == PlanFormat.Json && pipeline is null)
        {
            output.Write("[\n" + string.Join(",\n", shown.Select(plan => PlanJson.Write(plan))) + "\n]\n");
            return ExitCode.Done;
        }

        output.Write(string.Join("\n", shown.Select(plan => PlanFormats.Render(plan, format))));
        return ExitCode.Done;
    }

    private static PlanSheet[] Read(string path)
    {
        if (Directory.Exists(path))
            throw new CommandException($"'{path}' is a folder. Name the assembly that the build wrote, such as bin/Release/net10.0/MyProject.dll.");
        if (!File.Exists(path))
            throw new CommandException($"'{path}' is not there{Nearest.File(path)}. Build the project, and name the assembly that it wrote.");
        try
        {
            PlanSheet[] all = [.. AssemblyPlans.In(path).Select(plan => plan.Sheet)];
            return all.Length > 0 ? all : throw new CommandException(
                $"'{path}' has no pipelines: no class in it is marked [Pipeline], or it was compiled with a version of Typed that did not write plans. Pipelines of projects that it refers to are in their assemblies.");
        }
        catch (PlanReadException unread)
        {
            throw new CommandException(unread.Message);
        }
    }

    private static PlanSheet[] Named(string path, string wanted, PlanSheet[] all)
    {
        PlanSheet[] found = [.. all.Where(plan => plan.FullName == wanted)];
        if (found.Length == 0)
            found = [.. all.Where(plan => plan.Name == wanted || plan.Name.EndsWith("." + wanted, StringComparison.Ordinal))];
        return found.Length switch
        {
            1 => found,
            0 => throw new CommandException($"'{path}' has no pipeline '{wanted}'. It has {Names(all)}."),
            _ => throw new CommandException($"'{path}' has {found.Length} pipelines '{wanted}': name one with its namespace. They are {string.Join(", ", found.Select(plan => plan.FullName))}."),
        };
    }

    private static string Names(PlanSheet[] plans) =>
        string.Join(", ", plans.Select(plan => plans.Count(other => other.Name == plan.Name) == 1 ? plan.Name : plan.FullName));
}
