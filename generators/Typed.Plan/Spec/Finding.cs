namespace Typed.Plan;

/// <summary>What a rule or the parser found: the id of a diagnostic, where, and the arguments of its message.</summary>
/// <param name="DiagnosticId">The id, as in TYPED1001.</param>
/// <param name="Node">The node of the plan, or −1.</param>
/// <param name="Place">A name for a smaller place inside the node: which argument, which key.</param>
/// <param name="Arguments">What the message says.</param>
internal sealed record Finding(string DiagnosticId, int Node, string Place, EquatableArray<string> Arguments);
