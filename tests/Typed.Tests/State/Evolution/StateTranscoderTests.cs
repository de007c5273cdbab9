using Typed.State;

namespace Typed.Tests.State.Evolution;

/// <summary>
/// Stored values are made into those of an evolved type as if each field were looked up by its identity in a dictionary, for records and edits drawn by lot; and
/// damaged bytes are refused or read as others, and nothing else.
/// </summary>
public class StateTranscoderTests
{
    [Fact]
    public void Values_are_those_of_a_dictionary_of_fields()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            Shape stored = Shape.Record(random, depth: 3);
            Shape present = stored.Edited(random);
            StateField[] before = [new("Value", stored.Type)];
            StateField[] now = [new("Value", present.Type)];
            List<ValueChange> changes = [];
            ValueEvolution.Compare("", before, now, ComparedValues.Variables, changes);
            Assert.All(changes, change => Assert.Equal(ShapeVerdict.Compatible, change.Verdict));
            StateTranscoder transcoder = new(before, now);
            for (int i = 0; i < 20; i++)
            {
                object? value = stored.Draw(random);
                StateWriter bytes = new();
                stored.Write(value, bytes);
                StateWriter expected = new();
                present.Write(present.From(stored, value), expected);
                StateWriter actual = new();
                transcoder.Convert(bytes.Written.Span, actual);
                Assert.True(expected.Written.Span.SequenceEqual(actual.Written.Span), $"seed {seed}: {stored.Type} to {present.Type}");
                Damage(random, bytes.Written.ToArray(), transcoder);
            }
        }
    }

    [Fact]
    public void Bytes_that_are_left_over_or_cut_are_refused()
    {
        StateTranscoder transcoder = new([new("A", new StateType(StateTypeKind.Int32))], [new("A", new StateType(StateTypeKind.Int64))]);
        Assert.Contains("left over", Assert.Throws<InvalidDataException>(() => transcoder.Convert(new byte[5], new StateWriter())).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => transcoder.Convert(new byte[3], new StateWriter()));
        Assert.Throws<InvalidDataException>(() => new StateTranscoder([new("A", new StateType(StateTypeKind.Int64))], [new("A", new StateType(StateTypeKind.Int32))]));
        Assert.Throws<InvalidDataException>(() => new StateTranscoder([], [new("A", new StateType(StateTypeKind.Int32))]));
        Assert.Throws<InvalidDataException>(() => new StateTranscoder([], [new("A", new StateType(StateTypeKind.Int32)) { Default = "many" }]));
    }

    [Fact]
    public void Decimals_get_more_digits_or_are_refused_as_damaged()
    {
        StateTranscoder transcoder = new([new("A", new StateType(StateTypeKind.Decimal) { Number = 2 })], [new("A", new StateType(StateTypeKind.Decimal) { Number = 4 })]);
        StateWriter units = new();
        units.Write((Int128)(-1234));
        StateWriter wide = new();
        transcoder.Convert(units.Written.Span, wide);
        Assert.Equal((Int128)(-123400), new StateReader(wide.Written).Read<Int128>());
        units.Clear();
        units.Write(Int128.MaxValue);
        Assert.Throws<InvalidDataException>(() => transcoder.Convert(units.Written.Span, new StateWriter()));
    }

    private static void Damage(Random random, byte[] bytes, StateTranscoder transcoder)
    {
        if (bytes.Length == 0)
            return;
        for (int i = 0; i < 4; i++)
        {
            byte[] other = random.Next(3) == 0 ? bytes[..random.Next(bytes.Length)] : [.. bytes];
            if (other.Length > 0)
                other[random.Next(other.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)0xFF;
            try
            {
                transcoder.Convert(other, new StateWriter());
            }
            catch (InvalidDataException)
            {
                // What is damaged may be refused.
            }
        }
    }

    /// <summary>A type whose fields keep an identity of their own through all edits.</summary>
    private sealed class Shape
    {
        private static readonly StateTypeKind[] s_scalars =
        [
            StateTypeKind.Boolean, StateTypeKind.Int8, StateTypeKind.UInt8, StateTypeKind.Int16, StateTypeKind.UInt16, StateTypeKind.Int32, StateTypeKind.UInt32,
            StateTypeKind.Int64, StateTypeKind.UInt64, StateTypeKind.Float, StateTypeKind.Double, StateTypeKind.String, StateTypeKind.Guid,
        ];

        private static int s_identity;
        private StateTypeKind _kind;
        private Shape? _element;
        private List<Part> _parts = [];

        internal StateType Type => new(_kind)
        {
            Element = _element?.Type,
            Fields = [.. _parts.Select(part => new StateField(part.Name, part.Shape.Type) { Id = part.Id, Default = part.Default })],
        };

        internal static Shape Record(Random random, int depth) => new()
        {
            _kind = StateTypeKind.Record,
            _parts = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Part.Of(Any(random, depth - 1), random))],
        };

        private static Shape Any(Random random, int depth) => (depth > 0 ? random.Next(8) : 7) switch
        {
            0 or 1 => Record(random, depth),
            2 => new() { _kind = StateTypeKind.List, _element = Any(random, depth - 1) },
            3 => new() { _kind = StateTypeKind.Sized, _element = Any(random, depth - 1) },
            4 => new() { _kind = StateTypeKind.Some, _element = Record(random, depth) },
            5 => new() { _kind = StateTypeKind.Some, _element = Any(random, 0) },
            6 => new() { _kind = StateTypeKind.Flag, _element = new() { _kind = StateTypeKind.Int32 } },
            _ => new() { _kind = s_scalars[random.Next(s_scalars.Length)] },
        };

        /// <summary>The type after a few compatible changes.</summary>
        internal Shape Edited(Random random, bool canBeNull = true)
        {
            if (_kind != StateTypeKind.Record)
            {
                if (_element is not null)
                    return new() { _kind = _kind, _element = _element.Edited(random, canBeNull: _kind is StateTypeKind.List or StateTypeKind.Sized) };
                StateTypeKind[] wider = [.. s_scalars.Where(kind => ValueEvolution.IsWider(_kind, kind))];
                Shape plain = wider.Length > 0 && random.Next(2) == 0 ? new() { _kind = wider[random.Next(wider.Length)] } : this;
                return canBeNull && random.Next(4) == 0 ? new() { _kind = plain._kind == StateTypeKind.Int32 ? StateTypeKind.Flag : StateTypeKind.Some, _element = plain } : plain;
            }

            List<Part> parts = [];
            foreach (Part part in _parts)
            {
                if (random.Next(5) == 0)
                    continue;
                bool isRenamed = part.Id != 0 && random.Next(2) == 0;
                parts.Add(part with { Shape = part.Shape.Edited(random), Name = isRenamed ? Part.NewName() : part.Name });
            }

            for (int added = random.Next(3); added > 0; added--)
            {
                Part part = Part.Of(new() { _kind = StateTypeKind.Some, _element = random.Next(2) == 0 ? Any(random, 0) : Record(random, 2) }, random);
                parts.Add(random.Next(2) == 0 ? part : part with { Shape = new() { _kind = StateTypeKind.Int16 }, Default = "-7" });
            }

            Part[] shuffled = [.. parts];
            random.Shuffle(shuffled);
            return new() { _kind = StateTypeKind.Record, _parts = [.. shuffled] };
        }

        /// <summary>A value, of records by the identity of fields.</summary>
        internal object? Draw(Random random) => _kind switch
        {
            StateTypeKind.Record => _parts.ToDictionary(part => part.Identity, part => part.Shape.Draw(random)),
            StateTypeKind.List => Enumerable.Range(0, random.Next(4)).Select(_ => _element!.Draw(random)).ToList(),
            StateTypeKind.Sized or StateTypeKind.Some or StateTypeKind.Flag => random.Next(4) == 0 ? null : _element!.Draw(random),
            StateTypeKind.Boolean => (decimal)random.Next(2),
            StateTypeKind.Float => (object)(double)(float)random.NextDouble(),
            StateTypeKind.Double => random.NextDouble(),
            StateTypeKind.String => new string('x', random.Next(4)) + "é",
            StateTypeKind.Guid => new Guid(random.Next(), 1, 2, new byte[8]),
            StateTypeKind.Int8 => (decimal)random.Next(sbyte.MinValue, sbyte.MaxValue + 1),
            StateTypeKind.UInt8 => (decimal)random.Next(byte.MaxValue + 1),
            StateTypeKind.Int16 => (decimal)random.Next(short.MinValue, short.MaxValue + 1),
            StateTypeKind.UInt16 => (decimal)random.Next(ushort.MaxValue + 1),
            StateTypeKind.Int32 => (decimal)random.Next(int.MinValue, int.MaxValue),
            StateTypeKind.UInt32 => (decimal)(uint)random.Next(int.MinValue, int.MaxValue),
            StateTypeKind.Int64 => (decimal)random.NextInt64(long.MinValue, long.MaxValue),
            _ => (decimal)(ulong)random.NextInt64(long.MinValue, long.MaxValue),
        };

        /// <summary>What a stored value is in this type.</summary>
        internal object? From(Shape stored, object? value)
        {
            if (_kind is StateTypeKind.Some or StateTypeKind.Flag)
                return value is null ? null : _element!.From(stored._kind == _kind ? stored._element! : stored, value);
            return _kind switch
            {
                StateTypeKind.Record => _parts.ToDictionary(part => part.Identity, part => FromField(part, stored, (Dictionary<int, object?>)value!)),
                StateTypeKind.List => ((List<object?>)value!).ConvertAll(one => _element!.From(stored._element!, one)),
                StateTypeKind.Sized => value is null ? null : _element!.From(stored._element!, value),
                _ => value,
            };
        }

        private static object? FromField(Part part, Shape stored, Dictionary<int, object?> values) =>
            stored._parts.Find(one => one.Identity == part.Identity) is { } before
                ? part.Shape.From(before.Shape, values[part.Identity])
                : part.Default is null ? null : -7m;

        internal void Write(object? value, StateWriter writer)
        {
            switch (_kind)
            {
                case StateTypeKind.Record:
                    foreach (Part part in _parts)
                        part.Shape.Write(((Dictionary<int, object?>)value!)[part.Identity], writer);
                    break;
                case StateTypeKind.List:
                    List<object?> elements = (List<object?>)value!;
                    writer.Write(elements.Count);
                    foreach (object? one in elements)
                        _element!.Write(one, writer);
                    break;
                case StateTypeKind.Sized:
                    StateWriter inner = new();
                    if (value is not null)
                        _element!.Write(value, inner);
                    writer.Write(value is null ? -1 : inner.Length);
                    writer.WriteRaw(inner.Written.Span);
                    break;
                case StateTypeKind.Some or StateTypeKind.Flag:
                    writer.Write((byte)(value is null ? 0 : 1));
                    if (value is not null)
                        _element!.Write(value, writer);
                    else if (_kind == StateTypeKind.Flag)
                        writer.WriteRaw(new byte[StateCursor.SizeOf(_element!.Type)]);
                    break;
                default:
                    WriteScalar(value!, writer);
                    break;
            }
        }

        private void WriteScalar(object value, StateWriter writer)
        {
            switch (_kind)
            {
                case StateTypeKind.Boolean or StateTypeKind.UInt8:
                    writer.Write((byte)(decimal)value);
                    break;
                case StateTypeKind.Int8:
                    writer.Write((sbyte)(decimal)value);
                    break;
                case StateTypeKind.Int16:
                    writer.Write((short)(decimal)value);
                    break;
                case StateTypeKind.UInt16:
                    writer.Write((ushort)(decimal)value);
                    break;
                case StateTypeKind.Int32:
                    writer.Write((int)(decimal)value);
                    break;
                case StateTypeKind.UInt32:
                    writer.Write((uint)(decimal)value);
                    break;
                case StateTypeKind.Int64:
                    writer.Write((long)(decimal)value);
                    break;
                case StateTypeKind.UInt64:
                    writer.Write((ulong)(decimal)value);
                    break;
                case StateTypeKind.Float:
                    writer.Write((float)(double)value);
                    break;
                case StateTypeKind.Double:
                    writer.Write((double)value);
                    break;
                case StateTypeKind.String:
                    writer.Write((string)value);
                    break;
                default:
                    writer.Write((Guid)value);
                    break;
            }
        }

        private sealed record Part(int Identity, string Name, int Id, Shape Shape)
        {
            internal string? Default { get; init; }

            internal static Part Of(Shape shape, Random random)
            {
                int identity = Interlocked.Increment(ref s_identity);
                return new Part(identity, NewName(), random.Next(2) == 0 ? identity : 0, shape);
            }

            internal static string NewName() => "F" + Interlocked.Increment(ref s_identity).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
