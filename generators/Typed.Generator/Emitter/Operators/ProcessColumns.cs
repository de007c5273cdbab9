using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>The columns that rows and keys of custom state are read from: readers for plain values and texts, the columns themselves for the rest.</summary>
internal sealed class ProcessColumns
{
    public const string Instant = "global::Typed.Columns.Instant";

    private readonly SortedDictionary<int, AggregateColumn> _columns = [];

    public ProcessColumns(IEnumerable<(int Ordinal, TypeSpec Type)> columns)
    {
        foreach ((int ordinal, TypeSpec type) in columns)
        {
            if (!_columns.ContainsKey(ordinal))
                _columns.Add(ordinal, new AggregateColumn(ordinal, type));
        }
    }

    public AggregateColumn Column(int ordinal) => _columns[ordinal];

    public void Declare(SourceWriter writer)
    {
        foreach (AggregateColumn column in _columns.Values)
        {
            column.Declare(writer);
            if (IsNested(column.Type))
                writer.Line($"private global::Typed.Columns.Column _nested{column.Ordinal};");
        }

        writer.Line();
    }

    public void Bind(SourceWriter writer)
    {
        foreach (AggregateColumn column in _columns.Values)
        {
            column.Bind(writer);
            if (IsNested(column.Type))
                writer.Line($"_nested{column.Ordinal} = input[{column.Ordinal}];");
        }
    }

    /// <summary>The value of <c>row</c> as .NET has it; texts that came lately are not made again.</summary>
    public string Read(int ordinal, TypeSpec type, RecordValueWriter nested)
    {
        AggregateColumn column = _columns[ordinal];
        TypeSpec present = type.AsNullable(false);
        string value =
            column.IsWindow ? $"new global::Typed.TimeWindow({Instant}.FromMicros(_start{ordinal}[row]), {Instant}.FromMicros(_end{ordinal}[row]))"
            : IsNested(type) ? nested.Read(present, $"_nested{ordinal}", "row")
            : FromStorage(present, $"_column{ordinal}[row]");
        return column.Type.Nullable ? $"({column.IsValid} ? {value} : ({type.AsNullable().Declared})null)" : value;
    }

    /// <summary>A value as .NET has it, from how a column or a key stores it.</summary>
    public static string FromStorage(TypeSpec type, string stored) => type.Field switch
    {
        FieldKind.String => $"texts.ReadValue({stored})",
        FieldKind.Binary when type.IsValueType => $"new {type.CSharp}({stored}.Span.ToArray())",
        FieldKind.Binary => $"{stored}.Span.ToArray()",
        FieldKind.Timestamp => $"{Instant}.FromMicros({stored})",
        FieldKind.Date => $"{Instant}.DateFromDays({stored})",
        FieldKind.Duration => $"{Instant}.DurationFromMicros({stored})",
        FieldKind.Decimal => $"global::Typed.Columns.Decimals.ToDecimal({stored}, {type.Scale})",
        FieldKind.Enum => $"unchecked(({type.CSharp}){stored})",
        _ => stored,
    };

    /// <summary>A row or a key that is put together from columns.</summary>
    public static string Managed(ExprSpec value, Func<ColumnExpr, string> column)
    {
        if (value is ColumnExpr plain)
            return column(plain);
        if (value is not NewRowExpr row)
            throw new ArgumentOutOfRangeException(nameof(value), value.GetType().Name, "A row is put together from columns only.");
        IEnumerable<string> parts = row.Values.Select(part => Managed(part, column));
        return row.Type.Value == ValueKind.Row
            ? $"({string.Join(", ", parts)})"
            : $"new {row.Type.CSharp}({string.Join(", ", parts.Select((part, i) => $"{CSharpName.Escape(row.Type.Members[i].Name)}: {part}"))})";
    }

    private static bool IsNested(TypeSpec type) => !AggregateColumn.CanHold(type.Field);
}
