using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Typed.Analyzers;

namespace Typed.CodeFixes;

/// <summary>Adds the method to a processor that makes stored values of a state variable into present ones; what it does is the user's to say.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StateMigrationFix))]
[Shared]
public sealed class StateMigrationFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED5003"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new ProjectFixAll("Add a migration of each", ApplyAsync);

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Project project = context.Document.Project;
        if (await project.GetCompilationAsync(context.CancellationToken).ConfigureAwait(false) is not { } compilation)
            return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (await FindAsync(project, compilation, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } missing)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Add a migration of '{missing.Variable}' to {missing.Processor.Identifier.ValueText}",
                        cancellation => ApplyAsync(project, [diagnostic], cancellation),
                        equivalenceKey: diagnostic.Id),
                    diagnostic);
            }
        }
    }

    /// <summary>Adds all methods that are missing. A processor that several pipelines use gets each once.</summary>
    private static async Task<Solution> ApplyAsync(Project project, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        Solution solution = project.Solution;
        if (await project.GetCompilationAsync(cancellation).ConfigureAwait(false) is not { } compilation)
            return solution;
        List<Missing> all = [];
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (await FindAsync(project, compilation, diagnostic, cancellation).ConfigureAwait(false) is { } missing && !all.Contains(missing))
                all.Add(missing);
        }

        foreach (IGrouping<DocumentId, Missing> document in all.GroupBy(one => one.Document))
        {
            SyntaxNode root = (await project.GetDocument(document.Key)!.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
            ILookup<ClassDeclarationSyntax, Missing> methods = document.ToLookup(one => one.Processor);
            root = root.ReplaceNodes(methods.Select(one => one.Key), (before, now) => now.AddMembers([.. methods[before].Select(Method)]));
            solution = solution.WithDocumentSyntaxRoot(document.Key, root);
        }

        return solution;
    }

    /// <summary>The method that would end a diagnostic, and where it goes: beside the variable.</summary>
    private static async Task<Missing?> FindAsync(Project project, Compilation compilation, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.TryGetValue(StateBaselineAnalyzer.ProcessorKey, out string? processor) || processor is null
            || !diagnostic.Properties.TryGetValue(StateBaselineAnalyzer.VariableKey, out string? variable) || variable is null
            || !diagnostic.Properties.TryGetValue(StateBaselineAnalyzer.StoredKey, out string? stored) || stored is null
            || compilation.Assembly.GetTypeByMetadataName(processor) is not { } type || Present(type, variable) is not { } present)
        {
            return null;
        }

        foreach (SyntaxReference part in type.DeclaringSyntaxReferences)
        {
            if (project.GetDocument(part.SyntaxTree) is { } document && await part.GetSyntaxAsync(cancellation).ConfigureAwait(false) is ClassDeclarationSyntax declaration
                && declaration.Members.OfType<FieldDeclarationSyntax>().Any(field => field.Declaration.Variables.Any(one => one.Identifier.ValueText == variable)))
            {
                return new Missing(document.Id, declaration, variable, stored, present);
            }
        }

        return null;
    }

    /// <summary>The type of the values of a state variable, without null.</summary>
    private static string? Present(INamedTypeSymbol processor, string variable)
    {
        if (processor.GetMembers(variable).OfType<IFieldSymbol>().FirstOrDefault() is not { } field)
            return null;
        ITypeSymbol type = field.Type is INamedTypeSymbol { Name: "ValueState" or "ListState" or "MapState" } state ? state.TypeArguments[state.TypeArguments.Length - 1] : field.Type;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        return type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
    }

    private static MemberDeclarationSyntax Method(Missing one)
    {
        string bare = one.Variable.TrimStart('_');
        string name = bare.Length == 0 ? "Migrate" : "Migrate" + char.ToUpperInvariant(bare[0]) + bare.Substring(1);
        return SyntaxFactory.ParseMemberDeclaration(
            $"\n[Migration(\"{one.Variable}\")]\nprivate static {one.Present} {name}({one.Stored} stored) => throw new System.NotImplementedException();\n")!
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    /// <summary>A method that is missing.</summary>
    private sealed record Missing(DocumentId Document, ClassDeclarationSyntax Processor, string Variable, string Stored, string Present);
}
