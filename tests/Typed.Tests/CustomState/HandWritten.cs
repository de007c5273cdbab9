using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Tests.CustomState;

// What the generator writes for a pipeline that uses a processor, by hand, so that the operator can be driven without one.

/// <summary>process-1: the rows of Step by Key, the rows of Seen.</summary>
internal struct ScriptRows : IProcessRows<ScriptRows.StoredKey, string?, Step, Seen>
{
    internal struct StoredKey
    {
        public TextKey Part0;
    }

    private NullReader _null0;
    private Utf8Reader _column0;
    private Utf8Reader _column1;
    private NullReader _null2;
    private Utf8Reader _column2;
    private FixedReader<long> _column3;
    private NullReader _null4;
    private FixedReader<long> _column4;

    public static bool KeyHasText => true;

    public void Bind(ColumnBatch input)
    {
        _null0 = new(input[0]);
        _column0 = new(input[0]);
        _column1 = new(input[1]);
        _null2 = new(input[2]);
        _column2 = new(input[2]);
        _column3 = new(input[3]);
        _null4 = new(input[4]);
        _column4 = new(input[4]);
    }

    public readonly void LoadKey(int row, out StoredKey key)
    {
        key = default;
        key.Part0 = TextKey.Of(_null0[row] ? default : _column0[row]);
    }

    public static uint Hash(in StoredKey key) => TextKey.Hash(key.Part0);

    public static bool Same(in StoredKey left, in StoredKey right) => TextKey.Same(left.Part0, right.Part0);

    public static void OwnKey(ref StoredKey key, Arena arena) => key.Part0 = key.Part0.Own(arena);

    public static string? KeyOf(in StoredKey key, TextCache texts) => texts.Read(TextKey.View(key.Part0));

    public static string KeyLayout => "Key string";

    public static void SaveKey(in StoredKey key, StateWriter writer) => writer.Write(TextKey.View(key.Part0));

    public static void LoadKey(StateReader reader, Arena arena, out StoredKey key)
    {
        key = default;
        key.Part0 = TextKey.Of(reader.ReadUtf8(arena));
    }

    public readonly Step ReadRow(int row, TextCache texts) => new(
        Key: _null0[row] ? null : texts.ReadValue(_column0[row]),
        Do: texts.ReadValue(_column1[row]),
        Name: _null2[row] ? null : texts.ReadValue(_column2[row]),
        Number: _column3[row],
        At: _null4[row] ? null : Instant.FromMicros(_column4[row]));

    public static void Append(in Seen value, ColumnBatch output)
    {
        ColumnValues.AppendString(output[0], value.Key);
        ColumnValues.AppendString(output[1], value.What ?? throw ColumnValues.NullField("Seen", "What"));
        ColumnValues.AppendString(output[2], value.Name);
        ColumnValues.AppendFixed<long>(output[3], value.Number);
    }
}

/// <summary>process-1: the rows of the initial state.</summary>
internal struct ScriptInitial : IInitialRow<ScriptRows.StoredKey, Before>
{
    private NullReader _null0;
    private Utf8Reader _column0;
    private FixedReader<long> _column1;

    public void Bind(ColumnBatch table)
    {
        _null0 = new(table[0]);
        _column0 = new(table[0]);
        _column1 = new(table[1]);
    }

    public readonly void LoadKey(int row, out ScriptRows.StoredKey key)
    {
        key = default;
        key.Part0 = TextKey.Of(_null0[row] ? default : _column0[row]);
    }

    public readonly Before ReadRow(int row, TextCache texts) => new(_null0[row] ? null : texts.ReadValue(_column0[row]), _column1[row]);
}

/// <summary>How a pipeline makes the operator.</summary>
internal static class ScriptOperator
{
    public static StatefulOperator Make(TimeMode time, bool watermark, TableSlot? initial = null, bool inOrder = false)
    {
        Script processor = new() { InOrder = inOrder };
        return new KeyedProcessOperator<ScriptRows.StoredKey, string?, Step, Seen, Script.Kept, ScriptRows, Script.Members>(
            new ProcessSettings("process-1", RowSchema.Of<Seen>(), "script", "Script", time, OutputMode.Append, "string?") { TimeColumn = 4, HasWatermark = watermark },
            processor,
            new Script.Members(processor),
            default,
            initial is null ? null : new KeyedInitialRows<ScriptRows.StoredKey, string?, Step, Seen, Before, ScriptInitial>(initial, processor, default));
    }
}
