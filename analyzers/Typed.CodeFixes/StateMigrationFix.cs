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

    /// <summary>None: each method is to be thought about.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Project project = context.Document.Project;
        if (await project.GetCompilationAsync(context.CancellationToken).ConfigureAwait(false) is not { } compilation)
            return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Properties.TryGetValue(StateBaselineAnalyzer.ProcessorKey, out string? processor) || processor is null
                || !diagnostic.Properties.TryGetValue(StateBaselineAnalyzer.VariableKey, out string? variable) || variable is null
                || !diagnostic.Properties.TryGetValue(StateBaselineAnalyzer.StoredKey, out string? stored) || stored is null)
            {
                continue;
            }

            if (compilation.Assembly.GetTypeByMetadataName(processor) is not { } type || Present(type, variable) is not { } present)
                continue;
            foreach (SyntaxReference part in type.DeclaringSyntaxReferences)
            {
                if (project.GetDocument(part.SyntaxTree) is not { } document || await part.GetSyntaxAsync(context.CancellationToken).ConfigureAwait(false) is not ClassDeclarationSyntax declaration
                    || !declaration.Members.OfType<FieldDeclarationSyntax>().Any(field => field.Declaration.Variables.Any(one => one.Identifier.ValueText == variable)))
                {
                    continue;
                }

                context.RegisterCodeFix(
                    CodeAction.Create($"Add a migration of '{variable}' to {type.Name}", cancellation => AddAsync(document, declaration, variable, stored, present, cancellation), equivalenceKey: diagnostic.Id),
                    diagnostic);
                break;
            }
        }
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

    private static async Task<Document> AddAsync(Document document, ClassDeclarationSyntax declaration, string variable, string stored, string present, CancellationToken cancellation)
    {
        string bare = variable.TrimStart('_');
        string name = bare.Length == 0 ? "Migrate" : "Migrate" + char.ToUpperInvariant(bare[0]) + bare.Substring(1);
        MemberDeclarationSyntax method = SyntaxFactory.ParseMemberDeclaration(
            $"\n[Migration(\"{variable}\")]\nprivate static {present} {name}({stored} stored) => throw new System.NotImplementedException();\n")!;
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        return document.WithSyntaxRoot(root.ReplaceNode(declaration, declaration.AddMembers(method.WithAdditionalAnnotations(Formatter.Annotation))));
    }
}
