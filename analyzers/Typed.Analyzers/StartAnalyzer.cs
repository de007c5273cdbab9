using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Typed.Plan;

namespace Typed.Analyzers;

/// <summary>Sees to the way from a query to its start: a class that was meant to be a pipeline, a start without a sink, a query that is stopped as soon as it has started.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StartAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [StartDiagnostics.NotMarked, StartDiagnostics.NoSink, StartDiagnostics.NobodyWaits];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Typed.PipelineAttribute") is null)
                return;
            start.RegisterSymbolAction(symbol => CheckMark(symbol, (INamedTypeSymbol)symbol.Symbol), SymbolKind.NamedType);
            start.RegisterOperationAction(call => CheckSink(call, (IInvocationOperation)call.Operation), OperationKind.Invocation);
            start.RegisterOperationAction(query => CheckWaiting(query, (IUsingDeclarationOperation)query.Operation), OperationKind.UsingDeclaration);
        });
    }

    private static void CheckMark(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Class || type.Locations.IsEmpty || IsPipeline(type))
            return;
        bool isQuery = type.GetMembers("Define").OfType<IMethodSymbol>().Any(method =>
            TypeReader.IsTyped(method.ReturnType, "Stream") && method.Parameters.Any(parameter => TypeReader.IsTyped(parameter.Type, "Stream")));
        if (isQuery)
            context.ReportDiagnostic(Diagnostic.Create(StartDiagnostics.NotMarked, type.Locations[0], type.Name));
    }

    private static void CheckSink(OperationAnalysisContext context, IInvocationOperation start)
    {
        if (start.TargetMethod.Name != "StartAsync" || !IsBound(start.TargetMethod.ContainingType))
            return;

        // A pipeline that comes out of a variable or of a method may have its sinks from there.
        for (IOperation? from = start.Instance; from is IInvocationOperation call; from = call.Instance ?? call.Arguments.FirstOrDefault()?.Value)
        {
            if (call.TargetMethod.Name == "To")
                return;
            if (call.TargetMethod is { Name: "From", IsStatic: true, ContainingType: var pipeline } && IsPipeline(pipeline))
                context.ReportDiagnostic(Diagnostic.Create(StartDiagnostics.NoSink, NameOf(start), pipeline.Name));
            else if (!IsBound(call.TargetMethod.ContainingType))
                return;
        }
    }

    private static void CheckWaiting(OperationAnalysisContext context, IUsingDeclarationOperation declared)
    {
        if (declared.Parent is not IBlockOperation block || declared.DeclarationGroup.Declarations.SelectMany(one => one.Declarators).ToArray() is not [{ Symbol: var query }])
            return;

        // With anything behind it somebody may wait by another way, for a key or for a signal.
        if (TypeReader.IsTyped(query.Type, "StreamingQuery") && block.Operations[block.Operations.Length - 1] == declared)
            context.ReportDiagnostic(Diagnostic.Create(StartDiagnostics.NobodyWaits, query.Locations[0], query.Name));
    }

    private static bool IsPipeline(INamedTypeSymbol type) => type.GetAttributes().Any(attribute => TypeReader.IsTyped(attribute.AttributeClass, "PipelineAttribute"));

    private static bool IsBound(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (TypeReader.IsTyped(type, "BoundPipeline"))
                return true;
        }

        return false;
    }

    private static Location NameOf(IInvocationOperation call) =>
        call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            ? access.Name.GetLocation()
            : call.Syntax.GetLocation();
}
