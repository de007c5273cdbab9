using Typed.State;

namespace Typed.Tests.State;

public class StateLayoutTests
{
    [Theory]
    [InlineData("0 groups; time none; key ; value Rows int64")]
    [InlineData("0 groups; time slice 60000000 -5 0; key User string, Device nullafter(int64); value Sum.Amount decimal(2), Last record(Place int64, Value string)")]
    [InlineData("1 \"left matched\"; time instant; key \"a \\\"b\\\\\" double; value Elements list(record(Expires timestamp, Value sized(some(int32))))")]
    [InlineData("0 a; time number; key ; value A raw(12), B sketch(14), C rest\n3 b; time none; key K guid; value V null(window)")]
    [InlineData("1 _a#3; time number; key ; value Value record(A#1 int32 = 7, B string = \"a\\nb\\\\n \\\"\", C double = \"-1.5\", D int64 = default)")]
    [InlineData("0 groups; time none; key A nullafter(enum(int32, B = -1, A = 0, C = 0)); value V list(enum(uint64, X = 0, \"a b\" = 18446744073709551615)), W enum(uint8, A = 1) = 1")]
    public void Its_text_is_read_as_what_it_was_written_from(string text) => Assert.Equal(text, StateLayout.Parse(text).ToString());

    [Theory]
    [InlineData("groups; time none; key ; value ")]
    [InlineData("0 groups; time never; key ; value ")]
    [InlineData("0 groups; time none; key A nothing; value ")]
    [InlineData("0 groups; time none; key A decimal; value ")]
    [InlineData("0 groups; time none; key A list(int64; value ")]
    [InlineData("0 groups; time none; key ; value A int64, ")]
    [InlineData("0 groups; time none; key \"A; value ")]
    [InlineData("0 groups; time none; key A#0 int64; value ")]
    [InlineData("0 groups; time none; key A# int64; value ")]
    [InlineData("0 groups; time none; key A int64 =; value ")]
    [InlineData("0 groups; time none; key A enum(int64); value ")]
    [InlineData("0 groups; time none; key A enum(int64, A); value ")]
    [InlineData("0 groups; time none; key A enum(int64, A = B); value ")]
    [InlineData("0 groups; time none; key A enum(int64, A = 1, A = 2); value ")]
    [InlineData("0 groups; time none; key A enum(int64, A = 9223372036854775808); value ")]
    [InlineData("0 groups; time none; key A enum(uint64, A = -1); value ")]
    [InlineData("0 groups; time none; key A enum(string, A = 1); value ")]
    [InlineData("0 groups; time none; key A enum(enum(int64, A = 1), A = 1); value ")]
    [InlineData("0 groups; time none; key A enum(int64, A = 1; value ")]
    public void Text_that_is_no_layout_is_refused(string text) =>
        Assert.Contains("layout", Assert.Throws<InvalidDataException>(() => StateLayout.Parse(text)).Message);

    [Fact]
    public void Values_are_read_by_their_types()
    {
        StateWriter writer = new();
        writer.Write("Aalborg");
        writer.Write((Int128)(-12345));
        writer.Write(1_000_001L);
        writer.Write((byte)1);
        writer.Write((byte)0);
        writer.Write(7);
        writer.Write(2);
        writer.Write(1L);
        writer.Write(2L);
        writer.Write(5);
        writer.Write((byte)1);
        writer.Write(9);
        StateLayout layout = StateLayout.Of(
            "x",
            StateTimeKind.None,
            "",
            "A string, B decimal(4), C timestamp, D null(int64), E null(int32), F list(int64), G sized(some(int32))");
        object?[] values = layout.Read(0, new StateReader(default), new StateReader(writer.Written)).Value;
        Assert.Equal(["Aalborg", "-1.2345", "1970-01-01T00:00:01.000001Z", null, "7"], values.Take(5).Select(value => value?.ToString()));
        Assert.Equal([1L, 2L], Assert.IsType<object?[]>(values[5]));
        Assert.Equal(9, values[6]);
    }

    [Fact]
    public void What_is_left_over_or_cut_is_refused()
    {
        StateLayout layout = StateLayout.Of("x", StateTimeKind.None, "A int64", "B int32");
        Assert.Contains("left over", Assert.Throws<InvalidDataException>(() => layout.Read(0, new StateReader(new byte[9]), new StateReader(new byte[4]))).Message);
        Assert.Throws<InvalidDataException>(() => layout.Read(0, new StateReader(new byte[8]), new StateReader(new byte[3])));
        Assert.Contains("table 1", Assert.Throws<InvalidDataException>(() => layout.Read(1, new StateReader(new byte[8]), new StateReader(new byte[4]))).Message);
    }
}
