using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Declares the watermark that an operator waits for, over the event time of its rows; one that is declared behind the operator moves before it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WatermarkFix))]
[Shared]
public sealed class WatermarkFix : PlanFix
{
    private const string Declare = "WithWatermark";
    private const string DeclaredBehind = "TYPED1003";
    private const string OfJoin = "TYPED2068";

    // What most sources keep; whoever knows better writes it.
    private const string Delay = "\"10 minutes\"";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED1001", DeclaredBehind, "TYPED1018", "TYPED2051", "TYPED2053", OfJoin, "TYPED2088", "TYPED2089", "TYPED2093"];

    private protected override async Task OfferAsync(FixPlace place)
    {
        if (PlanSyntax.CallAt(place.Root, place.Diagnostic) is not { } call || await place.ModelAsync().ConfigureAwait(false) is not { } model)
            return;
        Change? change = place.Diagnostic.Id switch
        {
            DeclaredBehind => Moved(model, call),
            OfJoin => OnASide(model, call),
            _ => Added(model, call),
        };
        if (change is { } found)
            place.Offer(found.Title, found.Before, found.After, Declare);
    }

    private static Change? Added(SemanticModel model, InvocationExpressionSyntax operation)
    {
        if (OnStream(model, operation) is not { } call || IsDeclared(PlanSyntax.ReceiverOf(call)) || PlanSyntax.TimeOf(model, PlanSyntax.ReceiverOf(call)) is not { } time)
            return null;
        string row = PlanSyntax.RowNameOf(call);
        return new Change($"Declare a watermark over '{time}' before '{PlanSyntax.NameOf(call)}'", call, PlanSyntax.Before(call, $"{Declare}({row} => {row}.{time}, {Delay})"));
    }

    private static Change? Moved(SemanticModel model, InvocationExpressionSyntax declared)
    {
        for (ExpressionSyntax? below = PlanSyntax.ReceiverOf(declared); below is InvocationExpressionSyntax call; below = PlanSyntax.ReceiverOf(call))
        {
            if (PlanSyntax.NameOf(call) is not ("GroupBy" or "Aggregate") || PlanSyntax.TimeOf(model, PlanSyntax.ReceiverOf(call)) is not { } time)
                continue;
            string row = PlanSyntax.RowNameOf(call);
            SeparatedSyntaxList<ArgumentSyntax> others = declared.ArgumentList.Arguments.RemoveAt(0);
            ExpressionSyntax moved = PlanSyntax.ReceiverOf(declared)!.ReplaceNode(call, PlanSyntax.Before(call, $"{Declare}({row} => {row}.{time}, {others})"));
            return new Change($"Declare the watermark before '{PlanSyntax.NameOf(call)}', over '{time}'", declared, moved.WithTrailingTrivia(declared.GetTrailingTrivia()));
        }

        return null;
    }

    private static Change? OnASide(SemanticModel model, InvocationExpressionSyntax join)
    {
        bool isRight = PlanSyntax.NameOf(join) == "RightJoin" || IsDeclared(PlanSyntax.ReceiverOf(join));
        if (!isRight)
            return Added(model, join);
        ExpressionSyntax right = join.ArgumentList.Arguments[0].Expression;
        return IsDeclared(right) || PlanSyntax.TimeOf(model, right) is not { } time
            ? null
            : new Change($"Declare a watermark over '{time}' of '{right}'", right, SyntaxFactory.ParseExpression($"{right.WithoutTrivia()}.{Declare}(x => x.{time}, {Delay})").WithTriviaFrom(right));
    }

    // Groups have no watermark of their own: what they are made of has.
    private static InvocationExpressionSyntax? OnStream(SemanticModel model, InvocationExpressionSyntax? call)
    {
        while (call is not null && PlanSyntax.ReceiverOf(call) is { } receiver)
        {
            if (PlanSyntax.RowsOf(model.GetTypeInfo(receiver).Type) is not null)
                return call;
            call = receiver as InvocationExpressionSyntax;
        }

        return null;
    }

    private static bool IsDeclared(ExpressionSyntax? stream)
    {
        for (; stream is InvocationExpressionSyntax call; stream = PlanSyntax.ReceiverOf(call))
        {
            if (PlanSyntax.NameOf(call) == Declare)
                return true;
        }

        return false;
    }

    private readonly record struct Change(string Title, SyntaxNode Before, SyntaxNode After);
}
