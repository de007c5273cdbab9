using System.Text;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Expressions;

internal sealed partial class ExpressionWriter
{
    private readonly Dictionary<int, InputRows> _inputs = [];
    private readonly Dictionary<string, ColumnLocal> _bound = [];
    private readonly Dictionary<ExprSpec, string> _hoisted = [];

    /// <summary>Says how the rows of an input are reached.</summary>
    /// <param name="input">The number that expressions know it by.</param>
    /// <param name="batch">The C# of the ColumnBatch.</param>
    /// <param name="row">The C# of the number of the row.</param>
    /// <param name="prefix">What the names of the locals for its columns begin with.</param>
    public void Input(int input, string batch, string row, string prefix = "in") =>
        _inputs[input] = new InputRows(ordinal => $"{batch}[{ordinal}]", row, prefix);

    /// <summary>Declares what does not change from row to row: the columns, the parameters, the clock.</summary>
    public void Prepare(SourceWriter writer, IEnumerable<ExprSpec> expressions)
    {
        foreach (ExprSpec expression in expressions)
            Prepare(writer, expression);
    }

    private void Prepare(SourceWriter writer, ExprSpec expression)
    {
        if (TryPath(expression) is { } path && IsDirect(expression))
        {
            BindPath(writer, path);
            return;
        }

        switch (expression)
        {
            case ParameterExpr or BatchExpr or StaticExpr:
                Hoist(writer, expression);
                break;
            case AnyAllExpr any when !IsManagedList(any.List):
                // The loop is a method of its own: what it needs of the row comes as arguments.
                Prepare(writer, any.List);
                foreach (ExprSpec free in FreeValues(any))
                    Prepare(writer, free);
                return;
        }

        foreach (ExprSpec operand in expression.Operands())
            Prepare(writer, operand);
    }

    private void Hoist(SourceWriter writer, ExprSpec expression)
    {
        if (_hoisted.ContainsKey(expression))
            return;
        (string stem, string value) = expression switch
        {
            ParameterExpr parameter => (parameter.Name, $"{_environment.Parameters}.{CSharpName.Escape(parameter.Name)}"),
            BatchExpr batch => ("batch" + batch.Member, $"{_environment.Context}.{batch.Member}"),
            StaticExpr named => (named.Name.Split('.').Last().Replace("()", ""), named.Name),
            _ => throw new ArgumentOutOfRangeException(nameof(expression)),
        };

        // A plain value of .NET is as near as a local.
        if (expression is StaticExpr && !IsText(expression.Type) && expression.Type.Value == ValueKind.Field)
            return;
        string name = NewName(Camel(stem));
        _hoisted[expression] = name;
        string text = IsText(expression.Type) ? FromManaged(expression.Type, value) : value;
        writer.Line($"{TypeText(expression.Type, isManaged: true)} {name} = {text};");
    }

    /// <summary>A column, or a field inside of columns of records: by its ordinal and those of the fields.</summary>
    private static ColumnPath? TryPath(ExprSpec expression) => expression switch
    {
        ColumnExpr column => new ColumnPath(column.Input, $"{column.Input}:{column.Ordinal}", column.Ordinal, [], column.Name, column.Type),
        MemberExpr member when FieldOf(member) is >= 0 and int field && TryPath(Inner(member.Target)) is { } outer && IsPresent(member.Target) =>
            outer.Field(field, member.Name, outer.Type.Members[field].Type),
        _ => null,
    };

    private static ExprSpec Inner(ExprSpec target) => target is UnwrapExpr unwrap ? unwrap.Operand : target;

    // Of a record that may be null a field is taken after a test, or the test is part of the taking.
    private static bool IsPresent(ExprSpec target) => !target.Type.Nullable;

    private static int FieldOf(MemberExpr member)
    {
        if (member.Target.Type.Value != ValueKind.Field || member.Target.Type.Field is not (FieldKind.Record or FieldKind.Window))
            return -1;
        for (int i = 0; i < member.Target.Type.Members.Count; i++)
        {
            if (member.Target.Type.Members[i].Name == member.Name)
                return i;
        }

        return -1;
    }

    private bool IsDirect(ExprSpec expression) => TryPath(expression) is { } path && _inputs.ContainsKey(path.Input);

    private ColumnLocal BindPath(SourceWriter? writer, ColumnPath path)
    {
        if (_bound.TryGetValue(path.Key, out ColumnLocal? known))
        {
            // The same column may be read as one that may be null and, after a test, as one that is not.
            if (known.Validity is null && path.Type.Nullable && writer is not null)
            {
                string validity = NewName(known.Name + "Nulls");
                writer.Line($"{NullReader} {validity} = new({known.Source});");
                known = known with { Validity = validity };
                _bound[path.Key] = known;
            }

            return known;
        }

        if (writer is null)
            throw new InvalidOperationException($"The column {path.Name} was not prepared.");
        InputRows rows = _inputs[path.Input];
        string source = path.Fields.Aggregate(rows.Column(path.Ordinal), (column, field) => $"((global::Typed.Columns.StructColumn){column}).Children[{field}]");
        string name = NewName(rows.Prefix.Length == 0 ? Camel(path.Name) : rows.Prefix + Identifier(path.Name));
        switch (path.Type.Field)
        {
            case FieldKind.Boolean:
                writer.Line($"{Columns}BoolReader {name} = new({source});");
                break;
            case FieldKind.String or FieldKind.Binary:
                writer.Line($"{Columns}Utf8Reader {name} = new({source});");
                break;
            case FieldKind.Record or FieldKind.Window:
                writer.Line($"global::Typed.Columns.StructColumn {name} = (global::Typed.Columns.StructColumn){source};");
                break;
            case FieldKind.List or FieldKind.Map:
                writer.Line($"global::Typed.Columns.ListColumn {name} = (global::Typed.Columns.ListColumn){source};");
                break;
            default:
                writer.Line($"{Columns}FixedReader<{StorageOf(path.Type)}> {name} = new({source});");
                break;
        }

        ColumnLocal local = new(name, source, null);
        if (path.Type.Nullable)
        {
            local = local with { Validity = NewName(name + "Nulls") };
            writer.Line($"{NullReader} {local.Validity} = new({source});");
        }

        _bound[path.Key] = local;
        return local;
    }

