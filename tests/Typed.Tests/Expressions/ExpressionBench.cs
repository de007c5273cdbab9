extern alias generator;

using System.Globalization;
using System.Reflection;
using System.Text;
using generator::Typed.Generator.Emitter;
using generator::Typed.Generator.Emitter.Expressions;
using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Typed.Columns;
using Typed.Operators;
using Typed.Tests.Compilation;

namespace Typed.Tests.Expressions;

/// <summary>
/// Lambdas over a record, each run twice over the same rows: by C# itself, and by the loop over columns that the parser and the writer
/// make of it.
/// </summary>
/// <remarks>
/// The source has a record <c>Row</c>, a class <c>Cases</c> with the lambdas in fields of type <c>Func&lt;Row, T&gt;</c>, and
/// <c>Rows.All</c>, the rows.
/// </remarks>
public sealed class ExpressionBench : IDisposable
{
    private readonly CompiledSource _compiled;
    private readonly IReadOnlyList<string> _names;

    private ExpressionBench(CompiledSource compiled, IReadOnlyList<string> names, IReadOnlyList<Refusal> refusals, string text)
    {
        _compiled = compiled;
        _names = names;
        Refusals = refusals;
        Text = text;
    }

    /// <summary>What was refused: in which field, the id, the arguments.</summary>
    public IReadOnlyList<Refusal> Refusals { get; }

    /// <summary>The generated C#.</summary>
    public string Text { get; }

    /// <summary>Reads, writes and compiles the lambdas of a source text.</summary>
    public static ExpressionBench Of(string source)
    {
        source = "#nullable enable\nusing Typed; using System.Globalization; using System.Text.RegularExpressions; using static Typed.Durations;\n" + source;
        CSharpCompilation compilation = CompiledSource.CreateCompilation(source);
        SyntaxTree tree = compilation.SyntaxTrees.Last();
        SemanticModel model = compilation.GetSemanticModel(tree);
        List<Refusal> refusals = [];
        List<string> names = [];
        SourceWriter writer = new();
        MemberNames members = new();
        writer.Line("#nullable enable").Line("#pragma warning disable");
        using (writer.Block("public static partial class Columnar"))
        {
            foreach (VariableDeclaratorSyntax field in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
                .First(type => type.Identifier.Text == "Cases").Members.OfType<FieldDeclarationSyntax>().SelectMany(declared => declared.Declaration.Variables))
            {
                string name = field.Identifier.Text;
                if (Emit(model, compilation, name, field.Initializer!.Value, refusals, members, writer))
                    names.Add(name);
            }

            members.Emit(writer);
        }

        string text = writer.ToString();
        return new ExpressionBench(CompiledSource.Compile(source, text), names, refusals, text);
    }

    /// <summary>Runs every lambda over every row and tells where the answers differ.</summary>
    public IReadOnlyList<string> Differences()
    {
        Array rows = (Array)_compiled.Type("Rows").GetField("All")!.GetValue(null)!;
        using Arena arena = new();
        ColumnBatch input = (ColumnBatch)_compiled.Call("Columnar", "Batch", rows)!;
        BatchContext context = new(7, 1_700_000_000_000_000, OutputMode.Append, false, arena);
        List<string> differences = [];
        try
        {
            foreach (string name in _names)
            {
                object?[] seen = (object?[])_compiled.Call("Columnar", name, input, context)!;
                Delegate lambda = (Delegate)_compiled.Type("Cases").GetField(name)!.GetValue(null)!;
                for (int row = 0; row < rows.Length; row++)
                {
                    string expected = Show(Invoke(lambda, rows.GetValue(row)!));
                    if (Show(seen[row]) != expected)
                        differences.Add($"{name} of {rows.GetValue(row)}: C# gives {expected}, the columns {Show(seen[row])}");
                }
            }
        }
        finally
        {
            input.Release();
        }

        return differences;
    }

    public void Dispose() => _compiled.Dispose();

