namespace Typed.State;

/// <summary>
/// Makes values of one layout of those of another, where <see cref="ValueEvolution"/> found that nothing is lost. Made once from both layouts; then each
/// value is read field by field and written in the order of the present one.
/// </summary>
internal sealed partial class StateTranscoder : IDisposable
{
    private readonly Step _step;
    private readonly VariableMigration? _migration;

    /// <summary>From the fields of an entry to those of another.</summary>
    /// <param name="stored">The fields that are stored.</param>
    /// <param name="present">The fields now.</param>
    /// <param name="migration">What makes the value itself, where it cannot be read as the present one.</param>
    /// <exception cref="InvalidDataException">They cannot be read as those.</exception>
    internal StateTranscoder(IReadOnlyList<StateField> stored, IReadOnlyList<StateField> present, VariableMigration? migration = null)
    {
        _migration = migration;
        _step = new RecordStep(stored, present, migration is null ? null : (before, now) => Migrated(before, now, migration));
    }

    /// <summary>Writes a value anew.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or not of the stored layout.</exception>
    internal void Convert(ReadOnlySpan<byte> value, StateWriter to)
    {
        StateCursor from = new(value);
        _step.Run(ref from, to);
        from.End("the fields of an entry");
    }

    public void Dispose() => _migration?.Dispose();

    private static Step Between(StateType stored, StateType present)
    {
        if (ValueEvolution.IsOptional(present))
            return new OptionalStep(stored, present);
        if (stored.Kind == present.Kind && stored.Number == present.Number)
        {
            return present.Kind switch
            {
                StateTypeKind.Record => new RecordStep(stored.Fields, present.Fields),
                StateTypeKind.List => new ListStep(Between(stored.Element!, present.Element!)),
                StateTypeKind.Sized => new SizedStep(Between(stored.Element!, present.Element!)),
                _ => new CopyStep(present),
            };
        }

        if (stored.Kind == StateTypeKind.Decimal && present.Kind == StateTypeKind.Decimal && stored.Number < present.Number)
            return new ScaleStep(present.Number - stored.Number);
        return ValueEvolution.IsWider(stored.Kind, present.Kind) ? new WidenStep(stored, present) : throw new InvalidDataException($"a {stored} cannot be read as a {present}");
    }

    private abstract class Step
    {
        internal abstract void Run(ref StateCursor from, StateWriter to);
    }

    /// <summary>Bytes that stay as they are.</summary>
    private sealed class CopyStep(StateType type) : Step
    {
        internal override void Run(ref StateCursor from, StateWriter to)
        {
            int start = from.At;
            from.Skip(type);
            int end = from.At;
            from.GoTo(start);
            to.WriteRaw(from.Take(end - start));
        }
    }

    /// <summary>A number in more bytes.</summary>
    private sealed class WidenStep(StateType stored, StateType present) : Step
    {
        private readonly int _from = StateCursor.SizeOf(stored);
        private readonly int _to = StateCursor.SizeOf(present);
        private readonly bool _isSigned = stored.Kind is StateTypeKind.Int8 or StateTypeKind.Int16 or StateTypeKind.Int32 or StateTypeKind.Int64;
        private readonly bool _isReal = stored.Kind == StateTypeKind.Float;

        internal override void Run(ref StateCursor from, StateWriter to)
        {
            if (_isReal)
            {
                to.Write((double)from.Read<float>(sizeof(float)));
                return;
            }

            // Little-endian: behind the bytes of a number stand those of its sign.
            ReadOnlySpan<byte> number = from.Take(_from);
            Span<byte> wide = stackalloc byte[16];
            wide.Fill(_isSigned && number[_from - 1] >= 0x80 ? (byte)0xFF : (byte)0);
            number.CopyTo(wide);
            to.WriteRaw(wide[.._to]);
        }
    }

    /// <summary>A decimal with more digits behind its point.</summary>
    private sealed class ScaleStep(int digits) : Step
    {
        internal override void Run(ref StateCursor from, StateWriter to)
        {
            Int128 units = from.Read<Int128>(16);
            try
            {
                for (int i = 0; i < digits; i++)
                    units = checked(units * 10);
            }
            catch (OverflowException e)
            {
                throw new InvalidDataException("State is damaged: a decimal has more digits than its type.", e);
            }

            to.Write(units);
        }
    }

