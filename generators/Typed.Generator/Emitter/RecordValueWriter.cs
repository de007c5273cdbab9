using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter;

/// <summary>
/// The C# that takes one value from a column or appends one. Lists, maps and nested records get a method each, written once for
/// each type by <see cref="EmitHelpers"/>.
/// </summary>
/// <param name="record">What a message calls the record that the values belong to.</param>
/// <param name="owner">The class of those methods and a point; empty where they stand in the class that calls them.</param>
internal sealed class RecordValueWriter(string record, string owner = "StreamRecordColumns.")
{
    private const string Values = "global::Typed.Columns.ColumnValues.";
    private const string Column = "global::Typed.Columns.Column";
    private readonly Dictionary<TypeSpec, string> _readers = [];
    private readonly Dictionary<TypeSpec, string> _appenders = [];
    private readonly Queue<(TypeSpec Type, string Name, bool Reads)> _helpers = [];

    /// <summary>The value of a row.</summary>
    public string Read(TypeSpec type, string column, string row)
    {
        TypeSpec plain = type.AsNullable(false);
        string value = type.Field switch
        {
            FieldKind.Boolean or FieldKind.Decimal or FieldKind.String or FieldKind.Timestamp or FieldKind.Date or FieldKind.Duration or FieldKind.Window =>
                $"{Values}{type.Field}({column}, {row})",
            FieldKind.Binary => type.IsValueType ? $"new {type.CSharp}({Values}Bytes({column}, {row}))" : $"{Values}Bytes({column}, {row})",
            FieldKind.Enum => $"unchecked(({type.CSharp}){Values}Fixed<long>({column}, {row}))",
            FieldKind.Record or FieldKind.List or FieldKind.Map => $"{owner}{Helper(plain, _readers, reads: true)}({column}, {row})",
            _ => $"{Values}Fixed<{type.CSharp}>({column}, {row})",
        };
        return type.Nullable ? $"{column}.IsNull({row}) ? ({type.Declared})null : {value}" : value;
    }

    /// <summary>A statement, without its semicolon, that appends a value.</summary>
    /// <param name="type">The type of the value.</param>
    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    /// <param name="name">What a message calls it.</param>
    public string Append(TypeSpec type, string column, string value, string name)
    {
        string checkedValue = type.Nullable || type.IsValueType ? value : $"{value} ?? throw {Values}NullField({FieldTypeText.Literal(record)}, {FieldTypeText.Literal(name)})";
        return type.Field switch
        {
            FieldKind.Boolean or FieldKind.Decimal or FieldKind.String or FieldKind.Timestamp or FieldKind.Date or FieldKind.Duration or FieldKind.Window =>
                $"{Values}Append{type.Field}({column}, {checkedValue})",
            FieldKind.Binary => $"{Values}AppendBytes({column}, {checkedValue})",
            FieldKind.Enum => $"{Values}AppendFixed<long>({column}, unchecked((long{(type.Nullable ? "?" : "")}){value}))",
            FieldKind.Record or FieldKind.List or FieldKind.Map => $"{owner}{Helper(type, _appenders, reads: false)}({column}, {checkedValue})",
            _ => $"{Values}AppendFixed<{type.CSharp}>({column}, {checkedValue})",
        };
    }

    /// <summary>Writes the methods that were asked for.</summary>
    public void EmitHelpers(SourceWriter writer)
    {
        while (_helpers.Count > 0)
        {
            (TypeSpec type, string name, bool reads) = _helpers.Dequeue();
            writer.Line();
            string header = reads
                ? $"internal static {type.CSharp} {name}({Column} column, int row)"
                : $"internal static void {name}({Column} column, {type.Declared} value)";
            using (writer.Block(header))
            {
                if (reads)
                    EmitReader(type, writer);
                else
                    EmitAppender(type, writer);
            }
        }
    }

    private string Helper(TypeSpec type, Dictionary<TypeSpec, string> known, bool reads)
    {
        if (!known.TryGetValue(type, out string? name))
        {
            name = (reads ? "Read" : "Append") + type.Field + (known.Count + 1);
            known.Add(type, name);
            _helpers.Enqueue((type, name, reads));
        }

        return name;
    }

