using System.Globalization;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>
/// The keys of a join as text: a struct that rows of both sides can be read into, so that keys of the two are compared as values of one
/// type.
/// </summary>
/// <param name="owner">The generated type that the struct is nested in.</param>
/// <param name="keys">Pairs of columns.</param>
/// <param name="left">The rows of the left side, or of the stream.</param>
/// <param name="right">The rows of the right side, or of the table.</param>
internal sealed class JoinKeyType(string owner, EquatableArray<JoinKeySpec> keys, RowSpec left, RowSpec right)
{
    private const string Operators = "global::Typed.Operators.";
    private const string Columns = "global::Typed.Columns.";

    /// <summary>The C# type of the keys, seen from the plan.</summary>
    public string TypeName => Count == 0 ? Operators + "NoKey" : owner + ".Key";

    /// <summary>Whether keys are stored: then what stands at the place of a null is always the same, also where a null matches nothing.</summary>
    public bool IsStored { get; init; }

    /// <summary>Whether a key can point to bytes of the batch it was read from.</summary>
    public bool HasText => Enumerable.Range(0, Count).Any(IsText);

    private int Count => keys.Count;

    private string Local => Count == 0 ? Operators + "NoKey" : "Key";

    public void EmitType(SourceWriter writer)
    {
        if (Count == 0)
            return;
        writer.Line("/// <summary>The keys of one row.</summary>");
        using (writer.Block("internal struct Key"))
        {
            for (int i = 0; i < Count; i++)
            {
                if (Kind(i) == FieldKind.Window)
                    writer.Line($"public long Start{i};").Line($"public long End{i};");
                else
                    writer.Line($"public {Storage(i)} Part{i};");
                if (HasFlag(i))
                    writer.Line($"public bool Null{i};");
            }
        }

        writer.Line();
    }

    public void EmitMethods(SourceWriter writer)
    {
        using (writer.Block($"public static uint Hash(in {Local} key)"))
        {
            string hash = Count == 0 ? "0" : HashOf(0);
            for (int i = 1; i < Count; i++)
                hash = $"{Operators}GroupHash.Combine({hash}, {HashOf(i)})";
            writer.Line($"return {hash};");
        }

        writer.Line();
        using (writer.Block($"public static bool Same(in {Local} left, in {Local} right)"))
            writer.Line($"return {(Count == 0 ? "true" : string.Join(" && ", Enumerable.Range(0, Count).Select(SameOf)))};");
        writer.Line();
    }

    /// <summary>Writes the method that lets a key outlive its batch.</summary>
    public void EmitOwn(SourceWriter writer)
    {
        using (writer.Block($"public static void OwnKey(ref {Local} key, {Columns}Arena arena)"))
        {
            for (int i = 0; i < Count; i++)
            {
                if (IsText(i))
                    writer.Line($"key.Part{i} = key.Part{i}.Own(arena);");
            }
        }

        writer.Line();
    }

    /// <summary>What is stored of keys.</summary>
    public string StoredLayout => string.Join(", ", Enumerable.Range(0, Count).Select(i => StateLayoutText.Field(left.Columns[keys[i].Left].Name, Layout(i))));

    /// <summary>Writes how keys are stored.</summary>
    public void EmitStored(SourceWriter writer)
    {
        writer.Line($"public static string KeyLayout => {FieldTypeText.Literal(StoredLayout)};").Line();
        using (writer.Block($"public static void SaveKey(in {Local} key, global::Typed.State.StateWriter writer)"))
        {
            for (int i = 0; i < Count; i++)
            {
                if (Kind(i) == FieldKind.Window)
                    writer.Line($"writer.Write(key.Start{i});").Line($"writer.Write(key.End{i});");
                else
                    writer.Line(IsText(i) ? $"writer.Write({Operators}TextKey.View(key.Part{i}));" : $"writer.Write(key.Part{i});");
                if (HasFlag(i))
                    writer.Line($"writer.Write(key.Null{i} ? (byte)1 : (byte)0);");
            }
        }

        writer.Line();
        using (writer.Block($"public static void LoadKey(global::Typed.State.StateReader reader, {Columns}Arena arena, out {Local} key)"))
        {
            writer.Line("key = default;");
            for (int i = 0; i < Count; i++)
            {
                if (Kind(i) == FieldKind.Window)
                    writer.Line($"key.Start{i} = reader.Read<long>();").Line($"key.End{i} = reader.Read<long>();");
                else
                    writer.Line(IsText(i) ? $"key.Part{i} = {Operators}TextKey.Of(reader.ReadUtf8(arena));" : $"key.Part{i} = reader.Read<{Storage(i)}>();");
                if (HasFlag(i))
                    writer.Line($"key.Null{i} = reader.Read<byte>() != 0;");
            }
        }

        writer.Line();
    }

    /// <summary>Writes a method that reads the keys of the left side.</summary>
    public void EmitReadLeft(string method, string batch, SourceWriter writer)
    {
        EmitRead(method, batch, [.. keys.Select(key => (key.Left, left.Columns[key.Left].Type))], writer);
        writer.Line();
    }

    /// <summary>Writes a method that reads the keys of the right side.</summary>
    public void EmitReadRight(string method, string batch, SourceWriter writer)
    {
        EmitRead(method, batch, [.. keys.Select(key => (key.Right, right.Columns[key.Right].Type))], writer);
        writer.Line();
    }

