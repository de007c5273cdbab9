namespace Typed.Plan;

/// <summary>
/// A row of an outer join that may be missing, while the parser has not yet seen what is asked of it: its null, or its columns
/// after a test. It never leaves the parser.
/// </summary>
internal sealed record MissingRow(RowExpr Row, RowSpec Columns) : ExprSpec(Row.Type)
{
    /// <summary>The row, known to be there.</summary>
    public NewRowExpr Present() => (NewRowExpr)RowShape.Value(Row.Input, Columns);

    /// <summary>The row as <c>.Value</c> gives it: a value of it that is taken while the row is missing throws.</summary>
    public NewRowExpr PresentOrThrow() => (NewRowExpr)Present().Replace(part => part is ColumnExpr column ? Taken(column) : null);

    private static ExprSpec Taken(ColumnExpr column) => column.Type is { Nullable: false, IsValueType: true }
        ? new MemberExpr(column.Type, column with { Type = column.Type.AsNullable() }, "Value")
        : column;
}
