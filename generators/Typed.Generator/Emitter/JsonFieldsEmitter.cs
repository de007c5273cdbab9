using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter;

/// <summary>
/// Writes the struct that reads a record's JSON into columns: a switch over the fields, and a method for each nested record, list and
/// map. Fields of the struct are the columns, numbered as they are met.
/// </summary>
internal sealed class JsonFieldsEmitter
{
    private const string Reader = "ref global::Typed.Schema.JsonReader reader";
    private readonly List<string> _declarations = [];
    private readonly List<string> _bindings = [];
    private readonly List<(string Header, Action<SourceWriter> Body)> _methods = [];
    private int _columns;

    public static void Emit(RecordSpec record, SourceWriter writer)
    {
        JsonFieldsEmitter emitter = new();
        List<(string Call, int Field)> cases = [];
        for (int i = 0; i < record.Fields.Count; i++)
        {
            RecordFieldSpec field = record.Fields[i];
            if (!field.IsRescuedData && !field.IsCorruptRecord && field.FromSource is null)
                cases.Add((emitter.Value(field.Type, type => $"fields.Column<{type}>({i})", field.Name), i));
        }

        using (writer.Block("private struct StreamRecordJson : global::Typed.Schema.IJsonFields"))
        {
            foreach (string declaration in emitter._declarations)
                writer.Line(declaration);
            writer.Line();
            using (writer.Block("public void Bind(global::Typed.Schema.JsonObject fields)"))
            {
                foreach (string binding in emitter._bindings)
                    writer.Line(binding);
            }

            writer.Line();
            using (writer.Block($"public readonly bool Read(global::Typed.Schema.JsonObject fields, {Reader}, int row)"))
            {
                writer.Line("if (!fields.Begin(ref reader, row))").Line("    return false;");
                EmitSwitch("fields", cases, excuses: true, writer);
                writer.Line("return fields.Finish(ref reader);");
            }

            foreach ((string header, Action<SourceWriter> body) in emitter._methods)
            {
                writer.Line();
                using (writer.Block(header))
                    body(writer);
            }
        }
    }

    private static void EmitSwitch(string fields, List<(string Call, int Field)> cases, bool excuses, SourceWriter writer)
    {
        // Names are matched and nulls are handled by Next; what comes here is a value to read.
        using (writer.Block($"for (int field; (field = {fields}.Next(ref reader)) >= 0;)"))
        {
            using (writer.Block("bool read = field switch", "};"))
            {
                foreach ((string call, int field) in cases)
                    writer.Line($"{field} => {call},");
                writer.Line("_ => false,");
            }

            writer.Line(excuses ? $"if (!read && !{fields}.Excuse(ref reader))" : "if (!read)");
            writer.Line("    return false;");
        }

        writer.Line();
    }

    /// <summary>The call that reads a value that is not null into a column.</summary>
    /// <param name="type">The type of the value.</param>
    /// <param name="column">How the column of a type is had while binding.</param>
    /// <param name="name">The name of the field, for readers.</param>
    private string Value(TypeSpec type, Func<string, string> column, string name)
    {
        string columnType = ColumnType(type);
        string local = $"_c{_columns++}";
        _declarations.Add($"private {columnType} {local};  // {name}: {type.Declared.Replace("global::", "")}");
        _bindings.Add($"{local} = {column(columnType)};");
        switch (type.Field)
        {
            case FieldKind.Record or FieldKind.Window:
                return Nested(type, local, name);
            case FieldKind.List or FieldKind.Map:
                return Container(type, local, name);
            case FieldKind.Enum:
                string names = local + "Names";
                _declarations.Add($"private global::Typed.Schema.JsonEnum {names};");
                _bindings.Add($"{names} ??= new({local}.Type);");
                return $"reader.ReadEnum({local}, {names}, {Range(type.EnumUnderlying)})";
            default:
                return $"reader.Read{type.Field}({local})";
        }
    }

    private string Nested(TypeSpec type, string local, string name)
    {
        string fields = local + "Fields";
        _declarations.Add($"private global::Typed.Schema.JsonObject {fields};");
        _bindings.Add($"{fields} ??= new({local}.Type);");
        _bindings.Add($"{fields}.Bind({local});");
        List<(string Call, int Field)> cases = [];
        for (int i = 0; i < type.Members.Count; i++)
        {
            int ordinal = i;
            cases.Add((Value(type.Members[i].Type, columnType => $"({columnType}){local}.Children[{ordinal}]", $"{name}.{type.Members[i].Name}"), i));
        }

        string method = $"Read{local}";
        _methods.Add(($"private readonly bool {method}({Reader})", writer =>
        {
            writer.Line($"if (!{fields}.Begin(ref reader, {local}.Length))").Line("    return false;");
            EmitSwitch(fields, cases, excuses: false, writer);
            writer.Line($"if (!{fields}.Finish(ref reader))").Line("    return false;");
            writer.Line($"{local}.Commit();").Line("return true;");
        }));
        return $"{method}(ref reader)";
    }

    private string Container(TypeSpec type, string local, string name)
    {
        bool map = type.Field == FieldKind.Map;
        TypeSpec element = type.Element!;
        string call = Value(element, columnType => $"({columnType}){local}.Elements", name + "[]");
        string method = $"Read{local}";
        _methods.Add(($"private readonly bool {method}({Reader})", writer =>
        {
            writer.Line($"if (!reader.{(map ? "BeginMap" : "BeginList")}())").Line("    return false;");
            using (writer.Block($"while ({(map ? $"reader.NextEntry({local}.Keys!)" : "reader.NextElement()")})"))
            {
                using (writer.Block("if (reader.IsNull())"))
                {
                    if (element.Nullable)
                        writer.Line($"{local}.Elements.AppendNull();").Line("continue;");
                    else
                        writer.Line("return reader.Fail(global::Typed.Schema.JsonProblem.Null);");
                }

                writer.Line();
                writer.Line($"if (!{call})").Line("    return false;");
            }

            writer.Line();
            writer.Line("if (reader.Failed)").Line("    return false;");
            if (map)
                writer.Line($"return reader.EndMap({local});");
            else
                writer.Line($"{local}.Commit();").Line("return true;");
        }));
        return $"{method}(ref reader)";
    }

    private static string ColumnType(TypeSpec type)
    {
        string stored = type.Field switch
        {
            FieldKind.Timestamp or FieldKind.Duration or FieldKind.Enum => "long",
            FieldKind.Date => "int",
            FieldKind.Decimal => "global::System.Int128",
            _ => type.CSharp,
        };
        return "global::Typed.Columns." + type.Field switch
        {
            FieldKind.Boolean => "BoolColumn",
            FieldKind.String or FieldKind.Binary => "Utf8Column",
            FieldKind.Record or FieldKind.Window => "StructColumn",
            FieldKind.List or FieldKind.Map => "ListColumn",
            _ => $"FixedColumn<{stored}>",
        };
    }

    private static string Range(FieldKind underlying) => underlying switch
    {
        FieldKind.SByte => "sbyte.MinValue, sbyte.MaxValue",
        FieldKind.Byte => "byte.MinValue, byte.MaxValue",
        FieldKind.Int16 => "short.MinValue, short.MaxValue",
        FieldKind.UInt16 => "ushort.MinValue, ushort.MaxValue",
        FieldKind.Int32 => "int.MinValue, int.MaxValue",
        FieldKind.UInt32 => "uint.MinValue, uint.MaxValue",
        _ => "long.MinValue, long.MaxValue",
    };
}
