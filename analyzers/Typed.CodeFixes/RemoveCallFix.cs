using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Takes an operator out of a query that says nothing there: a second watermark, a second name or one of nothing, a sort below an aggregation.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveCallFix))]
[Shared]
public sealed class RemoveCallFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED1005", "TYPED2013", "TYPED2021", "TYPED2022"];

    private protected override Task OfferAsync(FixPlace place)
    {
        if (PlanSyntax.CallAt(place.Root, place.Diagnostic) is { } call && PlanSyntax.ReceiverOf(call) is { } receiver && Keeps(call))
            place.Offer($"Remove '{PlanSyntax.NameOf(call)}'", call, receiver.WithTrailingTrivia(call.GetTrailingTrivia()));
        return Task.CompletedTask;
    }

    // What follows OrderBy may be called on a sorted stream only.
    private static bool Keeps(InvocationExpressionSyntax call) =>
        call.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ThenBy" or "ThenByDescending" };
}
