using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// Rows as columns. Inside anonymous objects and tuples the members of a nested row become columns of their own, named with a dot, as
/// in <c>Key.Platform</c>: so they can be read, pruned and followed like any other, and keep their marks. A nested record that comes whole
/// out of a column stays one. A row that is a window is one column, <c>value</c>, so that it keeps its watermark.
/// </summary>
internal static class RowShape
{
    /// <summary>The columns and their values for a row that a lambda makes.</summary>
    /// <param name="value">The row.</param>
    /// <param name="declared">What the row's C# type says, with its event-time marks; null for an anonymous object or a tuple.</param>
    /// <param name="input">The rows the lambda reads, by input, whose event-time marks pass on.</param>
    /// <param name="values">One value for each column.</param>
    /// <param name="problem">Why there are no columns, if the result is null.</param>
    public static RowSpec? Of(ExprSpec value, RowSpec? declared, IReadOnlyList<RowSpec> input, out EquatableArray<ExprSpec> values, out string problem)
    {
        values = default;
        problem = "";
        if (value.Type.Value is ValueKind.Opaque or ValueKind.Char)
        {
            problem = $"no column can hold {value.Type.Declared}";
            return null;
        }

        if (!IsRow(value.Type) || value.Type.Is(FieldKind.Window))
        {
            values = EquatableArray.Of(value);
            return new RowSpec(value.Type, EquatableArray.Of(Column("value", value, value.Type, input)));
        }

        if (value is not NewRowExpr && value.Type.Nullable)
        {
            problem = "the row itself may be null, and a row of a stream is always there; take its columns one by one";
            return null;
        }

        List<ColumnSpec> columns = [];
        List<ExprSpec> parts = [];
        if (value.Type.Is(FieldKind.Record))
        {
            for (int i = 0; i < value.Type.Members.Count; i++)
            {
                ExprSpec part = Member(value, i);
                TypeSpec type = declared?.Columns[i].Type ?? value.Type.Members[i].Type;
                ColumnSpec column = Column(value.Type.Members[i].Name, part, type, input);
                columns.Add(column with { IsEventTime = column.IsEventTime || declared?.Columns[i].IsEventTime == true, Cardinality = declared?.Columns[i].Cardinality ?? 0 });
                parts.Add(part);
            }
        }
        else
        {
            Flatten("", value, input, columns, parts);
        }

        foreach (ExprSpec part in parts)
        {
            if (part.Type.Value == ValueKind.Field)
                continue;
            problem = $"no column can hold {part.Type.Declared}";
            return null;
        }

        values = parts.ToEquatable();
        return new RowSpec(value.Type.AsNullable(false), columns.ToEquatable());
    }

    /// <summary>The row of an input as a value whose members can be taken: nested rows are put together again.</summary>
    public static ExprSpec Value(int input, RowSpec row)
    {
        int next = 0;
        return row.IsScalar || row.Type.Is(FieldKind.Window) ? Read(input, row, 0) : Assemble("", row.Type, input, row, ref next);
    }

    /// <summary>The same of some columns: the parts of a grouping key.</summary>
    public static ExprSpec Parts(TypeSpec type, RowSpec row, int firstColumn) => Assemble("", type, 0, row, ref firstColumn);

    public static bool IsRow(TypeSpec type) => type.Value == ValueKind.Row || type.Is(FieldKind.Record) || type.Is(FieldKind.Window);

    /// <summary>Takes off conversions that only make a value nullable, so that a plain column is seen as one.</summary>
    public static ExprSpec WithoutLift(ExprSpec value)
    {
        while (value is ConvertExpr { Operand: var operand } convert
            && operand.Type.Value == convert.Type.Value
            && operand.Type.Field == convert.Type.Field
            && operand.Type.CSharp == convert.Type.CSharp
            && (convert.Type.Nullable || !operand.Type.Nullable))
        {
            value = operand;
        }

        return value;
    }

    private static ExprSpec Assemble(string prefix, TypeSpec type, int input, RowSpec row, ref int next)
    {
        List<ExprSpec> values = [];
        foreach (MemberSpec member in type.Members)
        {
            string inner = prefix + member.Name + ".";
            if (row.Columns[next].Name.StartsWith(inner, StringComparison.Ordinal))
                values.Add(Assemble(inner, member.Type, input, row, ref next));
            else
                values.Add(Read(input, row, next++));
        }

        return new NewRowExpr(type.AsNullable(false), values.ToEquatable());
    }

    private static ColumnExpr Read(int input, RowSpec row, int ordinal) =>
        new(row.Columns[ordinal].Type, input, ordinal, row.Columns[ordinal].Name);

    private static void Flatten(string prefix, ExprSpec row, IReadOnlyList<RowSpec> input, List<ColumnSpec> columns, List<ExprSpec> parts)
    {
        for (int i = 0; i < row.Type.Members.Count; i++)
        {
            ExprSpec part = Member(row, i);
            string name = prefix + row.Type.Members[i].Name;
            if (part is NewRowExpr { Values.Count: > 0 } || part.Type.Value == ValueKind.Row)
            {
                Flatten(name + ".", part, input, columns, parts);
                continue;
            }

            columns.Add(Column(name, part, part.Type, input));
            parts.Add(part);
        }
    }

    private static ExprSpec Member(ExprSpec row, int member) =>
        row is NewRowExpr made ? made.Values[member] : new MemberExpr(row.Type.Members[member].Type, row, row.Type.Members[member].Name);

    private static ColumnSpec Column(string name, ExprSpec value, TypeSpec type, IReadOnlyList<RowSpec> input) =>
        new(name, type)
        {
            IsEventTime = WithoutLift(value) is ColumnExpr read && read.Input < input.Count && input[read.Input].Columns[read.Ordinal].IsEventTime,
        };
}
