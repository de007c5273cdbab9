namespace Typed.Plan;

/// <summary>Walks and rebuilds expressions: moves them over other rows, and takes apart what was put together before.</summary>
internal static class ExprTree
{
    /// <summary>The direct operands, left to right.</summary>
    public static IEnumerable<ExprSpec> Operands(this ExprSpec expr) => expr switch
    {
        MemberExpr member => [member.Target],
        UnwrapExpr unwrap => [unwrap.Operand],
        UnaryExpr unary => [unary.Operand],
        BinaryExpr binary => [binary.Left, binary.Right],
        ConvertExpr convert => [convert.Operand],
        ConditionalExpr conditional => [conditional.Condition, conditional.Then, conditional.Otherwise],
        CoalesceExpr coalesce => [coalesce.Value, coalesce.Otherwise],
        IsNullExpr isNull => [isNull.Value],
        LetExpr let => [let.Value, let.Body],
        NewRowExpr row => row.Values,
        CallExpr call => call.Arguments,
        ElementExpr element => [element.Target, element.Index],
        AnyAllExpr anyAll => [anyAll.List, anyAll.Predicate],
        NullSafeEqualExpr equal => [equal.Left, equal.Right],
        _ => [],
    };

    /// <summary>The same expression over other operands.</summary>
    public static ExprSpec WithOperands(this ExprSpec expr, Func<ExprSpec, ExprSpec> map) => expr switch
    {
        MemberExpr member => member with { Target = map(member.Target) },
        UnwrapExpr unwrap => unwrap with { Operand = map(unwrap.Operand) },
        UnaryExpr unary => unary with { Operand = map(unary.Operand) },
        BinaryExpr binary => binary with { Left = map(binary.Left), Right = map(binary.Right) },
        ConvertExpr convert => convert with { Operand = map(convert.Operand) },
        ConditionalExpr conditional => conditional with
        {
            Condition = map(conditional.Condition),
            Then = map(conditional.Then),
            Otherwise = map(conditional.Otherwise),
        },
        CoalesceExpr coalesce => coalesce with { Value = map(coalesce.Value), Otherwise = map(coalesce.Otherwise) },
        IsNullExpr isNull => isNull with { Value = map(isNull.Value) },
        LetExpr let => let with { Value = map(let.Value), Body = map(let.Body) },
        NewRowExpr row => row with { Values = row.Values.Select(map).ToEquatable() },
        CallExpr call => call with { Arguments = call.Arguments.Select(map).ToEquatable() },
        ElementExpr element => element with { Target = map(element.Target), Index = map(element.Index) },
        AnyAllExpr anyAll => anyAll with { List = map(anyAll.List), Predicate = map(anyAll.Predicate) },
        NullSafeEqualExpr equal => equal with { Left = map(equal.Left), Right = map(equal.Right) },
        _ => expr,
    };

    /// <summary>The expression and all inside it, from outside in.</summary>
    public static IEnumerable<ExprSpec> Nodes(this ExprSpec expr)
    {
        yield return expr;
        foreach (ExprSpec operand in expr.Operands())
        {
            foreach (ExprSpec node in operand.Nodes())
                yield return node;
        }
    }

    /// <summary>
    /// Replaces what <paramref name="replace"/> gives something for, from outside in; what it gave is not searched again.
    /// </summary>
    public static ExprSpec Replace(this ExprSpec expr, Func<ExprSpec, ExprSpec?> replace) =>
        replace(expr) ?? expr.WithOperands(operand => operand.Replace(replace));

    /// <summary>The columns of one input that are read.</summary>
    public static IEnumerable<ColumnExpr> Columns(this ExprSpec expr, int input = 0) =>
        expr.Nodes().OfType<ColumnExpr>().Where(column => column.Input == input);

    /// <summary>Whether anything of an input is read.</summary>
    public static bool Reads(this ExprSpec expr, int input) =>
        expr.Nodes().Any(node => node is ColumnExpr column ? column.Input == input : node is RowExpr row && row.Input == input);

    /// <summary>
    /// The expression over the inputs of the values: each column of <paramref name="input"/> becomes its value, a whole row
    /// becomes the row made of all values.
    /// </summary>
    public static ExprSpec Substitute(this ExprSpec expr, int input, IReadOnlyList<ExprSpec> values) => expr
        .Replace(node => node switch
        {
            ColumnExpr column when column.Input == input => As(values[column.Ordinal], column.Type),
            RowExpr row when row.Input == input => RowOf(row.Type, values),
            _ => null,
        })
        .Simplify();

    /// <summary>The expression with the columns of one input renumbered, or moved to another input.</summary>
    public static ExprSpec MoveColumns(this ExprSpec expr, int input, Func<ColumnExpr, ColumnExpr> move) => expr
        .Replace(node => node is ColumnExpr column && column.Input == input ? move(column) : null);

    /// <summary>The expression with rows of an input spelled out column by column, so that columns are all it reads.</summary>
    public static ExprSpec SpellRows(this ExprSpec expr, int input, RowSpec row) => expr
        .Replace(node => node is RowExpr whole && whole.Input == input
            ? RowOf(whole.Type, [.. row.Columns.Select((column, i) => new ColumnExpr(column.Type, input, i, column.Name))])
            : null)
        .Simplify();

