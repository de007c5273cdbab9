using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Typed.Execution;

namespace Typed.Analyzers.Settings;

/// <summary>Refuses settings with which a query could not start, where they are constants: of triggers, sources, sinks and queries.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed partial class SettingsAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [.. StartRules.All.Where(rule => rule != StartRules.AppendOnly && rule != StartRules.Partitions).Select(SettingsDiagnostics.Of), SettingsDiagnostics.Once];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(call => AnalyzeArguments(call, ((IInvocationOperation)call.Operation).TargetMethod, ((IInvocationOperation)call.Operation).Arguments), OperationKind.Invocation);
        context.RegisterOperationAction(made => AnalyzeArguments(made, ((IObjectCreationOperation)made.Operation).Constructor, ((IObjectCreationOperation)made.Operation).Arguments), OperationKind.ObjectCreation);
        context.RegisterOperationAction(setting => Analyze(setting, (ISimpleAssignmentOperation)setting.Operation), OperationKind.SimpleAssignment);
        context.RegisterOperationAction(made => Analyze(made, (IObjectOrCollectionInitializerOperation)made.Operation), OperationKind.ObjectOrCollectionInitializer);
        context.RegisterOperationAction(read => Analyze(read, (IPropertyReferenceOperation)read.Operation), OperationKind.PropertyReference);
    }

    private static void AnalyzeArguments(OperationAnalysisContext context, IMethodSymbol? method, ImmutableArray<IArgumentOperation> arguments)
    {
        if (!OurTypes.IsOurs(method?.ContainingType))
            return;
        foreach (IArgumentOperation argument in arguments)
        {
            if (argument.ArgumentKind != ArgumentKind.Explicit || argument.Parameter is not { } parameter)
                continue;
            if (parameter.Name == "interval" && method is { Name: "Every", ContainingType.Name: "Trigger" })
                CheckInterval(context, argument.Value);
            else if (parameter.Name is "body" or "writer" && method!.ContainingType.Name is "ForeachBatch" or "ForeachSink")
                CheckHandler(context, method!, argument.Value);
            else
                CheckSetting(context, OurTypes.NameOf(method!.ContainingType), parameter.Name, argument.Value);
        }
    }

    private static void Analyze(OperationAnalysisContext context, ISimpleAssignmentOperation setting)
    {
        if (setting.Target is not IPropertyReferenceOperation { Property: var property } || !OurTypes.IsOurs(property.ContainingType))
            return;

        // A value of a type that has no null is set, whatever it is.
        if (property.Name is "ModifiedAfter" or "ModifiedBefore" && Constants.Written(setting.Value) is { Type.IsValueType: true } time && !Constants.IsNull(time) && !Constants.IsNullable(time.Type))
            Report(context, StartRules.TimeFilter, setting, property.Name);
        else
            CheckSetting(context, property.ContainingType.Name, property.Name, setting.Value);
    }

    private static void Analyze(OperationAnalysisContext context, IPropertyReferenceOperation read)
    {
        if (read.Property is { Name: "Once", ContainingType.Name: "Trigger" } && OurTypes.IsOurs(read.Property.ContainingType))
            context.ReportDiagnostic(Diagnostic.Create(SettingsDiagnostics.Once, read.Syntax.GetLocation()));
    }

    private static void CheckSetting(OperationAnalysisContext context, string type, string name, IOperation value)
    {
        if (SettingTable.RuleOf(type, name) is not var (rule, problemOf) || Constants.Of(value) is not { } constant)
            return;
        if (problemOf(constant) is { } problem)
            Report(context, rule, value, name, constant is string text ? $"\"{text}\"" : constant, problem);
    }

    private static void CheckInterval(OperationAnalysisContext context, IOperation value)
    {
        if (Constants.Of(value) is { } constant && SettingTable.ProblemOfInterval(constant) is { } problem)
            Report(context, StartRules.Interval, value, constant, problem);
    }

    private static void CheckHandler(OperationAnalysisContext context, IMethodSymbol method, IOperation value)
    {
        if (Constants.IsNull(Constants.Written(value)))
            Report(context, StartRules.NoHandler, value, method.ContainingType.Name + "." + method.Name);
    }

    private static void Report(OperationAnalysisContext context, StartRule rule, IOperation at, params object[] about) =>
        context.ReportDiagnostic(Diagnostic.Create(SettingsDiagnostics.Of(rule), at.Syntax.GetLocation(), about));
}
