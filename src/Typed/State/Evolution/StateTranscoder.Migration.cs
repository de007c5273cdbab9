namespace Typed.State;

/// <content>Values that a method of the processor makes.</content>
internal sealed partial class StateTranscoder
{
    /// <summary>A type as codecs write it: a plain state variable has its times in ticks.</summary>
    internal static StateType InWords(StateType type) => type.Kind switch
    {
        StateTypeKind.Ticks => new StateType(StateTypeKind.Timestamp),
        StateTypeKind.TickSpan => new StateType(StateTypeKind.Duration),
        StateTypeKind.DayNumber => new StateType(StateTypeKind.Date),
        _ => type,
    };

    // Around the value stand its length, whether it is null, and when it expires; a list has it for each element.
    private static Step Migrated(StateType stored, StateType present, VariableMigration migration)
    {
        if (stored.Kind == StateTypeKind.List && present.Kind == StateTypeKind.List)
            return new ListStep(Migrated(stored.Element!, present.Element!, migration));
        if (migration.HasLifetime && IsExpiring(stored) && IsExpiring(present))
            return new RecordStep(stored.Fields, present.Fields, migration);
        return stored.Kind == StateTypeKind.Sized && present.Kind == StateTypeKind.Sized && (IsExpiring(stored.Element!) || stored.Element!.Kind == StateTypeKind.Sized)
            ? new SizedStep(Migrated(stored.Element!, present.Element!, migration))
            : new MigrationStep(stored, present, migration);
    }

    private static bool IsExpiring(StateType type) => type is { Kind: StateTypeKind.Record, Fields: [{ Name: "Expires", Type.Kind: StateTypeKind.Timestamp }, { Name: "Value" }] };

    private static StateType Bare(StateType type) => type.Kind is StateTypeKind.Sized or StateTypeKind.Flag ? type.Element! : type;

    private static Step Retimed(StateType stored, StateType present) =>
        stored.Kind == present.Kind || InWords(stored).Kind != InWords(present).Kind ? Between(stored, present) : new TimeStep(stored.Kind, present.Kind);

    /// <summary>A value that is made by a method.</summary>
    private sealed class MigrationStep(StateType stored, StateType present, VariableMigration migration) : Step
    {
        private readonly Step _taken = Retimed(Bare(stored), migration.From);
        private readonly Step _given = Retimed(migration.To, Bare(present));
        private readonly StateWriter _value = new();

        internal override void Run(ref StateCursor from, StateWriter to)
        {
            _value.Clear();
            if (stored.Kind == StateTypeKind.Sized)
            {
                if (!from.TakeSized(out ReadOnlySpan<byte> bytes))
                    throw Absent();
                StateCursor inner = new(bytes);
                _taken.Run(ref inner, _value);
                if (inner.Left != 0)
                    throw new InvalidDataException($"State is damaged: {inner.Left} of {bytes.Length} bytes are left over behind a value.");
            }
            else
            {
                if (stored.Kind == StateTypeKind.Flag && !from.Flag())
                    throw Absent();
                _taken.Run(ref from, _value);
            }

            StateCursor made = new(migration.Make(_value.Written.Span));
            int start = to.Length;
            if (present.Kind == StateTypeKind.Sized)
                to.Write(0);
            else if (present.Kind == StateTypeKind.Flag)
                to.Write((byte)1);
            _given.Run(ref made, to);
            if (present.Kind == StateTypeKind.Sized)
                System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(to.From(start), to.Length - start - sizeof(int));
        }

        private static InvalidDataException Absent() => new("State is damaged: a value is stored and is null.");
    }

    /// <summary>A time in another unit from another beginning.</summary>
    private sealed class TimeStep(StateTypeKind stored, StateTypeKind present) : Step
    {
        private const long TicksOf1970 = 621_355_968_000_000_000;
        private const int DayOf1970 = 719_162;

        internal override void Run(ref StateCursor from, StateWriter to)
        {
            switch (stored)
            {
                case StateTypeKind.Ticks:
                    to.Write((from.Read<long>(8) - TicksOf1970) / TimeSpan.TicksPerMicrosecond);
                    break;
                case StateTypeKind.TickSpan:
                    to.Write(from.Read<long>(8) / TimeSpan.TicksPerMicrosecond);
                    break;
                case StateTypeKind.DayNumber:
                    to.Write(from.Read<int>(4) - DayOf1970);
                    break;
                case StateTypeKind.Date:
                    to.Write(from.Read<int>(4) + DayOf1970);
                    break;
                default:
                    to.Write((from.Read<long>(8) * TimeSpan.TicksPerMicrosecond) + (present == StateTypeKind.Ticks ? TicksOf1970 : 0));
                    break;
            }
        }
    }
}
