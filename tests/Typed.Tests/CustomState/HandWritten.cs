using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Tests.CustomState;

// What the generator adds to a processor and to a pipeline that uses it, written by hand.

/// <content>The state fields.</content>
public sealed partial class Script
{
    /// <summary>What is kept for a key. All zero bits: nothing is.</summary>
    internal struct Kept
    {
        public long Count;
        public long Last;
        public bool HasLast;
        public StateCell Name;
        public StateCell Charge;
        public StateCell Names;
        public StateCell Numbers;
        public StateCell Fresh;
        public long FreshDue;
        public StateCell Recent;
        public long RecentDue;
        public StateCell Lately;
        public long LatelyDue;
    }

    /// <summary>Charge as bytes: Card, Amount, Time.</summary>
    internal readonly struct ChargeCodec : IStateCodec<Charge>
    {
        public static void Write(Charge value, StateBytes to)
        {
            TextCodec.Write(value.Card, to);
            DecimalCodec.Write(value.Amount, to);
            NullableCodec<DateTimeOffset, TimestampCodec>.Write(value.Time, to);
        }

        public static Charge Read(ref StateView from, TextCache texts)
        {
            string card = TextCodec.Read(ref from, texts);
            decimal amount = DecimalCodec.Read(ref from, texts);
            DateTimeOffset? time = NullableCodec<DateTimeOffset, TimestampCodec>.Read(ref from, texts);
            return new Charge(card, amount, time);
        }
    }

    /// <summary>Between the fields and what is kept.</summary>
    internal struct Members(Script processor) : IProcessMembers<Kept>
    {
        private readonly Script _processor = processor;
        private ListMember<string> _names = null!;
        private MapMember<string, long> _numbers = null!;
        private ValueMember<long> _fresh = null!;
        private ListMember<long> _recent = null!;
        private MapMember<string, string> _lately = null!;

        static IReadOnlyList<StateMemberInfo> IProcessMembers<Kept>.Members { get; } = new StateMemberInfo[]
        {
            new("_count", "long"),
            new("_last", "timestamp?"),
            new("_name", "string?"),
            new("_charge", "Charge{Card:string,Amount:decimal,Time:timestamp?}?"),
            new("_names", "list<string>"),
            new("_numbers", "map<string,long>"),
            new("_fresh", "value<long>", 10_000_000L),
            new("_recent", "list<long>", 10_000_000L),
            new("_lately", "map<string,string>", 10_000_000L),
        };

        public void Open(ProcessState state)
        {
            _names = state.List<string, TextCodec>("_names", member: 4, ttlMicros: 0);
            _numbers = state.Map<string, long, TextCodec, FixedCodec<long>>("_numbers", member: 5, ttlMicros: 0);
            _fresh = state.Value<long, FixedCodec<long>>("_fresh", member: 6, ttlMicros: 10_000_000L);
            _recent = state.List<long, FixedCodec<long>>("_recent", member: 7, ttlMicros: 10_000_000L);
            _lately = state.Map<string, string, TextCodec, TextCodec>("_lately", member: 8, ttlMicros: 10_000_000L);
            _processor._names = new(_names);
            _processor._numbers = new(_numbers);
            _processor._fresh = new(_fresh);
            _processor._recent = new(_recent);
            _processor._lately = new(_lately);
        }

        public void Load(ref Kept kept, ProcessState state)
        {
            _processor._count = kept.Count;
            _processor._last = kept.HasLast ? Instant.FromMicros(kept.Last) : null;
            _processor._name = state.ReadObject<string, TextCodec>(kept.Name);
            _processor._charge = state.ReadValue<Charge, ChargeCodec>(kept.Charge);
            _names.Use(ref kept.Names);
            _numbers.Use(ref kept.Numbers);
            _fresh.Use(ref kept.Fresh, ref kept.FreshDue);
            _recent.Use(ref kept.Recent, ref kept.RecentDue);
            _lately.Use(ref kept.Lately, ref kept.LatelyDue);
        }

