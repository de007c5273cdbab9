using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Tests.State;

[Collection("Buffers")]
public class RowStateTests
{
    private const int Rows = 40;

    public static TheoryData<string> Types => [.. All().Select(type => type.ToString())];

    [Theory]
    [MemberData(nameof(Types))]
    public void Each_row_comes_back_as_it_was(string name)
    {
        long before = BufferPool.Outstanding;
        FieldType type = All().First(one => one.ToString() == name);
        Column column = Filled(type, new Random(1));
        Column read = Column.Create(type);
        for (int row = 0; row < Rows; row++)
            RowState.Read(Reader(column, row, 0), read);
        Assert.Equal((column.Length, column.NullCount), (read.Length, read.NullCount));
        Assert.Equal(Bytes(column), Bytes(read));
        Assert.NotEqual(1, Bytes(column).Distinct().Count());
        column.Release();
        read.Release();
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_cut_short_is_refused(string name)
    {
        FieldType type = All().First(one => one.ToString() == name);
        Column column = Filled(type, new Random(2));
        for (int row = 0; row < Rows; row++)
        {
            int length = Reader(column, row, 0).Left;
            for (int less = 1; less <= length; less++)
            {
                Column read = Column.Create(type);
                Assert.Throws<InvalidDataException>(() => RowState.Read(Reader(column, row, less), read));
                read.Release();
            }
        }

        column.Release();
    }

    [Fact]
    public void A_count_that_cannot_be_is_refused_before_memory_is_taken()
    {
        StateWriter writer = new();
        writer.Write((byte)0);
        writer.Write(int.MaxValue);
        Column list = Column.Create(FieldType.List(FieldType.Of(FieldKind.Int64)));
        Assert.Throws<InvalidDataException>(() => RowState.Read(new StateReader(writer.Written), list));
        list.Release();
    }

    private static IEnumerable<FieldType> All()
    {
        foreach (FieldKind kind in Enum.GetValues<FieldKind>())
        {
            if (kind is FieldKind.Record or FieldKind.List or FieldKind.Map or FieldKind.Decimal or FieldKind.Enum)
                continue;
            yield return FieldType.Of(kind);
            yield return FieldType.Of(kind, nullable: true);
        }

        yield return FieldType.Decimal(20, 4, nullable: true);
        yield return FieldType.Enum("Color", [new("Red", 1)]);
        FieldType record = FieldType.Record("Point", [new Field("X", FieldType.Of(FieldKind.Double)), new Field("Name", FieldType.Of(FieldKind.String, nullable: true))], nullable: true);
        yield return record;
        yield return FieldType.List(record, nullable: true);
        yield return FieldType.Map(FieldType.List(FieldType.Of(FieldKind.Int16, nullable: true)));
        yield return FieldType.Record("Outer", [new Field("Points", FieldType.List(record)), new Field("Tags", FieldType.Map(FieldType.Of(FieldKind.Guid), nullable: true))]);
    }

    private static Column Filled(FieldType type, Random random)
    {
        Column column = Column.Create(type);
        for (int row = 0; row < Rows; row++)
            Append(column, random);
        return column;
    }

    private static void Append(Column column, Random random)
    {
        if (column.Type.Nullable && random.Next(3) == 0)
        {
            column.AppendNull();
            return;
        }

        byte[] bytes = new byte[random.Next(20)];
        random.NextBytes(bytes);
        switch (column)
        {
            case BoolColumn bools:
                bools.Append(random.Next(2) == 0);
                break;
            case Utf8Column texts:
                texts.Append(bytes);
                break;
            case StructColumn record:
                foreach (Column child in record.Children)
                    Append(child, random);
                record.Commit();
                break;
            case ListColumn list:
                for (int i = random.Next(4); i > 0; i--)
                {
                    list.Keys?.Append(bytes);
                    Append(list.Elements, random);
                }

                list.Commit();
                break;
            default:
                // Any bytes will do for the rest.
                StateWriter writer = new();
                writer.Write((byte)0);
                writer.Write(new Int128((ulong)random.NextInt64(), (ulong)random.NextInt64()));
                RowState.Read(new StateReader(writer.Written), column);
                break;
        }
    }

    private static StateReader Reader(Column column, int row, int less)
    {
        StateWriter writer = new();
        RowState.Write(writer, column, row);
        return new StateReader(writer.Written[..^less]);
    }

    private static List<string> Bytes(Column column) =>
        [.. Enumerable.Range(0, column.Length).Select(row => Convert.ToHexString(Reader(column, row, 0) is var reader ? reader.ReadRaw(reader.Left) : default))];
}
