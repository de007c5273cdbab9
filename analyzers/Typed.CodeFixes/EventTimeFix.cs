using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Says over which time windows are cut: marks the time of the record, or names one of several where the windows are.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EventTimeFix))]
[Shared]
public sealed class EventTimeFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED1017"];

    private protected override async Task OfferAsync(FixPlace place)
    {
        if (PlanSyntax.CallAt(place.Root, place.Diagnostic) is not { } call || PlanSyntax.ReceiverOf(call) is not { } stream
            || await place.ModelAsync().ConfigureAwait(false) is not { } model || PlanSyntax.RowsOf(model.GetTypeInfo(stream).Type) is not { } rows)
        {
            return;
        }

        IPropertySymbol[] times = [.. PlanSyntax.TimesOf(rows)];
        if (times.Length == 1 && await FieldOfAsync(place.Solution, times[0], place.Cancellation).ConfigureAwait(false) is { } field)
            place.Offer($"Mark '{times[0].Name}' of '{rows.Name}' as the event time", cancellation => MarkAsync(field.Document, field.Field, cancellation), "mark");
        string row = PlanSyntax.RowNameOf(call);
        foreach (string time in times.Select(time => time.Name))
            place.Offer($"Cut the windows over '{time}'", call, call.AddArgumentListArguments(PlanSyntax.Argument("on", $"{row} => {row}.{time}")), time);
    }

    private static async Task<(Document Document, ParameterSyntax Field)?> FieldOfAsync(Solution solution, IPropertySymbol time, CancellationToken cancellation)
    {
        if (time.DeclaringSyntaxReferences.FirstOrDefault() is not { } reference || solution.GetDocument(reference.SyntaxTree) is not { } document)
            return null;
        return await reference.GetSyntaxAsync(cancellation).ConfigureAwait(false) is ParameterSyntax field ? (document, field) : null;
    }

    private static async Task<Document> MarkAsync(Document document, ParameterSyntax field, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        return document.WithSyntaxRoot(root.ReplaceNode(field, PlanSyntax.Marked(field, "EventTime")));
    }
}
