using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Analyzers.Settings;

/// <summary>A sink that rows of a pipeline are written to: <c>….To(sink)</c>.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Mark">Its attribute.</param>
/// <param name="Rows">What comes out there; null if that is not known.</param>
/// <param name="Sink">The argument.</param>
internal sealed record SinkUse(INamedTypeSymbol Pipeline, AttributeData Mark, INamedTypeSymbol? Rows, IOperation Sink)
{
    /// <summary>The sinks that a call of <c>To</c> gives to a pipeline that can be told; none for other calls.</summary>
    public static IEnumerable<SinkUse> Of(IInvocationOperation call, Compilation compilation, CancellationToken cancellation)
    {
        if (call.TargetMethod.Name != "To" || StartOf(call) is not { } start)
            return [];
        INamedTypeSymbol? pipeline = PipelineOf(start, compilation, cancellation);
        if (OurTypes.PipelineMarkOf(pipeline) is not { } mark)
            return [];
        return call.Arguments
            .Where(argument => argument.ArgumentKind == ArgumentKind.Explicit && argument.Value != start && argument.Parameter is not null)
            .Select(argument => new SinkUse(pipeline!, mark, RowsOf(start.Type, argument.Parameter!, pipeline!), argument.Value));
    }

    /// <summary>Append, Update or Complete; null where the attribute is wrong.</summary>
    public string? Mode => Mark.ConstructorArguments is [{ Value: int mode }] ? mode switch { 0 => "append", 1 => "update", 2 => "complete", _ => null } : null;

    /// <summary>Where the mode is said, if that is in this project.</summary>
    public Location? ModePlace(Compilation compilation, CancellationToken cancellation) =>
        Mark.ApplicationSyntaxReference is { } reference && compilation.ContainsSyntaxTree(reference.SyntaxTree)
            ? (reference.GetSyntax(cancellation) as Microsoft.CodeAnalysis.CSharp.Syntax.AttributeSyntax)?.ArgumentList?.Arguments.FirstOrDefault()?.GetLocation()
            : null;

    // The pipeline that a call binds to more: what it is called on, or what an extension takes first.
    private static IOperation? StartOf(IInvocationOperation call)
    {
        IOperation? start = call.Instance ?? (call.TargetMethod.IsExtensionMethod ? call.Arguments.FirstOrDefault()?.Value : null);
        return start is null || !IsStart(Constants.Written(start).Type) ? null : start;
    }

    private static bool IsStart(ITypeSymbol? type)
    {
        for (ITypeSymbol? one = type; one is not null; one = one.BaseType)
        {
            if (one.Name == "BoundPipeline" && OurTypes.IsOurs(one))
                return true;
        }

        return false;
    }

    /// <summary>The pipeline that a value has been made from; null if it is not seen.</summary>
    private static INamedTypeSymbol? PipelineOf(IOperation start, Compilation compilation, CancellationToken cancellation)
    {
        // A pipeline with several outputs has a type of its own for what is bound.
        if (OurTypes.PipelineMarkOf(start.Type?.ContainingType) is not null)
            return start.Type!.ContainingType;
        while (ValueOrigin.Of(start, compilation, cancellation) is IInvocationOperation call)
        {
            if (call.TargetMethod is { Name: "From", IsStatic: true, ContainingType: var pipeline } && OurTypes.PipelineMarkOf(pipeline) is not null)
                return pipeline;
            if (!OurTypes.IsOurs(call.TargetMethod.ContainingType) || StartOf(call) is not { } before)
                return null;
            start = before;
        }

        return null;
    }

    private static INamedTypeSymbol? RowsOf(ITypeSymbol? start, IParameterSymbol sink, INamedTypeSymbol pipeline)
    {
        if (start is INamedTypeSymbol { Name: "PipelineStart", TypeArguments: [INamedTypeSymbol only] })
            return only;
        IMethodSymbol? output = pipeline.GetMembers().OfType<IMethodSymbol>()
            .FirstOrDefault(method => method.IsStatic && Plan.PipelineParser.ParameterName(method.Name) == sink.Name && method.GetAttributes().Any(one => one.AttributeClass?.Name == "OutputAttribute"));
        return output?.ReturnType is INamedTypeSymbol { TypeArguments: [INamedTypeSymbol rows] } ? rows : null;
    }
}
