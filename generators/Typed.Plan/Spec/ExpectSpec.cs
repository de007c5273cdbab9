namespace Typed.Plan;

/// <summary>Expectations over the same rows; a row of a quarantine has the columns of <see cref="NodeSpec.Row"/>.</summary>
internal sealed record ExpectNode(int Id, RowSpec Row, NodeSpec Input, EquatableArray<ExpectationSpec> Expectations) : UnaryNode(Id, Row, Input);

/// <summary>One expectation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Holds">A boolean; null counts as a violation.</param>
/// <param name="OnViolation">The member of the enum OnViolation.</param>
/// <param name="Node">The call it was written in, for findings.</param>
/// <param name="Place">The place of its name there.</param>
internal sealed record ExpectationSpec(string Name, ExprSpec Holds, string OnViolation, int Node, string Place)
{
    /// <summary>Whether the whole row has to be there: for the quarantine, or for the message.</summary>
    public bool NeedsRow => OnViolation is "Quarantine" or "Fail";
}

/// <summary>Expectations over boolean columns.</summary>
internal sealed record ExpectOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs) : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "expect";

    public required EquatableArray<ExpectedColumnSpec> Expectations { get; init; }

    /// <summary>The columns of the input that are passed on.</summary>
    public required EquatableArray<int> Columns { get; init; }

    /// <summary>The row as the expectations see it, and the columns of the input that are it; both empty where none needs it.</summary>
    public required RowSpec ExpectedRow { get; init; }

    public required EquatableArray<int> RowColumns { get; init; }

    /// <summary>As <see cref="StageOp.TracksOrigin"/>.</summary>
    public bool TracksOrigin { get; init; }
}

/// <summary>An expectation over a boolean column of the input.</summary>
internal sealed record ExpectedColumnSpec(string Name, int Column, ExprSpec Holds, string OnViolation);
