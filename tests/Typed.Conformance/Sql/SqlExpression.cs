namespace Typed.Conformance.Sql;

/// <summary>A parsed expression of the cases' language.</summary>
internal abstract record SqlExpression;

/// <summary>A literal: long, double, string, bool or null.</summary>
internal sealed record SqlLiteral(object? Value) : SqlExpression;

/// <summary>A column, dotted into structs or qualified by the side of a join.</summary>
internal sealed record SqlName(string Name) : SqlExpression;

internal sealed record SqlUnary(string Operator, SqlExpression Operand) : SqlExpression;

internal sealed record SqlBinary(string Operator, SqlExpression Left, SqlExpression Right) : SqlExpression;

internal sealed record SqlIsNull(SqlExpression Operand, bool Negated) : SqlExpression;

internal sealed record SqlIn(SqlExpression Operand, IReadOnlyList<SqlExpression> Items) : SqlExpression;

internal sealed record SqlCall(string Function, IReadOnlyList<SqlExpression> Arguments) : SqlExpression;

internal sealed record SqlCase(IReadOnlyList<(SqlExpression When, SqlExpression Then)> Branches, SqlExpression Otherwise) : SqlExpression;

internal sealed record SqlCast(SqlExpression Operand, string Type) : SqlExpression;