    private string LoadColumn(ExprSpec expression)
    {
        ColumnPath path = TryPath(expression)!;
        ColumnLocal local = BindPath(null, path);
        string row = _inputs[path.Input].Row;
        string value = Load(local, expression.Type, row);
        if (!expression.Type.Nullable || IsComposite(expression.Type))
            return value;
        return $"({IsNullAt(local, row)} ? default({TypeText(expression.Type, false)}) : {(IsText(expression.Type) ? "" : $"({expression.Type.Declared})")}{value})";
    }

    private static string IsNullAt(ColumnLocal local, string row) => $"{local.Validity}[{row}]";

    // The value at a row that is not null; of a record or a list the view, which may be null.
    private static string Load(ColumnLocal local, TypeSpec type, string row) => type.Field switch
    {
        FieldKind.Decimal => $"{Columns}Decimals.ToDecimal({local.Name}[{row}], {type.Scale})",
        FieldKind.Timestamp => $"{Columns}Instant.FromMicros({local.Name}[{row}])",
        FieldKind.Date => $"{Columns}Instant.DateFromDays({local.Name}[{row}])",
        FieldKind.Duration => $"{Columns}Instant.DurationFromMicros({local.Name}[{row}])",
        FieldKind.Enum => $"unchecked(({type.CSharp}){local.Name}[{row}])",
        FieldKind.Window => $"{Columns}ColumnValues.Window({local.Name}, {row})",
        FieldKind.Record => type.Nullable ? $"{RecordView}.Of({local.Name}, {row})" : $"new {RecordView}({local.Name}, {row})",
        FieldKind.List or FieldKind.Map => type.Nullable ? $"{ListView}.Of({local.Name}, {row})" : $"new {ListView}({local.Name}, {row})",
        _ => $"{local.Name}[{row}]",
    };

    // The value of a column that is only known in the loop: of the elements of a list, of a field of a record view.
    private static string LoadFrom(string column, TypeSpec type, string row)
    {
        string value = type.Field switch
        {
            FieldKind.String or FieldKind.Binary => $"((global::Typed.Columns.Utf8Column){column})[{row}]",
            FieldKind.Enum => $"unchecked(({type.CSharp}){Columns}ColumnValues.Fixed<long>({column}, {row}))",
            FieldKind.Boolean or FieldKind.Decimal or FieldKind.Timestamp or FieldKind.Date or FieldKind.Duration or FieldKind.Window =>
                $"{Columns}ColumnValues.{type.Field}({column}, {row})",
            FieldKind.Record => $"{RecordView}.Of({column}, {row})",
            FieldKind.List or FieldKind.Map => $"{ListView}.Of({column}, {row})",
            _ => $"{Columns}ColumnValues.Fixed<{type.CSharp}>({column}, {row})",
        };
        return IsNullableValue(type) ? $"({column}.IsNull({row}) ? default({type.Declared}) : ({type.Declared}){value})" : value;
    }

    private static string StorageOf(TypeSpec type) => type.Field switch
    {
        FieldKind.Timestamp or FieldKind.Duration or FieldKind.Enum => "long",
        FieldKind.Date => "int",
        FieldKind.Decimal => "global::System.Int128",
        _ => type.CSharp,
    };

    private static string Camel(string name)
    {
        string identifier = Identifier(name);
        return char.ToLowerInvariant(identifier[0]) + identifier.Substring(1) switch
        {
            var rest when CSharpName.Escape(char.ToLowerInvariant(identifier[0]) + rest)[0] == '@' => rest + "Value",
            var rest => rest,
        };
    }

    private static string Identifier(string name)
    {
        StringBuilder text = new();
        foreach (char letter in name)
        {
            if (char.IsLetterOrDigit(letter) || letter == '_')
                text.Append(text.Length == 0 ? char.ToUpperInvariant(letter) : letter);
        }

        return text.Length == 0 || char.IsDigit(text[0]) ? "_" + text : text.ToString();
    }

    private sealed record InputRows(Func<int, string> Column, string Row, string Prefix);

    private sealed record ColumnLocal(string Name, string Source, string? Validity);

    private sealed record ColumnPath(int Input, string Key, int Ordinal, IReadOnlyList<int> Fields, string Name, TypeSpec Type)
    {
        public ColumnPath Field(int field, string name, TypeSpec type) => new(Input, $"{Key}.{field}", Ordinal, [.. Fields, field], Name + name, type);
    }
}
