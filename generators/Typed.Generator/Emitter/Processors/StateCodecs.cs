using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Processors;

/// <summary>
/// How values of state become bytes, as types of C#: the codecs of the runtime, and one of its own for each record, written once by
/// <see cref="EmitRecords"/>.
/// </summary>
internal sealed class StateCodecs
{
    private const string Operators = "global::Typed.Operators.";
    private readonly Dictionary<TypeSpec, string> _records = [];
    private readonly Queue<(TypeSpec Type, string Name)> _open = [];

    /// <summary>The codec of a value that is there.</summary>
    public string Of(TypeSpec type) => type.Field switch
    {
        FieldKind.Float => Operators + "FloatCodec",
        FieldKind.Double => Operators + "DoubleCodec",
        FieldKind.Decimal => Operators + "DecimalCodec",
        FieldKind.String => Operators + "TextCodec",
        FieldKind.Binary => Operators + "BytesCodec",
        FieldKind.Timestamp => Operators + "TimestampCodec",
        FieldKind.Date => Operators + "DateCodec",
        FieldKind.Duration => Operators + "DurationCodec",
        FieldKind.Record or FieldKind.Window => Record(type.AsNullable(false)),
        _ => $"{Operators}FixedCodec<{type.CSharp}>",
    };

    /// <summary>A type in words, as a checkpoint knows it: what is stored, without the names of types.</summary>
    public static string Word(TypeSpec type)
    {
        string word = type switch
        {
            { Value: ValueKind.Row } => $"({string.Join(", ", type.Members.Select(member => Word(member.Type)))})",
            { Field: FieldKind.Record or FieldKind.Window } => $"{{{string.Join(", ", type.Members.Select(member => $"{member.Name} {Word(member.Type)}"))}}}",
            { Field: FieldKind.Enum } => "enum of " + Word(type.EnumUnderlying),
            _ => Word(type.Field),
        };
        return type.Nullable ? word + "?" : word;
    }

    /// <summary>Writes the codecs of the records that were asked for.</summary>
    public void EmitRecords(SourceWriter writer)
    {
        while (_open.Count > 0)
        {
            (TypeSpec type, string name) = _open.Dequeue();
            writer.Line();
            writer.Line($"// {type.CSharp.Replace("global::", "")} as bytes: its fields in order.");
            using (writer.Block($"private readonly struct {name} : {Operators}IStateCodec<{type.CSharp}>"))
            {
                using (writer.Block($"public static void Write({type.CSharp} value, {Operators}StateBytes to)"))
                {
                    foreach (MemberSpec member in type.Members)
                        writer.Line($"{Field(member.Type)}.Write({Value(type, member)}, to);");
                }

                writer.Line();
                writer.Line($"public static {type.CSharp} Read(ref {Operators}StateView from, {Operators}TextCache texts) =>");
                writer.Line($"    new({string.Join(", ", type.Members.Select(member => $"{CSharpName.Escape(member.Name)}: {Field(member.Type)}.Read(ref from, texts)"))});");
            }
        }
    }

    private static string Word(FieldKind kind) => kind switch
    {
        FieldKind.Boolean => "bool",
        FieldKind.Int16 => "short",
        FieldKind.UInt16 => "ushort",
        FieldKind.Int32 => "int",
        FieldKind.UInt32 => "uint",
        FieldKind.Int64 => "long",
        FieldKind.UInt64 => "ulong",
        _ => kind.ToString().ToLowerInvariant(),
    };

    // A field of a record: with a byte in front where it may be null.
    private string Field(TypeSpec type)
    {
        if (!type.Nullable)
            return Of(type);
        string kind = type.IsValueType ? "NullableCodec" : "NullableObjectCodec";
        return $"{Operators}{kind}<{type.CSharp}, {Of(type.AsNullable(false))}>";
    }

    private static string Value(TypeSpec record, MemberSpec member)
    {
        string value = "value." + CSharpName.Escape(member.Name);
        return member.Type.Nullable || member.Type.IsValueType
            ? value
            : $"{value} ?? throw global::Typed.Columns.ColumnValues.NullField({FieldTypeText.Literal(record.CSharp.Substring(record.CSharp.LastIndexOfAny(['.', ':']) + 1))}, {FieldTypeText.Literal(member.Name)})";
    }

    private string Record(TypeSpec type)
    {
        if (!_records.TryGetValue(type, out string? name))
        {
            name = "Record" + (_records.Count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            _records.Add(type, name);
            _open.Enqueue((type, name));
        }

        return name;
    }
}
