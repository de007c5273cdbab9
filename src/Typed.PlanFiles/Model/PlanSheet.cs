using Typed.Plan;

namespace Typed.PlanFiles;

/// <summary>
/// A compiled pipeline as people read it. The generator makes it from the plan and puts it on the class as JSON; whatever is shown of a plan — text, Markdown, JSON,
/// diagrams — is a rendering of it. Equal plans have equal sheets: nothing here knows a machine, a path or a day.
/// </summary>
/// <param name="Name">The name of the class, after those of the classes around it.</param>
/// <param name="FullName">The same with its namespace.</param>
/// <param name="OutputMode">Append, Update or Complete.</param>
internal sealed record PlanSheet(string Name, string FullName, string OutputMode)
{
    /// <summary>The streams and tables that come from outside.</summary>
    public EquatableArray<InputSheet> Inputs { get; init; }

    /// <summary>The properties that are read at start.</summary>
    public EquatableArray<ParameterSheet> Parameters { get; init; }

    /// <summary>The operators, inputs before their readers; each one's number is its place.</summary>
    public EquatableArray<OperatorSheet> Operators { get; init; }

    /// <summary>What comes out: one for Define, or one for each method marked [Output].</summary>
    public EquatableArray<OutputSheet> Outputs { get; init; }

    /// <summary>How often a row gets into the sink, and under what conditions.</summary>
    public EquatableArray<GuaranteeSheet> Delivery { get; init; }

    /// <summary>What in this plan the guarantees rely on; sentences.</summary>
    public EquatableArray<string> Conditions { get; init; }
}

/// <summary>An input.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="IsTable">Whether it is looked up, else followed.</param>
/// <param name="Record">The record its rows are.</param>
/// <param name="Columns">All its columns; the operator that reads it has those that are used.</param>
internal sealed record InputSheet(string Name, bool IsTable, string Record, EquatableArray<ColumnSheet> Columns);

/// <summary>A column.</summary>
internal sealed record ColumnSheet(string Name, string Type);

/// <summary>A parameter of the pipeline.</summary>
/// <param name="Name">The name of the property.</param>
/// <param name="Type">Its type.</param>
/// <param name="State">The operators whose state depends on its value: with another one it is other state.</param>
internal sealed record ParameterSheet(string Name, string Type, EquatableArray<string> State);

/// <summary>An operator.</summary>
/// <param name="Name">The stable name.</param>
/// <param name="Kind">What it is: source, stage, aggregate …</param>
/// <param name="Inputs">The numbers of the operators that it reads.</param>
/// <param name="Steps">What it does.</param>
internal sealed record OperatorSheet(string Name, string Kind, EquatableArray<int> Inputs, EquatableArray<StepSheet> Steps)
{
    /// <summary>The columns that come out.</summary>
    public EquatableArray<ColumnSheet> Columns { get; init; }

    /// <summary>The input that it reads, for a source, or looks up, for a join with a table; empty for none.</summary>
    public string Input { get; init; } = "";

    /// <summary>The watermark that it declares; null for none.</summary>
    public WatermarkSheet? Watermark { get; init; }

    /// <summary>The numbers of the operators whose watermarks it goes by; of several, by the least.</summary>
    public EquatableArray<int> Watermarks { get; init; }

    /// <summary>What is late to it, in words; empty where nothing is.</summary>
    public string Late { get; init; } = "";

    /// <summary>When rows come out, in words; empty where each comes out in the micro-batch in which it came in.</summary>
    public string Emits { get; init; } = "";

    /// <summary>What it keeps between micro-batches.</summary>
    public EquatableArray<StateSheet> State { get; init; }

    /// <summary>What is stored and how, as it stands in a checkpoint; empty without state.</summary>
    public string Schema { get; init; } = "";

    /// <summary>The tables of its entries in a checkpoint.</summary>
    public EquatableArray<StateTableSheet> Tables { get; init; }
}

/// <summary>One thing that an operator does.</summary>
/// <param name="Text">In words.</param>
internal sealed record StepSheet(string Text)
{
    /// <summary>The tier of its expression: kernel, loop over columns, row call, or shared or gathered; empty where nothing is computed.</summary>
    public string Tier { get; init; } = "";

    /// <summary>The methods that a row call calls.</summary>
    public string Calls { get; init; } = "";

    /// <summary>Why it is in this tier, where that may surprise.</summary>
    public string Why { get; init; } = "";

    /// <summary>Whether it only passes columns on.</summary>
    public bool PassesOn { get; init; }
}

/// <summary>A watermark.</summary>
/// <param name="Column">The event time.</param>
/// <param name="Delay">How far it is behind the latest.</param>
internal sealed record WatermarkSheet(string Column, string Delay)
{
    /// <summary>After how long without rows it holds others back no longer; empty for what the options say.</summary>
    public string IdleAfter { get; init; } = "";

    /// <summary>How far ahead of the clock an event time may be and move it; empty for what the options say.</summary>
    public string MaxAhead { get; init; } = "";
}

/// <summary>Something that an operator keeps.</summary>
/// <param name="Keeps">What.</param>
/// <param name="Goes">Until when; empty for one thing that is always there.</param>
/// <param name="IsForEver">Whether it never goes.</param>
internal sealed record StateSheet(string Keeps, string Goes, bool IsForEver = false)
{
    /// <summary>Whether the watermark makes it go.</summary>
    public bool ByWatermark { get; init; }

    /// <summary>About how much it is, in words, or which hints would tell; empty where no hint would.</summary>
    public string Size { get; init; } = "";

    /// <summary>About how many bytes in memory; of state that only grows, how many more each day; −1 where that is not known.</summary>
    public long Bytes { get; init; } = -1;

    /// <summary>Why it may be kept for ever, as [Unbounded] says it; empty where nothing is said.</summary>
    public string Why { get; init; } = "";
}

/// <summary>A table of stored entries.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Time">What the time in the identity of an entry is; empty for none.</param>
/// <param name="Key">The fields of the key.</param>
/// <param name="Value">The fields of the value.</param>
internal sealed record StateTableSheet(string Name, string Time, string Key, string Value);

/// <summary>An output.</summary>
/// <param name="Name">The name of the method.</param>
/// <param name="Operator">The number of the operator whose rows it gives.</param>
/// <param name="Record">The record its rows are.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record OutputSheet(string Name, int Operator, string Record, EquatableArray<ColumnSheet> Columns)
{
    /// <summary>What the attribute says of it.</summary>
    public string Comment { get; init; } = "";

    /// <summary>When its rows appear; sentences.</summary>
    public EquatableArray<string> Appears { get; init; }
}

/// <summary>A guarantee.</summary>
/// <param name="Level">Exactly once, at least once …</param>
/// <param name="Given">What it needs.</param>
internal sealed record GuaranteeSheet(string Level, string Given);
