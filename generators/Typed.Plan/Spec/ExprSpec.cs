namespace Typed.Plan;

/// <summary>
/// An expression over the columns of one row (or of a pair of rows, in a join): the contract between the parser, which
/// reads C# operations, and the emitter, which writes C#. Equatable, free of symbols.
/// </summary>
/// <param name="Type">The type of the value.</param>
internal abstract record ExprSpec(TypeSpec Type);

/// <summary>A column of the input row. In a join, input 0 is the stream and input 1 the table.</summary>
internal sealed record ColumnExpr(TypeSpec Type, int Input, int Ordinal, string Name) : ExprSpec(Type);

/// <summary>
/// The row of an outer join's nullable side, under an <see cref="IsNullExpr"/>: whether the row found no match. Everywhere else a row is
/// written as a <see cref="NewRowExpr"/> of its columns, so that what is read of it can be seen.
/// </summary>
internal sealed record RowExpr(TypeSpec Type, int Input) : ExprSpec(Type);

/// <summary>
/// A member of a value: a nested field, a property of a string, a list, a date, a window; <c>Value</c> of a nullable, which throws
/// where it is null. A static member has no target and its full C# name.
/// </summary>
internal sealed record MemberExpr(TypeSpec Type, ExprSpec Target, string Name) : ExprSpec(Type);

/// <summary>A static readonly field or property of .NET or of the user's own, by its full C# name.</summary>
internal sealed record StaticExpr(TypeSpec Type, string Name) : ExprSpec(Type)
{
    /// <summary>Whether it is a value of the user's, which may be another one when the query starts the next time.</summary>
    public bool IsUsers { get; init; }
}

/// <summary>The value of a nullable that an enclosing test has shown not to be null.</summary>
internal sealed record UnwrapExpr(TypeSpec Type, ExprSpec Operand) : ExprSpec(Type);

/// <summary>An end without a value: a <c>switch</c> expression in which no arm fits throws as C# does.</summary>
internal sealed record NoMatchExpr(TypeSpec Type) : ExprSpec(Type);

/// <summary>A constant, as a C# literal that stands by itself: <c>10L</c>, <c>"text"</c>, <c>null</c>, <c>1.5m</c>.</summary>
internal sealed record ConstantExpr(TypeSpec Type, string Literal) : ExprSpec(Type)
{
    /// <summary>The text of a string constant.</summary>
    public string? Text { get; init; }
}

/// <summary>A property of the pipeline, read once at start.</summary>
internal sealed record ParameterExpr(TypeSpec Type, string Name) : ExprSpec(Type);

/// <summary>The batch clock: Now, Today or Id.</summary>
internal sealed record BatchExpr(TypeSpec Type, string Member) : ExprSpec(Type);

/// <summary>Operators of one operand: <c>-</c>, <c>+</c>, <c>!</c>, <c>~</c>.</summary>
internal sealed record UnaryExpr(TypeSpec Type, string Operator, ExprSpec Operand, bool Checked) : ExprSpec(Type);

/// <summary>
/// Operators of two operands with C#'s meaning, lifted over null where an operand is nullable: arithmetic, comparison,
/// <c>&amp;&amp; || &amp; | ^ &lt;&lt; &gt;&gt; &gt;&gt;&gt; == !=</c>, and <c>+</c> of strings.
/// </summary>
internal sealed record BinaryExpr(TypeSpec Type, string Operator, ExprSpec Left, ExprSpec Right, bool Checked) : ExprSpec(Type);

/// <summary>A conversion to <see cref="ExprSpec.Type"/>.</summary>
internal sealed record ConvertExpr(TypeSpec Type, ExprSpec Operand, bool Checked) : ExprSpec(Type);

/// <summary><c>condition ? then : otherwise</c>; also what switch expressions become.</summary>
internal sealed record ConditionalExpr(TypeSpec Type, ExprSpec Condition, ExprSpec Then, ExprSpec Otherwise) : ExprSpec(Type);

/// <summary><c>value ?? otherwise</c>.</summary>
internal sealed record CoalesceExpr(TypeSpec Type, ExprSpec Value, ExprSpec Otherwise) : ExprSpec(Type);

/// <summary><c>value is null</c>.</summary>
internal sealed record IsNullExpr(TypeSpec Type, ExprSpec Value) : ExprSpec(Type);

/// <summary>Names a value that is used more than once: <c>switch</c> subjects, <c>?.</c> receivers, pattern variables.</summary>
internal sealed record LetExpr(TypeSpec Type, int Id, ExprSpec Value, ExprSpec Body) : ExprSpec(Type)
{
    /// <summary>The same with the value wherever it is named: for rules, that look at what is computed and not at how often.</summary>
    public ExprSpec Inlined() => Body.Replace(part => part is LocalExpr local && local.Id == Id ? Value : null);
}

/// <summary>The value that an enclosing <see cref="LetExpr"/>, or a lambda of <see cref="AnyAllExpr"/>, has named.</summary>
internal sealed record LocalExpr(TypeSpec Type, int Id) : ExprSpec(Type);

/// <summary>A row under construction: an anonymous object, a tuple, a record constructor, a <c>with</c>. One value for each member of the type.</summary>
internal sealed record NewRowExpr(TypeSpec Type, EquatableArray<ExprSpec> Values) : ExprSpec(Type);

/// <summary>
/// A call of a known method by its full C# name (<c>string.StartsWith</c>, <c>global::System.Math.Round</c> …): the receiver,
/// if any, is the first argument. The emitter's table of intrinsics says what becomes of it.
/// </summary>
internal sealed record CallExpr(TypeSpec Type, string Method, EquatableArray<ExprSpec> Arguments) : ExprSpec(Type)
{
    /// <summary>Whether it is a method of the user's own, called for each row with .NET values (row tier).</summary>
    public bool IsUserMethod { get; init; }

    /// <summary>Whether the first argument is the receiver of an instance method.</summary>
    public bool IsInstance { get; init; }
}

/// <summary>An element of a list by a number, the value of a map by a string, a char of a string by a number.</summary>
internal sealed record ElementExpr(TypeSpec Type, ExprSpec Target, ExprSpec Index) : ExprSpec(Type);

/// <summary><c>list.Any(x => …)</c> or <c>list.All(x => …)</c>; the element is the local <see cref="Id"/>.</summary>
internal sealed record AnyAllExpr(TypeSpec Type, bool All, ExprSpec List, int Id, ExprSpec Predicate) : ExprSpec(Type);

/// <summary>Equality of join keys that matches null with null.</summary>
internal sealed record NullSafeEqualExpr(TypeSpec Type, ExprSpec Left, ExprSpec Right) : ExprSpec(Type);
