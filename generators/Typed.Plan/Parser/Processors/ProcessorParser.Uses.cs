using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.Plan;

/// <content>What the methods of a processor ask of the context: what cannot work in its time mode, and whether anything ever lets state go.</content>
internal sealed partial class ProcessorParser
{
    private EquatableArray<string> ReadUses(ProcessorTraits traits)
    {
        SortedSet<string> uses = new(StringComparer.Ordinal);
        foreach (SyntaxReference part in _processor.DeclaringSyntaxReferences)
        {
            SyntaxNode syntax = part.GetSyntax(_cancellation);
            SemanticModel? model = null;
            foreach (SyntaxNode node in syntax.DescendantNodes())
            {
                if (node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }, Right: LiteralExpressionSyntax value }
                    && value.Kind() is SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression)
                {
                    uses.Add("Clear");
                    continue;
                }

                if (Name(node) is not { } name || !IsAsked(name.Identifier.Text))
                    continue;
                model ??= _compilation.GetSemanticModel(syntax.SyntaxTree);
                if (model.GetSymbolInfo(name, _cancellation).Symbol is not { ContainingType: { } owner } || !TypeReader.IsTyped(owner))
                    continue;
                uses.Add(name.Identifier.Text);
                if (owner.Name is "Context" or "GroupContext")
                    CheckUse(traits, name);
            }
        }

        if (OverridesOnTimer() is { } handler && traits.Time == ProcessorTime.None)
            Report(ProcessorDiagnostics.TimersWithoutTime, handler, _processor.Name, "OnTimer");
        return uses.ToEquatable();
    }

    private void CheckUse(ProcessorTraits traits, SimpleNameSyntax name)
    {
        string asked = name.Identifier.Text;
        switch (asked)
        {
            case "TimerAt" or "DeleteTimer" or "Timers" when traits.Time == ProcessorTime.None:
                Report(ProcessorDiagnostics.TimersWithoutTime, name.GetLocation(), _processor.Name, asked);
                break;
            case "TimeoutAfter" when traits.Time != ProcessorTime.ProcessingTime:
                Report(ProcessorDiagnostics.TimeoutOfOtherMode, name.GetLocation(), asked, _processor.Name, Mode(traits.Time));
                break;
            case "TimeoutAt" when traits.Time != ProcessorTime.EventTime:
                Report(ProcessorDiagnostics.TimeoutOfOtherMode, name.GetLocation(), asked, _processor.Name, Mode(traits.Time));
                break;
        }
    }

    // Only what grows with the number of keys, and cannot be seen to end anywhere.
    private void CheckGrowth(ProcessorTraits traits)
    {
        bool ends = traits.Expires || traits.Uses.Any(use => use is "Clear" or "Remove" or "TimerAt" or "TimeoutAfter" or "TimeoutAt");
        bool grows = traits.HasState && !ends;
        if (PipelineParser.UnboundedMark(_processor) is not { } mark)
        {
            if (grows)
                Report(ProcessorDiagnostics.KeptForEver, _processor, _processor.Name);
            return;
        }

        Location place = mark.ApplicationSyntaxReference?.GetSyntax(_cancellation).GetLocation() ?? _processor.Locations[0];
        if (string.IsNullOrWhiteSpace(PipelineParser.ReasonOf(mark)))
            Report(StateDiagnostics.NoReason, place);
        else if (!grows)
            Report(StateDiagnostics.NothingUnbounded, place, _processor.Name);
    }

    private ISymbol? OverridesOnTimer() => _processor.GetMembers("OnTimer").FirstOrDefault(member => member is IMethodSymbol { IsOverride: true });

    private static SimpleNameSyntax? Name(SyntaxNode node) => node switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => null,
    };

    private static bool IsAsked(string name) =>
        name is "TimerAt" or "DeleteTimer" or "Timers" or "TimeoutAfter" or "TimeoutAt" or "Watermark" or "Clear" or "Remove";

    private static string Mode(ProcessorTime time) => time == ProcessorTime.None ? "no time-outs" : time == ProcessorTime.EventTime ? "time-outs by the event time" : "time-outs by the clock";
}
