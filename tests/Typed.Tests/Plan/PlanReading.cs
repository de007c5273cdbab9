extern alias generator;

using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Tests.Compilation;

namespace Typed.Tests.Plan;

/// <summary>Reads pipelines out of C# text, over a few records that most tests share.</summary>
internal static class PlanReading
{
    public const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using Typed;
        using static Typed.Durations;

        """;

    public const string Records = Usings +
        """

        [StreamRecord]
        public readonly partial record struct Purchase(
            string EventId, string UserId, string Category, [Precision(10, 2)] decimal Amount, int Quantity, string? Note,
            IReadOnlyList<string> Tags, DateTimeOffset Other, [EventTime] DateTimeOffset Time);

        [StreamRecord]
        public readonly partial record struct Product(string Id, string Name, [Precision(10, 2)] decimal Price, string? Country);

        [StreamRecord]
        public readonly partial record struct Result(string Key, long Count);

        [StreamRecord]
        public readonly partial record struct WindowResult(DateTimeOffset Start, DateTimeOffset End, string Key, long Count);
        """;

    /// <summary>A pipeline around a body of Define with the streams <c>rows</c> and <c>more</c> and the table <c>products</c>.</summary>
    public static string Pipeline(string body, string output = "Result", string mode = "Append", string members = "") =>
        $$"""

        [Pipeline(OutputMode.{{mode}})]
        public sealed partial class Query
        {
            public static Stream<{{output}}> Define(Stream<Purchase> rows, Stream<Purchase> more, Table<Product> products){{(body.TrimStart().StartsWith('{') ? "\n    " + body : " =>\n        " + body + ";")}}
            {{members}}
        }
        """;

    /// <summary>The plan of the class Query in a text; C# itself must accept the text.</summary>
    public static ParsedPipeline Read(string source)
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(Records + source);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return PipelineParser.Parse(compilation.GetTypeByMetadataName("Query")!, compilation, CancellationToken.None);
    }

    /// <summary>The plan of a body of Define, which has to be free of errors.</summary>
    public static PipelineSpec Plan(string body, string output = "Result", string mode = "Append", string members = "")
    {
        ParsedPipeline parsed = Read(Pipeline(body, output, mode, members));
        Assert.Empty(parsed.AllFindings().Where(finding => Diagnostics.IsError(finding.DiagnosticId)).Select(Describe));
        return Assert.IsType<PipelineSpec>(parsed.Spec);
    }

    /// <summary>What is found about a body of Define: each id and the text it points at.</summary>
    public static string[] Found(string body, string output = "Result", string mode = "Append", string members = "") =>
        [.. Read(Pipeline(body, output, mode, members)).AllFindings().Where(finding => finding.DiagnosticId != "TYPED6009").Select(Place)];

    /// <summary>The id of a finding and the text it points at.</summary>
    public static string Place(LocatedFinding finding) =>
        finding.DiagnosticId + " " + finding.Location.SourceTree!.GetText().ToString(finding.Location.SourceSpan);

    /// <summary>The same with the arguments of its message.</summary>
    public static string Describe(LocatedFinding finding) => Place(finding) + ": " + string.Join(" | ", finding.Arguments);
}
