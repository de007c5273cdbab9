using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Expressions;

internal sealed partial class ExpressionWriter
{
    private readonly Dictionary<int, OutputColumn> _outputs = [];
    private readonly Dictionary<int, (ExprSpec Value, string Name)> _rowLets = [];

    /// <summary>Declares a column that is filled, before the loop.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="batch">The C# of the ColumnBatch.</param>
    /// <param name="ordinal">The place of the column.</param>
    /// <param name="name">Its name, for the local.</param>
    /// <param name="type">Its type.</param>
    /// <param name="rows">The C# of the number of rows that it will have at most.</param>
    public void Output(SourceWriter writer, string batch, int ordinal, string name, TypeSpec type, string rows)
    {
        string local = NewName("out" + Identifier(name));
        string column = local;
        bool isFixed = !IsText(type) && !IsComposite(type) && !type.Is(FieldKind.Window);
        if (type.Is(FieldKind.Boolean))
        {
            writer.Line($"global::Typed.Columns.BoolColumn {local} = (global::Typed.Columns.BoolColumn){batch}[{ordinal}];");
            writer.Line($"{local}.EnsureCapacity({rows});");
        }
        else if (isFixed)
        {
            column = NewName(local + "Column");
            writer.Line($"global::Typed.Columns.Column {column} = {batch}[{ordinal}];");
            writer.Line($"{Columns}FixedRoom<{StorageOf(type)}> {local} = new({column}, {rows});");
        }
        else
        {
            string columnType = IsText(type) ? "global::Typed.Columns.Utf8Column" : type.Field is FieldKind.Record or FieldKind.Window ? "global::Typed.Columns.StructColumn" : "global::Typed.Columns.ListColumn";
            writer.Line($"{columnType} {local} = ({columnType}){batch}[{ordinal}];");
        }

        _outputs[ordinal] = new OutputColumn(local, column, type, isFixed);
    }

    /// <summary>Starts the statements of one row: names given for the row before are forgotten.</summary>
    public void BeginRow() => _rowLets.Clear();

    /// <summary>
    /// Writes the statements that store a value as the next row of an output column. A name that several values of a row share is
    /// computed once.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="ordinal">The column, declared by <see cref="Output"/>.</param>
    /// <param name="value">The value.</param>
    /// <param name="row">The C# of the number of the row that is written.</param>
    public void Store(SourceWriter writer, int ordinal, ExprSpec value, string row)
    {
        OutputColumn output = _outputs[ordinal];
        List<int> named = [];
        while (value is LetExpr let)
        {
            NameForRow(writer, let, named);
            value = let.Body;
        }

        if (output.IsFixed)
            StoreFixed(writer, output, value, row);
        else
            Append(writer, output.Column, output.Type, value);
        foreach (int local in named)
            _locals.Remove(local);
    }

    /// <summary>Writes what ends the filling of the output columns, after the loop.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="rows">The C# of the number of rows that were written.</param>
    public void Finish(SourceWriter writer, string rows)
    {
        foreach (OutputColumn output in _outputs.OrderBy(one => one.Key).Select(one => one.Value))
        {
            if (output.IsFixed)
                writer.Line($"{output.Column}.SetLength({rows});");
        }
    }

    /// <summary>Writes the methods that the expressions call into the class, once for all writers that share <see cref="MemberNames"/>.</summary>
    public void EmitMembers(SourceWriter writer) => _members.Emit(writer);

    private void NameForRow(SourceWriter writer, LetExpr let, List<int> named)
    {
        if (!_rowLets.TryGetValue(let.Id, out (ExprSpec Value, string Name) known) || !known.Value.Equals(let.Value))
        {
            string value = Write(let.Value);
            known = (let.Value, NewName("v"));
            writer.Line($"{TypeText(let.Value)} {known.Name} = {value};");
            _rowLets[let.Id] = known;
        }

        _locals[let.Id] = new LocalName(known.Name, IsManaged(let.Value));
        named.Add(let.Id);
    }

    private void StoreFixed(SourceWriter writer, OutputColumn output, ExprSpec value, string row)
    {
        TypeSpec type = output.Type;
        if (type.Nullable && value is ConstantExpr { Literal: "null" })
        {
            Set(writer, output, row, type.Is(FieldKind.Boolean) ? "false" : "default");
            writer.Line($"{output.Column}.SetNull({row});");
            return;
        }

        if (value is ConvertExpr { Operand: var operand } && operand.Type.Equals(value.Type.AsNullable(false)))
            value = operand;
        if (!type.Nullable || !value.Type.Nullable)
        {
            string text = Write(value);
            Set(writer, output, row, Stored(type, value.Type.Nullable ? $"({text}).Value" : text));
            return;
        }

        string present = NewName("v");
        using (writer.Block($"if ({Write(value)} is {{ }} {present})"))
            Set(writer, output, row, Stored(type, present));
        using (writer.Block("else"))
        {
            Set(writer, output, row, type.Is(FieldKind.Boolean) ? "false" : "default");
            writer.Line($"{output.Column}.SetNull({row});");
        }
    }

