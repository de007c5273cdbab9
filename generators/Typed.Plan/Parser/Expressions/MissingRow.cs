namespace Typed.Plan;

/// <summary>
/// A row of an outer join that may be missing, while the parser has not yet seen what is asked of it: its null, or its columns
/// after a test. It never leaves the parser.
/// </summary>
internal sealed record MissingRow(RowExpr Row, RowSpec Columns) : ExprSpec(Row.Type)
{
    /// <summary>The row, known to be there.</summary>
    public NewRowExpr Present() => new(
        Row.Type.AsNullable(false),
        Columns.Columns.Select((column, ordinal) => (ExprSpec)new ColumnExpr(column.Type, Row.Input, ordinal, column.Name)).ToEquatable());

    /// <summary>The row as <c>.Value</c> gives it: a value of it that is taken while the row is missing throws.</summary>
    public NewRowExpr PresentOrThrow() => new(
        Row.Type.AsNullable(false),
        Columns.Columns.Select((column, ordinal) => Taken(column, new ColumnExpr(column.Type, Row.Input, ordinal, column.Name))).ToEquatable());

    private static ExprSpec Taken(ColumnSpec column, ColumnExpr value) => column.Type is { Nullable: false, IsValueType: true }
        ? new MemberExpr(column.Type, value with { Type = column.Type.AsNullable() }, "Value")
        : value;
}
