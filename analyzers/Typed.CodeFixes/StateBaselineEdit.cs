using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Typed.Analyzers;
using Typed.Analyzers.Baseline;

namespace Typed.CodeFixes;

/// <summary>Changes of <c>Typed.State.Unshipped.txt</c>.</summary>
internal static class StateBaselineEdit
{
    /// <summary>Notes what diagnostics have with them.</summary>
    public static async Task<Solution> ApplyAsync(Project project, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        TextDocument? file = Find(project, StateBaseline.UnshippedName);
        TextDocument? shippedFile = Find(project, StateBaseline.ShippedName);
        SourceText? before = file is null ? null : await file.GetTextAsync(cancellation).ConfigureAwait(false);
        StateBaseline shipped = StateBaseline.Parse(shippedFile is null ? "" : (await shippedFile.GetTextAsync(cancellation).ConfigureAwait(false)).ToString());
        string text = before?.ToString() ?? "";
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (!diagnostic.Properties.TryGetValue(StateBaselineAnalyzer.BlockKey, out string? blocks) || blocks is null)
                continue;
            foreach (StateBlock block in StateBaseline.Parse(blocks).Blocks)
                text = Note(text, block, shipped.Find(block.Pipeline, block.Name));
        }

        if (file is not null)
            return project.Solution.WithAdditionalDocumentText(file.Id, SourceText.From(text, before!.Encoding));
        string? folder = System.IO.Path.GetDirectoryName(shippedFile?.FilePath ?? project.FilePath);
        string path = folder is null ? StateBaseline.UnshippedName : System.IO.Path.Combine(folder, StateBaseline.UnshippedName);
        return project.Solution.AddAdditionalDocument(DocumentId.CreateNewId(project.Id), StateBaseline.UnshippedName, SourceText.From(text, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false)), filePath: path);
    }

    // What is as it was shipped, and what never was and is gone, needs no note.
    private static string Note(string text, StateBlock block, StateBlock? shipped)
    {
        bool isNeedless = shipped is null or { IsRetired: true } ? block.IsRetired : shipped.Says(block);
        StateBaseline baseline = StateBaseline.Parse(text);
        return isNeedless ? baseline.Without(block.Pipeline, block.Name) : baseline.With(block);
    }

    private static TextDocument? Find(Project project, string name) => project.AdditionalDocuments.FirstOrDefault(one => StateBaselines.IsCalled(one.FilePath ?? one.Name, name));
}