    private void EmitReader(TypeSpec type, SourceWriter writer)
    {
        if (type.Field == FieldKind.Record)
        {
            writer.Line($"{Column}[] fields = ((global::Typed.Columns.StructColumn)column).Children;");
            writer.Line($"return new {type.CSharp}(");
            for (int i = 0; i < type.Members.Count; i++)
            {
                MemberSpec member = type.Members[i];
                string end = i == type.Members.Count - 1 ? ");" : ",";
                writer.Line($"    {CSharpName.Escape(member.Name)}: {Read(member.Type, $"fields[{i}]", "row")}{end}");
            }

            return;
        }

        string element = type.Element!.Declared;
        writer.Line("global::Typed.Columns.ListColumn list = (global::Typed.Columns.ListColumn)column;");
        writer.Line($"{Column} elements = list.Elements;");
        writer.Line("int start = list.Start(row);");
        if (type.Field == FieldKind.List)
        {
            writer.Line($"{element}[] items = {Values}NewArray<{element}>(list.Count(row));");
            writer.Line("for (int i = 0; i < items.Length; i++)");
            writer.Line($"    items[i] = {Read(type.Element, "elements", "start + i")};");
            writer.Line($"return {FromArray(type, element)};");
            return;
        }

        string dictionary = $"global::System.Collections.Generic.Dictionary<string, {element}>";
        writer.Line("int count = list.Count(row);");
        writer.Line($"{dictionary} map = new(count);");
        writer.Line("for (int i = start; i < start + count; i++)");
        writer.Line($"    map[{Values}String(list.Keys!, i)] = {Read(type.Element, "elements", "i")};");
        writer.Line(type.CSharp.StartsWith("global::Typed.Map<", StringComparison.Ordinal) ? $"return new {type.CSharp}(map);" : "return map;");
    }

    private static string FromArray(TypeSpec list, string element) =>
        list.CSharp.StartsWith("global::System.Collections.Generic.List<", StringComparison.Ordinal) ? $"new {list.CSharp}(items)"
        : list.CSharp.StartsWith("global::System.Collections.Immutable.ImmutableArray<", StringComparison.Ordinal)
            ? $"global::System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray<{element}>(items)"
        : "items";

    private void EmitAppender(TypeSpec type, SourceWriter writer)
    {
        if (type.Nullable)
        {
            using (writer.Block("if (value is null)"))
                writer.Line("column.AppendNull();").Line("return;");
            writer.Line();
        }

        string present = type.Nullable && type.IsValueType ? "value.Value" : "value";
        if (type.Field == FieldKind.Record)
        {
            writer.Line("global::Typed.Columns.StructColumn record = (global::Typed.Columns.StructColumn)column;");
            writer.Line($"{type.CSharp} present = {present};");
            for (int i = 0; i < type.Members.Count; i++)
            {
                MemberSpec member = type.Members[i];
                writer.Line(Append(member.Type, $"record.Children[{i}]", "present." + CSharpName.Escape(member.Name), member.Name) + ";");
            }

            writer.Line("record.Commit();");
            return;
        }

        writer.Line("global::Typed.Columns.ListColumn list = (global::Typed.Columns.ListColumn)column;");
        if (type.IsValueType)
        {
            writer.Line($"if ({present}.IsDefault)");
            writer.Line($"    throw {Values}NullField({FieldTypeText.Literal(record)}, \"a list of it\");");
        }

        if (type.Field == FieldKind.List)
        {
            using (writer.Block($"foreach ({type.Element!.Declared} item in {present})"))
                writer.Line(Append(type.Element, "list.Elements", "item", "an element of a list") + ";");
        }
        else
        {
            using (writer.Block($"foreach (global::System.Collections.Generic.KeyValuePair<string, {type.Element!.Declared}> entry in {present})"))
            {
                writer.Line($"{Values}AppendString(list.Keys!, entry.Key);");
                writer.Line(Append(type.Element, "list.Elements", "entry.Value", "a value of a map") + ";");
            }
        }

        writer.Line("list.Commit();");
    }
}