    private static void Set(SourceWriter writer, OutputColumn output, string row, string value) =>
        writer.Line(output.Type.Is(FieldKind.Boolean) ? $"{output.Column}.Set({row}, {value});" : $"{output.Local}[{row}] = {value};");

    private static string Stored(TypeSpec type, string value) => type.Field switch
    {
        FieldKind.Timestamp or FieldKind.Duration => $"{Columns}Instant.ToMicros({value})",
        FieldKind.Date => $"{Columns}Instant.ToDays({value})",
        FieldKind.Decimal => $"{Columns}Decimals.ToInt128({value}, {type.Precision}, {type.Scale})",
        FieldKind.Enum => $"unchecked((long)({value}))",
        _ => value,
    };

    // Appends to a column of any kind; also to the columns inside of others.
    private void Append(SourceWriter writer, string column, TypeSpec type, ExprSpec value)
    {
        switch (value)
        {
            case LetExpr let when !_locals.ContainsKey(let.Id):
            {
                string name = NewName("v");
                writer.Line($"{TypeText(let.Value)} {name} = {Write(let.Value)};");
                _locals[let.Id] = new LocalName(name, IsManaged(let.Value));
                Append(writer, column, type, let.Body);
                _locals.Remove(let.Id);
                return;
            }

            case ConstantExpr { Literal: "null" }:
                writer.Line($"{column}.AppendNull();");
                return;
            case NoMatchExpr:
                writer.Line(Write(value) + ";");
                return;
            case ConditionalExpr conditional when IsComposite(type):
                using (writer.Block($"if ({Write(conditional.Condition)})"))
                    Append(writer, column, type, conditional.Then);
                using (writer.Block("else"))
                    Append(writer, column, type, conditional.Otherwise);
                return;
            case NewRowExpr row:
                for (int i = 0; i < row.Values.Count; i++)
                    Append(writer, $"((global::Typed.Columns.StructColumn){column}).Children[{i}]", type.Members[i].Type, row.Values[i]);
                writer.Line($"((global::Typed.Columns.StructColumn){column}).Commit();");
                return;
            case CallExpr { Method: "string.Split" } split:
                writer.Line($"{Write(split.Arguments[0])}.SplitInto({SeparatorText(split.Arguments[1])}, (global::Typed.Columns.ListColumn){column});");
                return;
        }

        if (IsComposite(type) && !IsManaged(value))
        {
            AppendView(writer, column, type, value);
            return;
        }

        if (IsText(type))
        {
            writer.Line($"((global::Typed.Columns.Utf8Column){column}).Append({Write(value)});");
            return;
        }

        TypeSpec appended = value.Type.Nullable ? type.AsNullable() : type.AsNullable(type.Nullable);
        writer.Line($"{_members.Values.Append(appended, column, Write(value), "a value")};");
    }

    private void AppendView(SourceWriter writer, string column, TypeSpec type, ExprSpec value)
    {
        string view = NewName("v");
        writer.Line($"{TypeText(value)} {view} = {Write(value)};");
        if (SameStorage(type, value.Type))
        {
            writer.Line($"if ({view}.IsNull)").Line($"    {column}.AppendNull();");
            writer.Line("else").Line($"    {column}.AppendFrom({view}.Column, {view}.Row);");
            return;
        }

        // The digits of decimals inside differ: as .NET objects they are brought to those of the column.
        string read = _members.Values.Read(value.Type.AsNullable(false), $"{view}.Column", $"{view}.Row");
        writer.Line($"if ({view}.IsNull)").Line($"    {column}.AppendNull();");
        writer.Line("else").Line($"    {_members.Values.Append(type.AsNullable(false), column, read, "a value")};");
    }

    private static bool SameStorage(TypeSpec left, TypeSpec right)
    {
        if (left.Value != right.Value || left.Field != right.Field || left.Precision != right.Precision || left.Scale != right.Scale || left.Members.Count != right.Members.Count)
            return false;
        for (int i = 0; i < left.Members.Count; i++)
        {
            if (!SameStorage(left.Members[i].Type, right.Members[i].Type))
                return false;
        }

        return left.Element is null ? right.Element is null : right.Element is not null && SameStorage(left.Element, right.Element);
    }

    private sealed record OutputColumn(string Local, string Column, TypeSpec Type, bool IsFixed);
}
