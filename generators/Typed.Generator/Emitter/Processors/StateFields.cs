using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Processors;

/// <summary>A state field of a processor as text: what is kept of it, and the statements that move it.</summary>
internal abstract class StateField(int number, StateMemberSpec spec, string kept)
{
    protected const string Operators = "global::Typed.Operators.";

    public int Number { get; } = number;

    public StateMemberSpec Spec { get; } = spec;

    /// <summary>Its name in what is kept.</summary>
    protected string Kept { get; } = kept;

    /// <summary>The field of the processor.</summary>
    protected string User { get; } = "processor." + CSharpName.Escape(spec.Name);

    /// <summary>Its type in words.</summary>
    public abstract string Word { get; }

    /// <summary>What is stored in the key of an entry, behind the key of the group.</summary>
    public virtual string KeyLayout => "";

    /// <summary>What is stored in the value of an entry.</summary>
    public abstract string ValueLayout { get; }

    public static StateField Of(int number, StateMemberSpec spec, string kept, StateCodecs codecs)
    {
        if (spec.Kind != StateMemberKind.Plain)
            return new ObjectField(number, spec, kept, codecs);
        bool isFixed = spec.Type.Field is not (FieldKind.String or FieldKind.Binary or FieldKind.Record or FieldKind.Window);
        return isFixed ? new FixedField(number, spec, kept) : new CellField(number, spec, kept, codecs);
    }

    /// <summary>Declares what is kept.</summary>
    public abstract void Declare(SourceWriter writer);

    /// <summary>Whether nothing is kept.</summary>
    public abstract string IsEmpty { get; }

    /// <summary>Whether there is something to store.</summary>
    public abstract string Has { get; }

    /// <summary>The bit by which a change is known; the run time has one for each of the first 30 fields and one for all others.</summary>
    protected string Bit => string.Format(System.Globalization.CultureInfo.InvariantCulture, "1u << {0}", Math.Min(Number, 30));

    public abstract void Load(SourceWriter writer);

    public abstract void Store(SourceWriter writer);

    public abstract void Clear(SourceWriter writer);

    public abstract void Save(SourceWriter writer);

    public abstract void Restore(SourceWriter writer);
}

/// <summary>A plain value of fixed size. All zero bits are the default of the type, or null where there is a flag.</summary>
internal sealed class FixedField(int number, StateMemberSpec spec, string kept) : StateField(number, spec, kept)
{
    private readonly TypeSpec _type = spec.Type;

    public override string Word => StateCodecs.Word(_type);

    public override string ValueLayout => StateLayoutText.Field("Value", StateLayoutText.Fixed(_type));

    public override string IsEmpty => _type.Nullable ? $"!kept.Has{Kept}" : _type.Is(FieldKind.Boolean) ? $"!kept.{Kept}" : $"kept.{Kept} == default";

    // All bits count: zero may be written in another way, as 0.00 or -0.
    public override string Has =>
        _type.Nullable ? $"kept.Has{Kept}" : _type.Is(FieldKind.Boolean) ? $"kept.{Kept}" : HasManyForms ? $"!{Operators}ProcessState.Same(kept.{Kept}, default)" : $"kept.{Kept} != default";

    public override void Declare(SourceWriter writer)
    {
        writer.Line($"public {Storage} {Kept};");
        if (_type.Nullable)
            writer.Line($"public bool Has{Kept};");
    }

    public override void Load(SourceWriter writer) =>
        writer.Line(_type.Nullable ? $"{User} = kept.Has{Kept} ? {FromStorage($"kept.{Kept}")} : null;" : $"{User} = {FromStorage($"kept.{Kept}")};");

    public override void Store(SourceWriter writer)
    {
        if (!_type.Nullable)
        {
            writer.Line($"changed |= {Differs($"kept.{Kept}", ToStorage(User))} ? {Bit} : 0;");
            writer.Line($"kept.{Kept} = {ToStorage(User)};");
            return;
        }

        string value = $"present{Number}";
        using (writer.Block($"if ({User} is {{ }} {value})"))
        {
            writer.Line($"changed |= !kept.Has{Kept} || {Differs($"kept.{Kept}", ToStorage(value))} ? {Bit} : 0;");
            writer.Line($"(kept.{Kept}, kept.Has{Kept}) = ({ToStorage(value)}, true);");
        }

        using (writer.Block("else"))
        {
            writer.Line($"changed |= kept.Has{Kept} ? {Bit} : 0;");
            writer.Line($"(kept.{Kept}, kept.Has{Kept}) = (default, false);");
        }
    }

    public override void Clear(SourceWriter writer) => writer.Line($"{User} = default;");

    public override void Save(SourceWriter writer)
    {
        if (_type.Nullable)
            writer.Line($"writer.Write(kept.Has{Kept} ? (byte)1 : (byte)0);");
        writer.Line(_type.Is(FieldKind.Boolean) ? $"writer.Write(kept.{Kept} ? (byte)1 : (byte)0);" : $"writer.Write(kept.{Kept});");
    }

    public override void Restore(SourceWriter writer)
    {
        if (_type.Nullable)
            writer.Line($"kept.Has{Kept} = reader.Read<byte>() != 0;");
        writer.Line(_type.Is(FieldKind.Boolean) ? $"kept.{Kept} = reader.Read<byte>() != 0;" : $"kept.{Kept} = reader.Read<{Storage}>();");
    }

    // Times as ticks, so that zero is their default.
    private string Storage => _type.Field switch
    {
        FieldKind.Timestamp or FieldKind.Duration => "long",
        FieldKind.Date => "int",
        _ => _type.CSharp,
    };

