using System.Text.Json;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <summary>A stream or table that a written pipeline reads.</summary>
/// <param name="Name">The name in the case.</param>
/// <param name="Parameter">The parameter of Define.</param>
/// <param name="Record">The record of its rows.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record PlanInput(string Name, string Parameter, string Record, IReadOnlyList<SqlColumn> Columns)
{
    /// <summary>The rows of a table.</summary>
    public IReadOnlyList<JsonElement[]> Rows { get; init; } = [];

    /// <summary>What happens to malformed records where the stream is read from JSON files; null where the runner feeds it.</summary>
    public string? OnMalformed { get; init; }
}

/// <summary>A case's plan as C#.</summary>
/// <param name="Declarations">The records of the rows.</param>
/// <param name="Define">The parameters and the body of Define.</param>
/// <param name="Sources">The streams, in the order of the parameters.</param>
/// <param name="Tables">The tables, after the streams.</param>
/// <param name="Output">The columns that come out.</param>
internal sealed record WrittenPlan(string Declarations, string Define, IReadOnlyList<PlanInput> Sources, IReadOnlyList<PlanInput> Tables, IReadOnlyList<SqlColumn> Output)
{
    /// <summary>How many watermark nodes the plan has.</summary>
    public int Watermarks { get; init; }

    /// <summary>Whether there is custom state, whose handlers can be made to fail.</summary>
    public bool HasProcessors { get; init; }
}

/// <summary>The plan cannot be written in the language: C# has no such member, or its types do not fit.</summary>
internal sealed class NoFormException(string what) : Exception(what);
