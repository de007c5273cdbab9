using Typed.Columns;

namespace Typed.State;

/// <content>Values that a method of the processor makes.</content>
internal sealed partial class StateTranscoder
{
    // Around the value stand its length, whether it is null, and when it expires; a list has it for each element.
    private static Step Migrated(StateType stored, StateType present, VariableMigration migration) =>
        stored.Kind == StateTypeKind.List ? new ListStep(Migrated(stored.Element!, present.Element!, migration))
        : !migration.IsBehindExpiry ? new MigrationStep(stored, present, migration)
        : stored.Kind == StateTypeKind.Sized ? new SizedStep(Expiring(stored.Element!, present.Element!, migration))
        : Expiring(stored, present, migration);

    private static Step Expiring(StateType stored, StateType present, VariableMigration migration) =>
        new RecordStep(stored.Fields, present.Fields, (before, now) => new MigrationStep(before, now, migration));

    private static StateType Bare(StateType type) => type.Kind is StateTypeKind.Sized or StateTypeKind.Flag ? type.Element! : type;

    private static Step Retimed(StateType stored, StateType present) =>
        stored.Kind == present.Kind || ValueEvolution.InWords(stored).Kind != ValueEvolution.InWords(present).Kind ? Between(stored, present) : new TimeStep(stored.Kind, present.Kind);

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
                inner.End("a value");
            }
            else
            {
                if (stored.Kind == StateTypeKind.Flag && !from.Flag())
                    throw Absent();
                _taken.Run(ref from, _value);
            }

            StateCursor made = new(migration.Make(_value.Written.Span));
            if (present.Kind == StateTypeKind.Sized)
            {
                int start = to.BeginSized();
                _given.Run(ref made, to);
                to.EndSized(start);
                return;
            }

            if (present.Kind == StateTypeKind.Flag)
                to.Write((byte)1);
            _given.Run(ref made, to);
        }

        private static InvalidDataException Absent() => new("State is damaged: a value is stored and is null.");
    }

    /// <summary>A time in another unit from another beginning.</summary>
    private sealed class TimeStep(StateTypeKind stored, StateTypeKind present) : Step
    {
        internal override void Run(ref StateCursor from, StateWriter to)
        {
            switch (stored)
            {
                case StateTypeKind.Ticks:
                    to.Write(Instant.TicksToMicros(from.Read<long>(8) - Instant.EpochTicks));
                    break;
                case StateTypeKind.TickSpan:
                    to.Write(Instant.TicksToMicros(from.Read<long>(8)));
                    break;
                case StateTypeKind.DayNumber:
                    to.Write(from.Read<int>(4) - Instant.EpochDay);
                    break;
                case StateTypeKind.Date:
                    to.Write(from.Read<int>(4) + Instant.EpochDay);
                    break;
                default:
                    to.Write((from.Read<long>(8) * TimeSpan.TicksPerMicrosecond) + (present == StateTypeKind.Ticks ? Instant.EpochTicks : 0));
                    break;
            }
        }
    }
}
