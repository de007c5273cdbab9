using Microsoft.CodeAnalysis.Diagnostics;

namespace Typed.Generator.Incremental;

/// <summary>Where the plan file of a pipeline belongs: beside its source. What is said of it in an assembly begins at the project's folder, so that no machine is named.</summary>
internal static class PlanFileSource
{
    /// <summary>The folder of a project that wants plan files; null where it wants none.</summary>
    public static string? ProjectFolder(AnalyzerConfigOptions options) =>
        options.TryGetValue("build_property.TypedEmitPlans", out string? emit) && emit.Equals("true", StringComparison.OrdinalIgnoreCase)
        && options.TryGetValue("build_property.ProjectDir", out string? folder) ? folder : null;

    /// <summary>A path from a folder, with slashes; that of a file on another drive is its name alone.</summary>
    public static string Relative(string path, string folder)
    {
        string[] from = Parts(folder), to = Parts(path);
        int common = 0;
        while (common < from.Length && common < to.Length - 1 && from[common].Equals(to[common], StringComparison.OrdinalIgnoreCase))
            common++;
        return common == 0 && from.Length > 0 && path.Length > 0 && from[0] != to[0] && path[0] != '/'
            ? to[to.Length - 1]
            : string.Join("/", Enumerable.Repeat("..", from.Length - common).Concat(to.Skip(common)));
    }

    private static string[] Parts(string path) => path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
}