    private static bool Emit(
        SemanticModel model, CSharpCompilation compilation, string name, ExpressionSyntax lambda, List<Refusal> refusals, MemberNames members, SourceWriter writer)
    {
        IMethodSymbol function = (IMethodSymbol)model.GetSymbolInfo(lambda).Symbol!;
        INamedTypeSymbol func = (INamedTypeSymbol)model.GetTypeInfo(lambda).ConvertedType!;
        RowSpec row = TypeReader.ReadRow(func.TypeArguments[0])!;
        TypeSpec result = TypeReader.Read(func.TypeArguments[1])!;
        Scope scope = new(name, row, function.Parameters[0], refusals);
        ExprSpec? expression = new ExpressionParser(scope, compilation).ParseLambda(model.GetOperation(lambda)!);
        if (expression is null)
        {
            Assert.Contains(refusals, refusal => refusal.Case == name);
            return false;
        }

        ExpressionWriter expressions = new(new ExpressionEnvironment(), members, "input", "output", "results", "i", "Context");
        expressions.Input(0, "input", "i");
        if (name == FirstCase(lambda))
            EmitBatch(row, writer);
        using (writer.Block($"public static object?[] {name}(global::Typed.Columns.ColumnBatch input, global::Typed.Operators.BatchContext Context)"))
        {
            writer.Line($"var output = new global::Typed.Columns.ColumnBatch(new global::Typed.Schema.RowSchema(\"Result\", [new global::Typed.Schema.Field(\"value\", {FieldTypeText.Of(result)})]));");
            writer.Line("object?[] results = new object?[input.Length];");
            expressions.Prepare(writer, [expression]);
            expressions.Output(writer, "output", 0, "value", result, "1");
            using (writer.Block("for (int i = 0; i < results.Length; i++)"))
            {
                writer.Line("output[0].Reset();");
                using (writer.Block("try"))
                {
                    expressions.BeginRow();
                    expressions.Store(writer, 0, expression, "0");
                    expressions.Finish(writer, "1");
                    writer.Line($"results[i] = {members.Values.Read(result, "output[0]", "0")};");
                }

                using (writer.Block("catch (global::System.Exception exception)"))
                    writer.Line("results[i] = exception;");
            }

            writer.Line("output.Release();");
            writer.Line("return results;");
        }

        return true;
    }

    private static string FirstCase(ExpressionSyntax lambda) => lambda.FirstAncestorOrSelf<ClassDeclarationSyntax>()!.Members
        .OfType<FieldDeclarationSyntax>().First().Declaration.Variables[0].Identifier.Text;

    private static void EmitBatch(RowSpec row, SourceWriter writer)
    {
        string record = row.Type.CSharp;
        using (writer.Block($"public static global::Typed.Columns.ColumnBatch Batch({record}[] rows)"))
        {
            writer.Line($"return Of<{record}>(rows);");
            using (writer.Block("static global::Typed.Columns.ColumnBatch Of<T>(T[] rows) where T : global::Typed.Schema.IStreamRecord<T>"))
            {
                writer.Line("var batch = new global::Typed.Columns.ColumnBatch(T.Schema);");
                writer.Line("foreach (T one in rows) T.Append(in one, batch);");
                writer.Line("batch.Length = rows.Length;");
                writer.Line("return batch;");
            }
        }
    }

    private static object? Invoke(Delegate lambda, object row)
    {
        try
        {
            return lambda.DynamicInvoke(row);
        }
        catch (TargetInvocationException exception)
        {
            return exception.InnerException;
        }
    }

    // As it comes back from a column: instants in UTC to the microsecond, decimals with 18 digits after the point, failures by their kind.
    private static string Show(object? value) => value switch
    {
        null => "null",
        OverflowException or DivideByZeroException => "an arithmetic failure",
        Exception => "a failure",
        string text => $"\"{Stored(text)}\"",
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        decimal number => Math.Round(number, 18, MidpointRounding.AwayFromZero).ToString("0.##################", CultureInfo.InvariantCulture),
        DateTimeOffset instant => Instant.ToMicros(instant).ToString(CultureInfo.InvariantCulture),
        TimeSpan duration => Instant.ToMicros(duration).ToString(CultureInfo.InvariantCulture),
        Enum number => number.ToString("D"),
        System.Collections.IDictionary map => "{" + string.Join(", ", map.Keys.Cast<object>().OrderBy(key => (string)key, StringComparer.Ordinal).Select(key => $"{key}: {Show(map[key])}")) + "}",
        System.Collections.IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Show)) + "]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Stored(value.ToString()!),
    };

    // A half of a surrogate pair is U+FFFD in a column.
    private static string Stored(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>A problem that the parser has reported.</summary>
    public sealed record Refusal(string Case, string Id, string Place, IReadOnlyList<string> Arguments)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Case}: {Id} at {Place}: {string.Join(" / ", Arguments)}";
    }

    private sealed class Scope(string name, RowSpec row, IParameterSymbol parameter, List<Refusal> refusals) : IExpressionScope
    {
        public Binding? Bind(IParameterSymbol asked) => SymbolEqualityComparer.Default.Equals(asked, parameter) ? new RowBinding(0, row) : null;

        public ExprSpec? TryResolve(IOperation operation) => null;

        public ParameterExpr? Parameter(IPropertySymbol property) => null;

        public void Called(IMethodSymbol method, Location place)
        {
        }

        public void Report(string diagnosticId, Location location, params string[] arguments)
        {
            if (Diagnostics.IsError(diagnosticId))
                refusals.Add(new Refusal(name, diagnosticId, location.SourceTree!.GetText().ToString(location.SourceSpan), arguments));
        }
    }
}