    private string FromStorage(string kept) => _type.Field switch
    {
        FieldKind.Timestamp => $"new global::System.DateTimeOffset({kept}, global::System.TimeSpan.Zero)",
        FieldKind.Duration => $"new global::System.TimeSpan({kept})",
        FieldKind.Date => $"global::System.DateOnly.FromDayNumber({kept})",
        _ => kept,
    };

    private string ToStorage(string value) => _type.Field switch
    {
        FieldKind.Timestamp => value + ".UtcTicks",
        FieldKind.Duration => value + ".Ticks",
        FieldKind.Date => value + ".DayNumber",
        _ => value,
    };

    private bool HasManyForms => _type.Field is FieldKind.Float or FieldKind.Double or FieldKind.Decimal;

    // Not a number is a value here, equal to itself, and 1.0 another one than 1.00.
    private string Differs(string left, string right) => HasManyForms ? $"!{Operators}ProcessState.Same({left}, {right})" : $"{left} != {right}";
}

/// <summary>A plain value that varies in size: bytes, none where it is null.</summary>
internal sealed class CellField(int number, StateMemberSpec spec, string kept, StateCodecs codecs) : StateField(number, spec, kept)
{
    private readonly string _call = $"{(spec.Type.IsValueType ? "Value" : "Object")}<{spec.Type.CSharp}, {codecs.Of(spec.Type.AsNullable(false))}>";

    public override string Word => StateCodecs.Word(Spec.Type);

    public override string ValueLayout => StateLayoutText.Field("Value", $"sized({StateLayoutText.Codec(Spec.Type)})");

    public override string IsEmpty => $"kept.{Kept}.IsEmpty";

    public override string Has => $"!kept.{Kept}.IsEmpty";

    public override void Declare(SourceWriter writer) => writer.Line($"public {Operators}StateCell {Kept};");

    public override void Load(SourceWriter writer) => writer.Line($"{User} = state.Read{_call}(kept.{Kept});");

    public override void Store(SourceWriter writer) => writer.Line($"changed |= state.Write{_call}(ref kept.{Kept}, {User}) ? {Bit} : 0;");

    public override void Clear(SourceWriter writer) => writer.Line($"{User} = null;");

    public override void Save(SourceWriter writer) => writer.Line($"{Operators}ProcessState.Save(kept.{Kept}, writer);");

    public override void Restore(SourceWriter writer) => writer.Line($"state.Load(ref kept.{Kept}, reader);");
}

/// <summary>A value, list or map with operations of its own, which points to what the present key keeps.</summary>
internal sealed class ObjectField(int number, StateMemberSpec spec, string kept, StateCodecs codecs) : StateField(number, spec, kept)
{
    private readonly string _member = $"_member{number}";

    public bool Expires => Spec.TtlMicros > 0;

    public override string Word => Spec.Kind switch
    {
        StateMemberKind.List => $"list<{StateCodecs.Word(Spec.Type)}>",
        StateMemberKind.Map => $"map<{StateCodecs.Word(Spec.MapKey!)}, {StateCodecs.Word(Spec.Type)}>",
        _ => $"value<{StateCodecs.Word(Spec.Type)}>",
    };

    public override string KeyLayout => Spec.Kind switch
    {
        StateMemberKind.List => "Piece int64",
        StateMemberKind.Map => $"MapKey sized({StateLayoutText.Codec(Spec.MapKey!)})",
        _ => "",
    };

    public override string ValueLayout
    {
        get
        {
            string expires = Expires ? "Expires timestamp, " : "";
            string value = StateLayoutText.Codec(Spec.Type);
            return Spec.Kind switch
            {
                StateMemberKind.List => $"Gone int32, Elements list({(Expires ? $"record({expires}Value sized({value}))" : $"sized({value})")})",
                StateMemberKind.Map => $"{expires}Order int64, Value sized({value})",
                _ => $"Value sized({(Expires ? $"record({expires}Value {value})" : value)})",
            };
        }
    }

    public override string IsEmpty => $"kept.{Kept}.IsEmpty";

    public override string Has => $"!kept.{Kept}.IsEmpty";

    private string Types => Spec.MapKey is { } key ? $"{key.CSharp}, {Spec.Type.CSharp}" : Spec.Type.CSharp;

    private string Codecs => Spec.MapKey is { } key ? $"{codecs.Of(key)}, {codecs.Of(Spec.Type)}" : codecs.Of(Spec.Type);

    private string Use => Expires ? $"{_member}.Use(ref kept.{Kept}, ref kept.{Kept}Due);" : $"{_member}.Use(ref kept.{Kept});";

    public void DeclareMember(SourceWriter writer) => writer.Line($"private {Operators}{Spec.Kind}Member<{Types}> {_member} = null!;");

    public void Open(SourceWriter writer)
    {
        writer.Line($"{_member} = state.{Spec.Kind}<{Types}, {Codecs}>({FieldTypeText.Literal(Spec.Name)}, member: {Number}, ttlMicros: {Spec.TtlMicros});");
        writer.Line($"{User} = new({_member});");
    }

    public override void Declare(SourceWriter writer)
    {
        writer.Line($"public {Operators}StateCell {Kept};");
        if (Expires)
            writer.Line($"public long {Kept}Due;");
    }

    public override void Load(SourceWriter writer) => writer.Line(Use);

    public override void Store(SourceWriter writer)
    {
    }

    public override void Clear(SourceWriter writer) => writer.Line($"{_member}.Clear();");

    // The kernel does that with the member.
    public override void Save(SourceWriter writer)
    {
    }

    public override void Restore(SourceWriter writer)
    {
    }
}