    private void EmitRead(string method, string batch, (int Ordinal, TypeSpec Type)[] columns, SourceWriter writer)
    {
        string spans = $"global::System.Span<{Local}> keys, global::System.Span<int> found";
        using (writer.Block($"public readonly void {method}({Columns}ColumnBatch {batch}, int start, {spans})"))
        {
            for (int i = 0; i < columns.Length; i++)
                writer.Line($"{ColumnType(columns[i].Type)} column{i} = ({ColumnType(columns[i].Type)}){batch}[{columns[i].Ordinal}];");
            string[] missing = [.. Enumerable.Range(0, Count).Where(i => columns[i].Type.Nullable && !keys[i].NullSafe).Select(i => $"column{i}.IsNull(row)")];
            using (writer.Block("for (int i = 0; i < found.Length; i++)"))
            {
                if (Count == 0)
                {
                    writer.Line("found[i] = 0;");
                    return;
                }

                writer.Line("int row = start + i;");
                writer.Line(missing.Length == 0 ? "found[i] = 0;" : $"found[i] = {string.Join(" || ", missing)} ? -1 : 0;");
                writer.Line("ref Key key = ref keys[i];");
                for (int i = 0; i < Count; i++)
                    EmitLoad(i, columns[i].Type, writer);
            }
        }
    }

    private void EmitLoad(int i, TypeSpec type, SourceWriter writer)
    {
        string column = $"column{i}";
        bool mayBeNull = type.Nullable && keys[i].NullSafe;
        bool isNamed = type.Nullable && (keys[i].NullSafe || IsStored);
        switch (Kind(i))
        {
            case FieldKind.String or FieldKind.Binary:
                writer.Line($"key.Part{i} = {Operators}TextKey.Of({(isNamed ? $"{column}[row]" : $"{column}.Value(row)")});");
                return;
            case FieldKind.Window:
                writer.Line($"key.Start{i} = {Or($"(({Columns}FixedColumn<long>){column}.Children[0])[row]", "0L")};");
                writer.Line($"key.End{i} = {Or($"(({Columns}FixedColumn<long>){column}.Children[1])[row]", "0L")};");
                break;
            default:
                writer.Line($"key.Part{i} = {Or(Value(i, type, $"{column}[row]"), "default")};");
                break;
        }

        if (HasFlag(i))
            writer.Line($"key.Null{i} = {(mayBeNull ? $"{column}.IsNull(row)" : "false")};");

        // What stands at the place of a null must not tell two nulls apart.
        string Or(string value, string otherwise) => isNamed ? $"{column}.IsNull(row) ? {otherwise} : {value}" : value;
    }

    private string Value(int i, TypeSpec type, string value)
    {
        switch (Kind(i))
        {
            case FieldKind.Boolean:
                return $"{value} ? 1L : 0L";
            case FieldKind.Float or FieldKind.Double:
                return $"{Operators}JoinKeys.Bits({value})";
            case FieldKind.Decimal when Scale(i) > type.Scale:
                return $"{Operators}JoinKeys.Scaled({value}, {(Scale(i) - type.Scale).ToString(CultureInfo.InvariantCulture)})";
            case FieldKind.Guid or FieldKind.Decimal or FieldKind.UInt64:
                return value;
            default:
                return $"(long){value}";
        }
    }

    private bool IsText(int i) => Kind(i) is FieldKind.String or FieldKind.Binary;

    private FieldKind Kind(int i) => left.Columns[keys[i].Left].Type.Field;

    private int Scale(int i) =>
        Math.Max(left.Columns[keys[i].Left].Type.Scale, right.Columns[keys[i].Right].Type.Scale);

    private bool HasFlag(int i) =>
        keys[i].NullSafe && Kind(i) is not (FieldKind.String or FieldKind.Binary)
        && (left.Columns[keys[i].Left].Type.Nullable || right.Columns[keys[i].Right].Type.Nullable);

    private string Storage(int i) => Kind(i) switch
    {
        FieldKind.String or FieldKind.Binary => Operators + "TextKey",
        FieldKind.Decimal => "global::System.Int128",
        FieldKind.Guid => "global::System.Guid",
        FieldKind.UInt64 => "ulong",
        _ => "long",
    };

    private string Layout(int i)
    {
        string word = Kind(i) switch
        {
            FieldKind.Decimal => $"decimal({Scale(i).ToString(CultureInfo.InvariantCulture)})",
            _ => StateLayoutText.Cell(left.Columns[keys[i].Left].Type),
        };
        return HasFlag(i) ? $"nullafter({word})" : word;
    }

    private static string ColumnType(TypeSpec type) => type.Field switch
    {
        FieldKind.Boolean => Columns + "BoolColumn",
        FieldKind.String or FieldKind.Binary => Columns + "Utf8Column",
        FieldKind.Window => Columns + "StructColumn",
        FieldKind.Decimal => $"{Columns}FixedColumn<global::System.Int128>",
        FieldKind.Timestamp or FieldKind.Duration or FieldKind.Enum => $"{Columns}FixedColumn<long>",
        FieldKind.Date => $"{Columns}FixedColumn<int>",
        _ => $"{Columns}FixedColumn<{type.CSharp}>",
    };

    private string HashOf(int i) => Kind(i) switch
    {
        FieldKind.String or FieldKind.Binary => $"{Operators}TextKey.Hash(key.Part{i})",
        FieldKind.Window => $"{Operators}GroupHash.Of(key.End{i})",
        _ => $"{Operators}GroupHash.Of(key.Part{i})",
    };

    private string SameOf(int i)
    {
        string same = Kind(i) switch
        {
            FieldKind.String or FieldKind.Binary => $"{Operators}TextKey.Same(left.Part{i}, right.Part{i})",
            FieldKind.Window => $"left.End{i} == right.End{i} && left.Start{i} == right.Start{i}",
            _ => $"left.Part{i} == right.Part{i}",
        };
        return HasFlag(i) ? $"{same} && left.Null{i} == right.Null{i}" : same;
    }
}
