using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>The names of operators with state: <c>….Select(g => …).Named("orders-by-user")</c>, and of groups also <c>….GroupBy(…).Named("orders-by-user").Select(g => …)</c>.</summary>
internal sealed partial class PipelineParser
{
    /// <summary>The place in a node of the word <c>Named</c>; the name itself is at the place "name".</summary>
    public const string NamedPlace = "named";

    private NodeSpec? Named(IInvocationOperation call, PlanScope scope)
    {
        bool good = TryConstant(Argument(call, "name")!, "The name of an operator", scope, out string name);
        if (Follow(call.Instance!, ref scope, untilHelper: true) is not { } source || Stream(source, scope) is not { } input || !good)
            return null;
        IInvocationOperation? named = source is IInvocationOperation invocation && !IsStreamHelper(invocation) ? invocation : null;
        NodeSpec? keeper = named is null ? null : Keeper(named, input);
        if (keeper is null)
        {
            string what = named is not null ? $"'{named.TargetMethod.Name}'"
                : source is IInvocationOperation helper ? $"the helper '{helper.TargetMethod.Name}'"
                : $"'{Shorten(source.Syntax.ToString())}'";
            Report(StateDiagnostics.NameWithoutState, OperatorPlace(call), what);
            return null;
        }

        if (keeper.GivenName is { } first)
        {
            ReportBoth(StateDiagnostics.SecondName, ArgumentPlace(Argument(call, "name")!), _places.Find(keeper.Id, "name"), name, first);
            return null;
        }

        _places.Add(keeper.Id, NamedPlace, OperatorPlace(call));
        PlaceArgument(keeper.Id, call, "name");
        keeper = keeper with { GivenName = name };
        return input is ProjectNode project ? project with { Input = keeper } : keeper;
    }

    /// <summary>The name that is given to groups before rows are made of them; null, reported, if it cannot be read or there is one already.</summary>
    private GroupName? ReadName(IInvocationOperation naming, PlanScope scope, GroupName? second)
    {
        IOperation argument = Argument(naming, "name")!;
        if (!TryConstant(argument, "The name of an operator", scope, out string text))
            return null;
        if (second is null)
            return new GroupName(text, ArgumentPlace(argument), OperatorPlace(naming));
        ReportBoth(StateDiagnostics.SecondName, second.At, ArgumentPlace(argument), second.Text, text);
        return null;
    }

    /// <summary>The name of groups.</summary>
    /// <param name="Text">The name.</param>
    /// <param name="At">Where it stands.</param>
    /// <param name="Word">Where the word Named stands.</param>
    private sealed record GroupName(string Text, Location At, Location Word);

    /// <summary>The node of a call that keeps its state: that of an aggregation is below what its selector makes of the groups.</summary>
    private static NodeSpec? Keeper(IInvocationOperation call, NodeSpec node) => node switch
    {
        ProjectNode { Input: AggregateNode aggregate } when call.TargetMethod.Name == "Aggregate" || LanguageTypeName(call.TargetMethod.ContainingType) is "GroupedStream" or "WindowedStream" => aggregate,
        ProjectNode { Input.GivenName: not null } project when call.TargetMethod.Name == "Named" => project.Input,
        DistinctNode or TopNode or StreamJoinNode or LimitNode or ProcessNode => node,
        _ => null,
    };
}
