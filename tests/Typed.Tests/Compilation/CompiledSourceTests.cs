namespace Typed.Tests.Compilation;

public class CompiledSourceTests
{
    [Fact]
    public void Loads_and_calls_what_it_compiled()
    {
        using CompiledSource source = CompiledSource.Compile("public static class Sum { public static int Of(int a, int b) => a + b; }");
        Assert.Equal(5, source.Call("Sum", "Of", 2, 3));
    }

    [Fact]
    public void Lists_the_errors_of_a_broken_text()
    {
        using CompiledSource source = CompiledSource.CompileAndAnalyze("class Broken { int X => \"\"; }");
        Assert.Contains("CS0029", Assert.Throws<InvalidOperationException>(() => source.Assembly).Message);
    }
}
