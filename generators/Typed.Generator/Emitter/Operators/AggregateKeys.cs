using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>The key of an aggregation as text: a struct of the key columns' storage, with a flag for each that may be null.</summary>
internal sealed class AggregateKeys
{
    /// <summary>Stands above what is called for every row.</summary>
    public const string Inline = "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]";

    private readonly List<AggregateColumn> _columns;

    public AggregateKeys(AggregateState state, IEnumerable<int> columns)
        : this(columns.Select(state.Column))
    {
    }

    public AggregateKeys(IEnumerable<AggregateColumn> columns) => _columns = [.. columns];

    public int Count => _columns.Count;

    public string TypeName => Count == 0 ? AggregateColumn.Operators + "NoKey" : "Key";

    public bool HasText => _columns.Any(column => column.IsText);

    public void EmitType(SourceWriter writer)
    {
        if (Count == 0)
            return;
        using (writer.Block("internal struct Key"))
        {
            for (int i = 0; i < Count; i++)
            {
                if (_columns[i].IsWindow)
                    writer.Line($"public long Start{i};").Line($"public long End{i};");
                else
                    writer.Line($"public {Storage(_columns[i])} Part{i};");
                if (HasFlag(i))
                    writer.Line($"public bool Null{i};");
            }
        }

        writer.Line();
    }

    /// <summary>Writes the type of the key, the columns that are read, how they are bound to a batch, and how keys are read and compared.</summary>
    /// <param name="columns">The columns that are read: those of the keys, and others.</param>
    /// <param name="writer">Where to write.</param>
    public void EmitBound(IEnumerable<AggregateColumn> columns, SourceWriter writer)
    {
        EmitType(writer);
        foreach (AggregateColumn column in columns)
            column.Declare(writer);
        writer.Line();
        writer.Line($"public static bool KeyHasText => {(HasText ? "true" : "false")};").Line();
        using (writer.Block($"public void Bind({AggregateColumn.Columns}ColumnBatch input)"))
        {
            foreach (AggregateColumn column in columns)
                column.Bind(writer);
        }

        writer.Line();
        EmitMethods(writer);
    }

    /// <summary>Writes how keys are stored.</summary>
    public void EmitStored(SourceWriter writer)
    {
        EmitLayout(writer);
        using (writer.Block($"public static void SaveKey(in {TypeName} key, global::Typed.State.StateWriter writer)"))
            EmitSave(writer);
        writer.Line();
        using (writer.Block($"public static void LoadKey(global::Typed.State.StateReader reader, {AggregateColumn.Columns}Arena arena, out {TypeName} key)"))
            EmitLoadState(writer);
        writer.Line();
    }

    /// <summary>What is stored of keys.</summary>
    public string Layout => string.Join(", ", _columns.Select(column => StateLayoutText.Field(column.Name, StateLayoutText.Key(column.Type))));

    /// <summary>Writes what is stored of keys.</summary>
    public void EmitLayout(SourceWriter writer) => writer.Line($"public static string KeyLayout => {FieldTypeText.Literal(Layout)};").Line();

    /// <summary>The keys by what they are and their types: others of the same types are another state (semantics 5.7).</summary>
    public string Describe(IEnumerable<string> texts) => string.Join(", ", texts.Zip(_columns, (text, column) => $"{text} {Word(column.Type)}"));

    public void EmitMethods(SourceWriter writer)
    {
        EmitLoadKey(writer);
        EmitEquality(writer);
    }

    /// <summary>Writes how the key of a row is read from the columns.</summary>
    public void EmitLoadKey(SourceWriter writer, string? typeName = null)
    {
        writer.Line(Inline);
        using (writer.Block($"public readonly void LoadKey(int row, out {typeName ?? TypeName} key)"))
        {
            writer.Line("key = default;");
            for (int i = 0; i < Count; i++)
                EmitLoad(i, writer);
        }

        writer.Line();
    }

    /// <summary>Writes how keys are hashed, compared and copied.</summary>
    public void EmitEquality(SourceWriter writer)
    {
        writer.Line(Inline);
        using (writer.Block($"public static uint Hash(in {TypeName} key)"))
        {
            string hash = Count == 0 ? "0" : HashOf(0);
            for (int i = 1; i < Count; i++)
                hash = $"{AggregateColumn.Operators}GroupHash.Combine({hash}, {HashOf(i)})";
            writer.Line($"return {hash};");
        }

        writer.Line();
        writer.Line(Inline);
        using (writer.Block($"public static bool Same(in {TypeName} left, in {TypeName} right)"))
            writer.Line($"return {(Count == 0 ? "true" : string.Join(" && ", Enumerable.Range(0, Count).Select(SameOf)))};");
        writer.Line();
        using (writer.Block($"public static void OwnKey(ref {TypeName} key, global::Typed.Columns.Arena arena)"))
        {
            for (int i = 0; i < Count; i++)
            {
                if (_columns[i].IsText)
                    writer.Line($"key.Part{i} = key.Part{i}.Own(arena);");
            }
        }

        writer.Line();
    }

