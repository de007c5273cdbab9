using System.Globalization;

namespace Typed.Conformance.Facts;

/// <summary>A line of a file and the path of the file.</summary>
/// <param name="Path">The path.</param>
/// <param name="Value">The line.</param>
[StreamRecord]
public readonly partial record struct LineOfFile([FromSource(SourceField.Path)] string Path, string Value);

/// <summary>A number, from wherever it came.</summary>
/// <param name="Value">The number.</param>
[StreamRecord]
public readonly partial record struct Number(int Value);

/// <summary>Lines as they are read.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class LinesOfFiles
{
    /// <summary>The query.</summary>
    public static Stream<LineOfFile> Define(Stream<LineOfFile> files) => files;
}

/// <summary>Numbers from files, one on each line, and from memory.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class NumbersOfFilesAndMemory
{
    /// <summary>The query.</summary>
    public static Stream<Number> Define(Stream<LineOfFile> files, Stream<Number> memory) =>
        files.Select(line => new Number(int.Parse(line.Value, CultureInfo.InvariantCulture))).Union(memory);
}

/// <summary>How often each number came, for sinks that must refuse all modes but append.</summary>
[Pipeline(OutputMode.Update)]
public sealed partial class UpdatedNumbers
{
    /// <summary>The query.</summary>
    public static Stream<Number> Define(Stream<Number> numbers) => numbers.GroupBy(number => number.Value).Select(group => new Number(group.Key));
}

/// <inheritdoc cref="UpdatedNumbers"/>
[Pipeline(OutputMode.Complete)]
public sealed partial class CompleteNumbers
{
    /// <summary>The query.</summary>
    public static Stream<Number> Define(Stream<Number> numbers) => numbers.GroupBy(number => number.Value).Select(group => new Number(group.Key));
}