        public bool Store(ref Kept kept, ProcessState state)
        {
            bool changed = kept.Count != _processor._count;
            kept.Count = _processor._count;
            long last = _processor._last is { } lastValue ? Instant.ToMicros(lastValue) : 0;
            changed |= kept.HasLast != _processor._last.HasValue || kept.Last != last;
            kept.HasLast = _processor._last.HasValue;
            kept.Last = last;
            changed |= state.WriteObject<string, TextCodec>(ref kept.Name, _processor._name);
            changed |= state.WriteValue<Charge, ChargeCodec>(ref kept.Charge, _processor._charge);
            return changed;
        }

        public void Clear()
        {
            _processor._count = default;
            _processor._last = default;
            _processor._name = default;
            _processor._charge = default;
            _names.Clear();
            _numbers.Clear();
            _fresh.Clear();
            _recent.Clear();
            _lately.Clear();
        }

        public static bool IsEmpty(in Kept kept) =>
            kept.Count == 0 && !kept.HasLast && kept.Name.IsEmpty && kept.Charge.IsEmpty && kept.Names.IsEmpty && kept.Numbers.IsEmpty
            && kept.Fresh.IsEmpty && kept.Recent.IsEmpty && kept.Lately.IsEmpty;

        public void Expire(int member, ref Kept kept, long due)
        {
            switch (member)
            {
                case 6:
                    _fresh.Use(ref kept.Fresh, ref kept.FreshDue);
                    _fresh.Expire(due);
                    break;
                case 7:
                    _recent.Use(ref kept.Recent, ref kept.RecentDue);
                    _recent.Expire(due);
                    break;
                case 8:
                    _lately.Use(ref kept.Lately, ref kept.LatelyDue);
                    _lately.Expire(due);
                    break;
            }
        }

        public void Save(int member, ref Kept kept, StateWriter writer, ProcessState state)
        {
            switch (member)
            {
                case 0:
                    writer.Write(kept.Count);
                    break;
                case 1:
                    writer.Write(kept.HasLast);
                    writer.Write(kept.Last);
                    break;
                case 2:
                    ProcessState.Save(kept.Name, writer);
                    break;
                case 3:
                    ProcessState.Save(kept.Charge, writer);
                    break;
                case 4:
                    _names.Use(ref kept.Names);
                    _names.Save(writer);
                    break;
                case 5:
                    _numbers.Use(ref kept.Numbers);
                    _numbers.Save(writer);
                    break;
                case 6:
                    _fresh.Use(ref kept.Fresh, ref kept.FreshDue);
                    _fresh.Save(writer);
                    break;
                case 7:
                    _recent.Use(ref kept.Recent, ref kept.RecentDue);
                    _recent.Save(writer);
                    break;
                case 8:
                    _lately.Use(ref kept.Lately, ref kept.LatelyDue);
                    _lately.Save(writer);
                    break;
            }
        }

        public void Load(int member, ref Kept kept, StateReader reader, ProcessState state)
        {
            switch (member)
            {
                case 0:
                    kept.Count = reader.Read<long>();
                    break;
                case 1:
                    kept.HasLast = reader.Read<byte>() != 0;
                    kept.Last = reader.Read<long>();
                    break;
                case 2:
                    state.Load(ref kept.Name, reader);
                    break;
                case 3:
                    state.Load(ref kept.Charge, reader);
                    break;
                case 4:
                    _names.Use(ref kept.Names);
                    _names.Load(reader);
                    break;
                case 5:
                    _numbers.Use(ref kept.Numbers);
                    _numbers.Load(reader);
                    break;
                case 6:
                    _fresh.Use(ref kept.Fresh, ref kept.FreshDue);
                    _fresh.Load(reader);
                    break;
                case 7:
                    _recent.Use(ref kept.Recent, ref kept.RecentDue);
                    _recent.Load(reader);
                    break;
                case 8:
                    _lately.Use(ref kept.Lately, ref kept.LatelyDue);
                    _lately.Load(reader);
                    break;
            }
        }
    }
}

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
