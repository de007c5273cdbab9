using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Typed.Time;

namespace Typed.Analyzers;

/// <summary>Refuses settings with which a query could not start, where they are constants: the interval of a trigger, limits of sources.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SettingsAnalyzer : DiagnosticAnalyzer
{
    private static readonly HashSet<string> Limits = ["maxRowsPerTrigger", "rowsPerSecond", "rowsPerBatch", "batches", "MaxFilesPerTrigger", "MaxBytesPerTrigger"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = SettingsDiagnostics.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(call => Analyze(call, (IInvocationOperation)call.Operation), OperationKind.Invocation);
        context.RegisterOperationAction(setting => Analyze(setting, (ISimpleAssignmentOperation)setting.Operation), OperationKind.SimpleAssignment);
        context.RegisterOperationAction(made => Analyze(made, (IObjectOrCollectionInitializerOperation)made.Operation), OperationKind.ObjectOrCollectionInitializer);
    }

    private static void Analyze(OperationAnalysisContext context, IInvocationOperation call)
    {
        if (!IsOurs(call.TargetMethod.ContainingType))
            return;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.IsImplicit || argument.Parameter is not { } parameter)
                continue;
            if (parameter.Name == "interval" && call.TargetMethod is { Name: "Every", ContainingType.Name: "Trigger" })
                CheckInterval(context, argument.Value);
            else if (Limits.Contains(parameter.Name))
                CheckLimit(context, parameter.Name, argument.Value);
        }
    }

    private static void Analyze(OperationAnalysisContext context, ISimpleAssignmentOperation setting)
    {
        if (setting.Target is IPropertyReferenceOperation { Property: var property } && Limits.Contains(property.Name) && IsOurs(property.ContainingType))
            CheckLimit(context, property.Name, setting.Value);
    }

    private static void Analyze(OperationAnalysisContext context, IObjectOrCollectionInitializerOperation made)
    {
        ISimpleAssignmentOperation? files = Assigned(made, "MaxFilesPerTrigger");
        ISimpleAssignmentOperation? bytes = Assigned(made, "MaxBytesPerTrigger");
        if (files is null || bytes is null)
            return;
        ISimpleAssignmentOperation second = files.Syntax.SpanStart > bytes.Syntax.SpanStart ? files : bytes;
        ISimpleAssignmentOperation first = ReferenceEquals(second, files) ? bytes : files;
        context.ReportDiagnostic(Diagnostic.Create(SettingsDiagnostics.TwoLimits, second.Syntax.GetLocation(), [first.Syntax.GetLocation()]));
    }

    private static ISimpleAssignmentOperation? Assigned(IObjectOrCollectionInitializerOperation made, string name) =>
        made.Initializers.OfType<ISimpleAssignmentOperation>().FirstOrDefault(one =>
            one.Target is IPropertyReferenceOperation { Property: var property } && property.Name == name && IsOurs(property.ContainingType) && Constant(one.Value) is not (true, null));

    private static void CheckInterval(OperationAnalysisContext context, IOperation value)
    {
        if (value.ConstantValue is not { HasValue: true, Value: string text })
            return;
        string? problem = !DurationText.TryParse(text, out long micros, out int months) ? "it is not a duration"
            : months != 0 ? "months and years differ in length"
            : micros < 0 ? "it is negative"
            : micros % 1000 != 0 ? "it is not a whole number of milliseconds"
            : null;
        if (problem is not null)
            context.ReportDiagnostic(Diagnostic.Create(SettingsDiagnostics.Interval, value.Syntax.GetLocation(), text, problem));
    }

    private static void CheckLimit(OperationAnalysisContext context, string name, IOperation value)
    {
        if (Constant(value) is (true, { } number) && Convert.ToInt64(number, CultureInfo.InvariantCulture) <= 0)
            context.ReportDiagnostic(Diagnostic.Create(SettingsDiagnostics.Limit, value.Syntax.GetLocation(), name, number));
    }

    // The constant under the conversion to a nullable number.
    private static (bool IsConstant, object? Value) Constant(IOperation value)
    {
        while (!value.ConstantValue.HasValue && value is IConversionOperation { IsImplicit: true } conversion)
            value = conversion.Operand;
        return value.ConstantValue is { HasValue: true, Value: var constant } && constant is null or int or long ? (value.ConstantValue.HasValue, constant) : (false, null);
    }

    private static bool IsOurs(INamedTypeSymbol? type)
    {
        INamespaceSymbol? space = type?.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name == "Typed";
    }
}