    /// <summary>The time of the key that carries the watermark (semantics 2.3.2).</summary>
    public void EmitTime(int watermarkKey, SourceWriter writer)
    {
        using (writer.Block("public static bool TryGetTime(in Key key, out long time)"))
        {
            writer.Line(_columns[watermarkKey].IsWindow ? $"time = key.End{watermarkKey};" : $"time = key.Part{watermarkKey};");
            writer.Line(HasFlag(watermarkKey) ? $"return !key.Null{watermarkKey};" : "return true;");
        }

        writer.Line();
    }

    public void EmitSave(SourceWriter writer)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_columns[i].IsWindow)
                writer.Line($"writer.Write(key.Start{i});").Line($"writer.Write(key.End{i});");
            else if (_columns[i].IsText)
                writer.Line($"writer.Write({AggregateColumn.Operators}TextKey.View(key.Part{i}));");
            else
                writer.Line($"writer.Write(key.Part{i});");
            if (HasFlag(i))
                writer.Line($"writer.Write(key.Null{i} ? (byte)1 : (byte)0);");
        }
    }

    public void EmitLoadState(SourceWriter writer)
    {
        writer.Line("key = default;");
        for (int i = 0; i < Count; i++)
        {
            if (_columns[i].IsWindow)
                writer.Line($"key.Start{i} = reader.Read<long>();").Line($"key.End{i} = reader.Read<long>();");
            else if (_columns[i].IsText)
                writer.Line($"key.Part{i} = {AggregateColumn.Operators}TextKey.Of(reader.ReadUtf8(arena));");
            else
                writer.Line($"key.Part{i} = reader.Read<{Storage(_columns[i])}>();");
            if (HasFlag(i))
                writer.Line($"key.Null{i} = reader.Read<byte>() != 0;");
        }
    }

    /// <summary>The key at a position as an output column: its value and when it is null.</summary>
    public (string Value, string? IsNull) Output(int i)
    {
        AggregateColumn column = _columns[i];
        if (column.IsText)
            return ($"{AggregateColumn.Operators}TextKey.View(key.Part{i})", column.Type.Nullable ? $"key.Part{i}.IsNull" : null);
        string value = column.Type.Field switch
        {
            FieldKind.Double => $"global::System.BitConverter.Int64BitsToDouble(key.Part{i})",
            FieldKind.Float => $"(float)global::System.BitConverter.Int64BitsToDouble(key.Part{i})",
            FieldKind.Window => $"(key.Start{i}, key.End{i})",
            _ => $"key.Part{i}",
        };
        return (value, HasFlag(i) ? $"key.Null{i}" : null);
    }

    public TypeSpec TypeOf(int i) => _columns[i].Type;

    internal static string Word(TypeSpec type) =>
        type.Field switch
        {
            FieldKind.Decimal => $"decimal({type.Precision},{type.Scale})",
            FieldKind.Enum => "enum",
            _ => type.Field.ToString().ToLowerInvariant(),
        } + (type.Nullable ? "?" : "");

    private bool HasFlag(int i) => _columns[i].Type.Nullable && !_columns[i].IsText;

    private static string Storage(AggregateColumn column) =>
        column.IsText ? AggregateColumn.Operators + "TextKey"
        : column.Type.Field is FieldKind.Float or FieldKind.Double ? "long"
        : column.Storage;

    private void EmitLoad(int i, SourceWriter writer)
    {
        AggregateColumn column = _columns[i];
        if (column.IsText)
        {
            string text = $"{AggregateColumn.Operators}TextKey.Of({column.Value})";
            writer.Line(column.Type.Nullable ? $"key.Part{i} = {column.IsValid} ? {text} : {AggregateColumn.Operators}TextKey.Of(default);" : $"key.Part{i} = {text};");
            return;
        }

        string set = column.Type.Field switch
        {
            FieldKind.Window => $"(key.Start{i}, key.End{i}) = (_start{column.Ordinal}[row], _end{column.Ordinal}[row]);",
            FieldKind.Float or FieldKind.Double => $"key.Part{i} = {AggregateColumn.Operators}RealValue.Bits({column.Value});",
            _ => $"key.Part{i} = {column.Value};",
        };
        if (!column.Type.Nullable)
        {
            writer.Line(set);
            return;
        }

        writer.Line($"if ({column.IsValid})");
        writer.Line("    " + set);
        writer.Line("else");
        writer.Line($"    key.Null{i} = true;");
    }

    private string HashOf(int i)
    {
        AggregateColumn column = _columns[i];
        if (column.IsText)
            return $"{AggregateColumn.Operators}TextKey.Hash(key.Part{i})";
        return column.Type.Field switch
        {
            FieldKind.Window => $"{AggregateColumn.Operators}GroupHash.Of(key.End{i})",
            FieldKind.Decimal or FieldKind.Guid or FieldKind.UInt64 => $"{AggregateColumn.Operators}GroupHash.Of(key.Part{i})",
            _ => $"{AggregateColumn.Operators}GroupHash.Of((long)key.Part{i})",
        };
    }

    private string SameOf(int i)
    {
        AggregateColumn column = _columns[i];
        if (column.IsText)
            return $"{AggregateColumn.Operators}TextKey.Same(left.Part{i}, right.Part{i})";
        string same = column.IsWindow ? $"left.End{i} == right.End{i} && left.Start{i} == right.Start{i}" : $"left.Part{i} == right.Part{i}";
        return HasFlag(i) ? $"{same} && left.Null{i} == right.Null{i}" : same;
    }
}
