using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Typed.Execution;
using Typed.Plan;

namespace Typed.Analyzers.Settings;

/// <summary>Refuses sinks that cannot take what a pipeline writes, where both are seen: <c>Counts.From(visits).To(JsonFiles.Out("counts"))</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SinkAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [SettingsDiagnostics.Of(StartRules.AppendOnly), SettingsDiagnostics.Of(StartRules.Partitions)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(call => Analyze(call, (IInvocationOperation)call.Operation), OperationKind.Invocation);
    }

    private static void Analyze(OperationAnalysisContext context, IInvocationOperation call)
    {
        foreach (SinkUse use in SinkUse.Of(call, context.Compilation, context.CancellationToken))
        {
            foreach (IOperation written in Sinks(use.Sink, context))
            {
                IOperation made = ValueOrigin.Of(written, context.Compilation, context.CancellationToken);
                if (IsAppendOnly(made) && use.Mode is { } mode and not "append")
                {
                    Location?[] related = [use.ModePlace(context.Compilation, context.CancellationToken), made.Syntax.Span == Expression(written).Span ? null : made.Syntax.GetLocation()];
                    context.ReportDiagnostic(Diagnostic.Create(
                        SettingsDiagnostics.Of(StartRules.AppendOnly), Expression(written).GetLocation(), related.OfType<Location>(), use.Pipeline.Name, mode, WordsOf(made)));
                }

                CheckPartitions(context, use, made, written);
            }
        }
    }

    // With a spare sink rows may go to either.
    private static IEnumerable<IOperation> Sinks(IOperation sink, OperationAnalysisContext context) =>
        ValueOrigin.Of(sink, context.Compilation, context.CancellationToken) is IInvocationOperation { TargetMethod: { Name: "OrWhenDown", ContainingType.Name: "SpareSinks" } } spare
            ? spare.Arguments.SelectMany(argument => Sinks(argument.Value, context))
            : [sink];

    private static bool IsAppendOnly(IOperation made)
    {
        if (made is IInvocationOperation { TargetMethod: var method } && IsMarked(method))
            return true;
        for (ITypeSymbol? type = made.Type; type is not null; type = type.BaseType)
        {
            if (IsMarked(type))
                return true;
        }

        return false;
    }

    private static bool IsMarked(ISymbol symbol) => symbol.GetAttributes().Any(one => one.AttributeClass is { Name: "AppendOnlyAttribute" } mark && OurTypes.IsOurs(mark));

    private static void CheckPartitions(OperationAnalysisContext context, SinkUse use, IOperation made, IOperation written)
    {
        if (made is not IInvocationOperation { TargetMethod: { Name: "Out" } method } call || !OurTypes.IsOurs(method.ContainingType)
            || call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "options") is not { ArgumentKind: ArgumentKind.Explicit } options
            || ValueOrigin.Setting(options.Value, "PartitionBy", context.Compilation, context.CancellationToken) is not { } partitions
            || NamesIn(ValueOrigin.Of(partitions, context.Compilation, context.CancellationToken)) is not { } names
            || use.Rows is null || TypeReader.ReadRow(use.Rows) is not { } row)
        {
            return;
        }

        PartitionColumn[] columns = [.. row.Columns.Select(column => new PartitionColumn(column.Name, WrittenNameOf(use.Rows, column.Name), column.Type.Field))];
        if (PartitionColumn.Problem(use.Rows.Name, columns, [.. names.Select(name => (string)name.ConstantValue.Value!)], out int at) is not { } problem)
            return;

        // At the name that is wrong; an editor that looks at one file would not see it in another one.
        (Location sink, Location name) = (Expression(written).GetLocation(), names[at].Syntax.GetLocation());
        bool isHere = sink.SourceTree == name.SourceTree;
        bool isWithin = isHere && sink.SourceSpan.Contains(name.SourceSpan);
        context.ReportDiagnostic(Diagnostic.Create(SettingsDiagnostics.Of(StartRules.Partitions), isHere ? name : sink, isWithin ? [] : [isHere ? sink : name], problem));
    }

    private static string WrittenNameOf(INamedTypeSymbol record, string field)
    {
        IParameterSymbol parameter = TypeReader.PositionalParameters(record)!.Value.First(one => one.Name == field);
        return TypeReader.FindAttribute(parameter, "JsonNameAttribute")?.ConstructorArguments is [{ Value: string name }] ? name : char.ToLowerInvariant(field[0]) + field.Substring(1);
    }

    // Null where one of them is not seen.
    private static IOperation[]? NamesIn(IOperation list)
    {
        IEnumerable<IOperation>? names = list switch
        {
            ICollectionExpressionOperation collection => collection.Elements,
            IArrayCreationOperation { Initializer: { } values } => values.ElementValues,
            _ => null,
        };
        IOperation[]? written = names?.Select(Constants.Written).ToArray();
        return written is { Length: > 0 } && written.All(name => name.ConstantValue is { HasValue: true, Value: string }) ? written : null;
    }

    private static SyntaxNode Expression(IOperation argument) =>
        argument.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.ArgumentSyntax syntax ? syntax.Expression : argument.Syntax;

    private static string WordsOf(IOperation made) => made is IInvocationOperation { TargetMethod: var method, Arguments: [{ Value.ConstantValue: { HasValue: true, Value: string path } }, ..] }
        ? path
        : made is IInvocationOperation call ? call.TargetMethod.ContainingType.Name + "." + call.TargetMethod.Name : made.Type?.Name ?? "the sink";
}
