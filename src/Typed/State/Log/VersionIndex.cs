namespace Typed.State;

/// <summary>
/// What is where in a file of a version:
/// <code>
/// note        length (int32), bytes
/// operators   count (int32), then for each: name (text), whether it was given (1), kind, schema, layout (text; StateLayout), head (<see cref="StateHead"/>)
/// sections    count (int32), then for each: operator (uint16) | shard (1) | records (int32) | length (int32) | CRC-32C (uint32)
/// </code>
/// Sections lie in the order of the index without gaps, from the end of the header on. Of two sections of one shard of an operator the later one is the newer.
/// </summary>
internal sealed class VersionIndex
{
    private const int SectionLength = sizeof(ushort) + 1 + (3 * sizeof(int));

    private VersionIndex(byte[] note, IReadOnlyList<OperatorIndex> operators) => (Note, Operators) = (note, operators);

    /// <summary>What the query noted.</summary>
    internal byte[] Note { get; }

    /// <summary>The operators.</summary>
    internal IReadOnlyList<OperatorIndex> Operators { get; }

    internal static void Write(StateWriter writer, ReadOnlySpan<byte> note, IReadOnlyList<OperatorIndex> operators, IReadOnlyList<(int Number, Section Section)> sections)
    {
        writer.Write(note.Length);
        writer.WriteRaw(note);
        writer.Write(operators.Count);
        foreach (OperatorIndex one in operators)
        {
            writer.Write(one.Shape.Name);
            writer.Write((byte)(one.Shape.IsNamed ? 1 : 0));
            writer.Write(one.Shape.Kind);
            writer.Write(one.Shape.Schema);
            writer.Write(one.Shape.Layout);
            one.Head.Save(writer);
        }

        writer.Write(sections.Count);
        foreach ((int number, Section section) in sections)
        {
            writer.Write(checked((ushort)number));
            writer.Write(section.Shard);
            writer.Write(section.Records);
            writer.Write(section.Length);
            writer.Write(section.Crc);
        }
    }

    /// <param name="reader">Its bytes.</param>
    /// <param name="end">Where the sections end.</param>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    internal static VersionIndex Read(StateReader reader, long end)
    {
        byte[] note = reader.ReadRaw(reader.Read<int>()).ToArray();
        long at = VersionHeader.Length;
        List<OperatorIndex> operators = [];
        int count = reader.ReadCount(5 * sizeof(int));
        for (int i = 0; i < count; i++)
            operators.Add(new OperatorIndex(new StateShape(Text(reader), reader.Read<byte>() != 0, Text(reader), Text(reader), Text(reader)), StateHead.Load(reader)));
        int sections = reader.ReadCount(SectionLength);
        for (int i = 0; i < sections; i++)
        {
            ushort number = reader.Read<ushort>();
            Section section = new(at, reader.Read<byte>(), reader.Read<int>(), reader.Read<int>(), reader.Read<uint>());
            if (number >= count || section.Records <= 0 || section.Length < section.Records || section.Length > end - at)
                throw new InvalidDataException($"a section of {section.Length} bytes and {section.Records} records of operator {number} cannot lie at {at}, where there are {count} operators and the sections end at {end}");
            operators[number].Sections.Add(section);
            at += section.Length;
        }

        if (reader.Left != 0 || at != end)
            throw new InvalidDataException($"the index leaves {reader.Left} bytes over, and its sections end at {at} instead of {end}");
        return new VersionIndex(note, operators);
    }

    private static string Text(StateReader reader) => reader.ReadString() ?? throw new InvalidDataException("an operator has no name, kind, schema or layout");
}

/// <summary>The records of one operator in a file.</summary>
internal sealed record OperatorIndex(StateShape Shape, StateHead Head)
{
    private int[]? _order;
    private int[]? _starts;

    /// <summary>Its sections, as they lie.</summary>
    internal List<Section> Sections { get; } = [];

    /// <summary>How many records there are.</summary>
    internal long Records => Sections.Sum(section => (long)section.Records);

    /// <summary>The numbers of the sections of a shard, as they lie.</summary>
    internal ReadOnlySpan<int> Of(byte shard)
    {
        if (_order is null)
            Sort();
        return _order.AsSpan(_starts![shard], _starts[shard + 1] - _starts[shard]);
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_order))]
    private void Sort()
    {
        _starts = new int[Shard.Count + 1];
        foreach (Section section in Sections)
            _starts[section.Shard + 1]++;
        for (int i = 0; i < Shard.Count; i++)
            _starts[i + 1] += _starts[i];
        _order = new int[Sections.Count];
        int[] next = [.. _starts];
        for (int i = 0; i < Sections.Count; i++)
            _order[next[Sections[i].Shard]++] = i;
    }
}

/// <summary>Records of one shard of one operator.</summary>
/// <param name="Offset">Where they lie.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Records">How many there are.</param>
/// <param name="Length">How many bytes they take.</param>
/// <param name="Crc">Their checksum.</param>
internal readonly record struct Section(long Offset, byte Shard, int Records, int Length, uint Crc);