    /// <summary>Fields in their present order; those that are gone are passed over, those that are new have their default.</summary>
    private sealed class RecordStep : Step
    {
        private readonly StateType[] _stored;
        private readonly (int Stored, Step? Step, byte[] Default)[] _fields;
        private readonly int[] _places;

        internal RecordStep(IReadOnlyList<StateField> stored, IReadOnlyList<StateField> present, Func<StateType, StateType, Step>? migrated = null)
        {
            int[] match = ValueEvolution.Match(stored, present);
            _stored = [.. stored.Select(field => field.Type)];
            _places = new int[stored.Count];
            _fields = [.. present.Select((field, i) => match[i] < 0 ? (-1, null, StateDefault.Of(field)) : (match[i], (Step?)StepOf(stored[match[i]], field, migrated), Array.Empty<byte>()))];
        }

        private static Step StepOf(StateField stored, StateField present, Func<StateType, StateType, Step>? migrated) =>
            migrated is not null && present.Name is ("Value" or "Elements") ? migrated(stored.Type, present.Type) : Between(stored.Type, present.Type);

        internal override void Run(ref StateCursor from, StateWriter to)
        {
            for (int i = 0; i < _stored.Length; i++)
            {
                _places[i] = from.At;
                from.Skip(_stored[i]);
            }

            int end = from.At;

            // The elements of a list share this step; a record is written before the next one is read.
            foreach ((int stored, Step? step, byte[] absent) in _fields)
            {
                if (step is null)
                {
                    to.WriteRaw(absent);
                    continue;
                }

                from.GoTo(_places[stored]);
                step.Run(ref from, to);
            }

            from.GoTo(end);
        }
    }

    private sealed class ListStep(Step element) : Step
    {
        internal override void Run(ref StateCursor from, StateWriter to)
        {
            int count = from.Count();
            to.Write(count);
            for (; count > 0; count--)
                element.Run(ref from, to);
        }
    }

    /// <summary>A value behind its length, which may be another one now.</summary>
    private sealed class SizedStep(Step inner) : Step
    {
        internal override void Run(ref StateCursor from, StateWriter to)
        {
            if (!from.TakeSized(out ReadOnlySpan<byte> bytes))
            {
                to.Write(-1);
                return;
            }

            int start = to.BeginSized();
            StateCursor value = new(bytes);
            inner.Run(ref value, to);
            value.End("a value");
            to.EndSized(start);
        }
    }

    /// <summary>A value that may be null now.</summary>
    private sealed class OptionalStep : Step
    {
        private readonly StateTypeKind _stored;
        private readonly StateTypeKind _present;
        private readonly StateType _storedValue;
        private readonly Step _value;
        private readonly byte[] _nothing;

        internal OptionalStep(StateType stored, StateType present)
        {
            bool wasOptional = ValueEvolution.IsOptional(stored);
            _storedValue = wasOptional ? stored.Element! : stored;
            _stored = wasOptional ? stored.Kind : StateTypeKind.Record;
            _present = present.Kind;
            _value = Between(_storedValue, present.Element!);
            _nothing = _present is StateTypeKind.Flag or StateTypeKind.NullAfter ? new byte[StateCursor.SizeOf(present.Element!)] : [];
        }

        internal override void Run(ref StateCursor from, StateWriter to)
        {
            bool isNull = _stored switch
            {
                StateTypeKind.Null => from.Flag(),
                StateTypeKind.Some or StateTypeKind.Flag => !from.Flag(),
                StateTypeKind.NullAfter => IsNullBehind(ref from),
                _ => false,
            };
            if (_present != StateTypeKind.NullAfter)
                to.Write((byte)(isNull == (_present == StateTypeKind.Null) ? 1 : 0));
            if (!isNull)
                _value.Run(ref from, to);
            else
                to.WriteRaw(_nothing);
            if (isNull && _stored is (StateTypeKind.Flag or StateTypeKind.NullAfter))
                from.Skip(_storedValue);
            if (_stored == StateTypeKind.NullAfter)
                from.Flag();
            if (_present == StateTypeKind.NullAfter)
                to.Write((byte)(isNull ? 1 : 0));
        }

        private bool IsNullBehind(ref StateCursor from)
        {
            int start = from.At;
            from.Skip(_storedValue);
            bool isNull = from.Flag();
            from.GoTo(start);
            return isNull;
        }
    }
}