    /// <summary>
    /// Takes apart what was put together before: a member of a row under construction is the value it was constructed from, and a
    /// name for a row is the row.
    /// </summary>
    public static ExprSpec Simplify(this ExprSpec expr)
    {
        ExprSpec simple = expr.WithOperands(Simplify);
        switch (simple)
        {
            case MemberExpr { Target: NewRowExpr row } member when IndexOf(row.Type, member.Name) is >= 0 and int index:
                return row.Values[index];

            // A row that is known to be there: its Value is itself, and it is not null.
            case MemberExpr { Target: NewRowExpr row, Name: "Value" }:
                return row;
            case UnwrapExpr { Operand: { Type.Nullable: false } known }:
                return known;
            case IsNullExpr { Value: NewRowExpr }:
                return new ConstantExpr(simple.Type, "false");
            case ConvertExpr { Operand: NewRowExpr row } convert when convert.Type.CSharp == row.Type.CSharp:
                return row with { Type = convert.Type };
            case LetExpr let when let.Value is NewRowExpr or RowExpr or LocalExpr || let.Value is ColumnExpr { Type.Members.Count: > 0 }:
                return let.Body.Replace(node => node is LocalExpr local && local.Id == let.Id ? let.Value : null).Simplify();
            case ConditionalExpr { Condition: ConstantExpr { Literal: "false" } } conditional:
                return conditional.Otherwise;
            case ConditionalExpr { Condition: ConstantExpr { Literal: "true" } } conditional:
                return conditional.Then;
            case UnaryExpr { Operator: "!", Operand: ConstantExpr { Literal: "true" or "false" } constant }:
                return constant with { Literal = constant.Literal == "true" ? "false" : "true" };
            default:
                return simple;
        }
    }

    /// <summary>
    /// Gives every name of a value a number of its own within the expressions, so that they can stand in one method; names of equal
    /// values get the same one, so that a value which several columns share is computed once.
    /// </summary>
    public static IReadOnlyList<ExprSpec> Renumber(IEnumerable<ExprSpec> expressions)
    {
        Numbers numbers = new();
        return [.. expressions.Select(expr => Renumber(expr, ImmutableNames.Empty, numbers))];
    }

    /// <summary>The parts of a conjunction, in the order in which C# looks at them.</summary>
    public static IEnumerable<ExprSpec> Conjuncts(this ExprSpec predicate) => predicate switch
    {
        BinaryExpr { Operator: "&&" or "&", Type.Nullable: false } both when both.Type.Is(Schema.FieldKind.Boolean) =>
            both.Left.Conjuncts().Concat(both.Right.Conjuncts()),
        _ => [predicate],
    };

    private static ExprSpec Renumber(ExprSpec expr, ImmutableNames names, Numbers numbers)
    {
        switch (expr)
        {
            case LocalExpr local:
                return names.Find(local.Id) is { } number ? local with { Id = number } : local;
            case LetExpr let:
            {
                ExprSpec value = Renumber(let.Value, names, numbers);
                int id = numbers.Of(value);
                return let with { Id = id, Value = value, Body = Renumber(let.Body, names.Add(let.Id, id), numbers) };
            }

            case AnyAllExpr anyAll:
            {
                ExprSpec list = Renumber(anyAll.List, names, numbers);
                int id = numbers.New();
                return anyAll with { Id = id, List = list, Predicate = Renumber(anyAll.Predicate, names.Add(anyAll.Id, id), numbers) };
            }

            default:
                return expr.WithOperands(operand => Renumber(operand, names, numbers));
        }
    }

    /// <summary>The value as a reader of a column sees it: a column may be wider in its type than what was put into it.</summary>
    private static ExprSpec As(ExprSpec value, TypeSpec type) =>
        value.Type == type || value is NewRowExpr || type.Value != ValueKind.Field ? value
        : value is ColumnExpr column && column.Type.AsNullable() == type.AsNullable() ? column with { Type = type }
        : value.Type.Nullable && value.Type.AsNullable(false) == type ? new UnwrapExpr(type, value)
        : new ConvertExpr(type, value, false);

    private static ExprSpec RowOf(TypeSpec type, IReadOnlyList<ExprSpec> values) =>
        type.Value == ValueKind.Field && type.Field is not (Schema.FieldKind.Record or Schema.FieldKind.Window)
            ? values[0]
            : new NewRowExpr(type, values.ToEquatable());

    private static int IndexOf(TypeSpec row, string name)
    {
        for (int i = 0; i < row.Members.Count; i++)
        {
            if (row.Members[i].Name == name)
                return i;
        }

        return -1;
    }

    private sealed record ImmutableNames(int Old, int New, ImmutableNames? Outer)
    {
        public static readonly ImmutableNames Empty = new(-1, -1, null);

        public ImmutableNames Add(int old, int @new) => new(old, @new, this);

        public int? Find(int old) => Outer is null ? null : Old == old ? New : Outer.Find(old);
    }

    private sealed class Numbers
    {
        private readonly Dictionary<ExprSpec, int> _byValue = [];
        private int _next;

        public int New() => _next++;

        public int Of(ExprSpec value)
        {
            if (!_byValue.TryGetValue(value, out int number))
                _byValue[value] = number = New();
            return number;
        }
    }
}
