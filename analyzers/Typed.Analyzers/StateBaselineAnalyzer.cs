using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Typed.Analyzers.Baseline;
using Typed.Plan;

namespace Typed.Analyzers;

/// <summary>
/// Compares what the operators of each pipeline keep with the baseline of the project, if it has one: the judge is the one that a start asks about its
/// checkpoint. It reads what the generator wrote onto the class, so it plans nothing; a place in the source is looked for only where there is something to say.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StateBaselineAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The keys of what fixes read from a diagnostic.</summary>
    internal const string BlockKey = "block";
    internal const string SuggestedKey = "suggested";
    internal const string ProcessorKey = "processor";
    internal const string VariableKey = "variable";
    internal const string StoredKey = "stored";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => StateBaselineDiagnostics.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Typed.PipelineAttribute") is not { } mark
                || StateBaselines.Of(start.Options.AdditionalFiles, start.CancellationToken) is not { } baselines)
            {
                return;
            }

            start.RegisterAdditionalFileAction(file => CheckFile(file, baselines));
            if (baselines.Shipped.Faults.Count + baselines.Unshipped.Faults.Count == 0)
            {
                // A record that several processors keep is reported once.
                ConcurrentDictionary<INamedTypeSymbol, bool> seen = new(SymbolEqualityComparer.Default);
                start.RegisterSymbolAction(symbol => Check(symbol, mark, baselines, seen), SymbolKind.NamedType);
            }
        });
    }

    private static void CheckFile(AdditionalFileAnalysisContext context, StateBaselines baselines)
    {
        string path = context.AdditionalFile.Path;
        bool isShipped = StateBaselines.IsCalled(path, StateBaseline.ShippedName);
        if ((!isShipped && !StateBaselines.IsCalled(path, StateBaseline.UnshippedName)) || context.AdditionalFile.GetText(context.CancellationToken) is not { } text)
            return;
        StateBaseline baseline = isShipped ? baselines.Shipped : baselines.Unshipped;
        foreach ((int line, string problem) in baseline.Faults)
            context.ReportDiagnostic(Diagnostic.Create(StateBaselineDiagnostics.Malformed, At(line), System.IO.Path.GetFileName(path), problem));
        foreach (StateBlock block in baselines.Shipped.Faults.Count + baselines.Unshipped.Faults.Count > 0 ? [] : baseline.Blocks)
        {
            // A pipeline that is there is looked at with its class.
            bool isNoted = ReferenceEquals(baselines.Noted(block.Pipeline, block.Name), block) && !block.IsRetired;
            if (isNoted && context.Compilation.Assembly.GetTypeByMetadataName(block.Pipeline) is null)
                context.ReportDiagnostic(Diagnostic.Create(StateBaselineDiagnostics.Gone, At(block.Line), block.Pipeline, block.Name));
            if (!isShipped && block.IsRetired && baselines.ShippedBlock(block.Pipeline, block.Name) is null && !IsThere(context.Compilation, block))
                context.ReportDiagnostic(Diagnostic.Create(StateBaselineDiagnostics.RetiresNothing, At(block.Line), block.Pipeline, block.Name));
        }

        Location At(int line)
        {
            TextSpan span = text.Lines[line].Span;
            return Location.Create(path, span, text.Lines.GetLinePositionSpan(span));
        }
    }

    // A pipeline with errors could have anything.
    private static bool IsThere(Compilation compilation, StateBlock block) =>
        compilation.Assembly.GetTypeByMetadataName(block.Pipeline) is { } type && (StateKeeper.Of(type)?.Any(keeper => keeper.Block.Name == block.Name) ?? true);

    private static void Check(SymbolAnalysisContext context, INamedTypeSymbol mark, StateBaselines baselines, ConcurrentDictionary<INamedTypeSymbol, bool> seen)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        if (!type.GetAttributes().Any(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, mark)) || StateKeeper.Of(type) is not { } keepers)
            return;
        string pipeline = StateKeeper.NameOf(type);
        PlanPlaces? places = null;
        List<StateBlock> gone = [.. baselines.Living(pipeline).Where(block => !keepers.Any(keeper => keeper.Block.Name == block.Name))];
        foreach (StateKeeper keeper in keepers)
        {
            CheckIds(context, keeper, seen);
            foreach (StateFinding finding in StateComparison.Of(keeper, keepers, baselines, gone))
            {
                places ??= PipelineParser.Parse(type, context.Compilation, context.CancellationToken).Places;
                Report(context, places.Find(keeper.Node, "name"), keeper, keeper.Block, finding);
            }
        }

        foreach (StateBlock block in gone)
            Report(context, type.Locations[0], null, block, new StateFinding(StateBaselineDiagnostics.Gone) { Notes = [block with { IsRetired = true }] });
    }

    private static void CheckIds(SymbolAnalysisContext context, StateKeeper keeper, ConcurrentDictionary<INamedTypeSymbol, bool> seen)
    {
        foreach (INamedTypeSymbol record in keeper.Processor is { } processor ? StoredRecords.Of(processor) : [])
        {
            string[] fields = [.. StoredRecords.WithoutId(record).Select(field => $"'{field.Name}'")];
            if (fields.Length > 0 && seen.TryAdd(record, true))
            {
                string have = string.Join(" and ", fields) + (fields.Length == 1 ? " has" : " have");
                context.ReportDiagnostic(Diagnostic.Create(StateBaselineDiagnostics.WithoutIds, record.Locations[0], record.Name, keeper.Block.Name, have));
            }
        }
    }

    private static void Report(SymbolAnalysisContext context, Location place, StateKeeper? keeper, StateBlock block, StateFinding finding)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty;
        if (finding.Notes.Count > 0)
            properties = properties.Add(BlockKey, string.Join("\n\n", finding.Notes));
        if (finding.Rule == StateBaselineDiagnostics.NotNamed)
            properties = properties.Add(SuggestedKey, finding.Arguments[0]);
        if (finding.Migrates is var (variable, stored) && keeper?.Processor is { } processor)
            properties = properties.Add(ProcessorKey, StateKeeper.NameOf(processor)).Add(VariableKey, variable).Add(StoredKey, stored);
        context.ReportDiagnostic(Diagnostic.Create(finding.Rule, place, properties, [block.Pipeline, block.Name, .. finding.Arguments]));
    }
}
