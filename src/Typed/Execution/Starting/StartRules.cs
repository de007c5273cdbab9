namespace Typed.Execution;

/// <summary>The rules that the build and the start of a query share. What only the run knows is refused by the same id, before anything is written.</summary>
internal static class StartRules
{
    /// <summary>A sink that can only append, in update or complete mode.</summary>
    public static readonly StartRule AppendOnly = new(
        "TYPED6001", "file-sink-append-only", "Changed results into a sink that can only append",
        "'{0}' writes in {1} mode, but what is in {2} stays as it was written, so it takes rows in append mode only. Use OutputMode.Append, or a sink that can replace rows.");

    /// <summary>The interval of a trigger.</summary>
    public static readonly StartRule Interval = new(
        "TYPED6020", "invalid-trigger-interval", "A trigger interval that is none",
        "'{0}' cannot be the time between batches, because {1}. Write a number and a unit up to weeks, such as \"30 seconds\".");

    /// <summary>Numbers that must be above zero.</summary>
    public static readonly StartRule Limit = new(
        "TYPED6021", "invalid-rate-limit", "A number of rows, files or bytes that is not above zero",
        "{0} is {1}, and it must be above zero. Leave it out for what is usual.")
    {
        OtherNames = ["rate-source-options"],
    };

    /// <summary>Two limits of a micro-batch.</summary>
    public static readonly StartRule TwoLimits = new(
        "TYPED6022", "conflicting-rate-limits", "Two limits that exclude each other",
        "MaxFilesPerTrigger and MaxBytesPerTrigger are both set, but a micro-batch is limited by one of them. Leave one out.");

    /// <summary>The columns that files are put in folders by.</summary>
    public static readonly StartRule Partitions = new(
        "TYPED6023", "partition-by-all-columns", "Columns by which files cannot be put in folders",
        "PartitionBy {0}.");

    /// <summary>A sink that has nothing to call.</summary>
    public static readonly StartRule NoHandler = new(
        "TYPED6024", "foreach-writer-null", "A sink without anything to call",
        "{0} was given nothing to call. Give it the function or the writer that takes the rows.");

    /// <summary>A filter by time that a stream of files does not have.</summary>
    public static readonly StartRule TimeFilter = new(
        "TYPED6025", "file-source-time-filter", "A filter by time on files that are followed",
        "{0} is set, but a stream takes each file once, whenever it was modified. Leave it out; MaxFileAge leaves out files that are old beside the newest one.");

    /// <summary>A setting of a source or a sink.</summary>
    public static readonly StartRule ConnectOption = new(
        "TYPED6026", "file-source-option", "A setting of a source or a sink that cannot be",
        "{0} is {1}, but {2}.")
    {
        OtherNames = ["malformed-option", "file-sink-option", "socket-option", "rate-source-options"],
    };

    /// <summary>The characters of a CSV file.</summary>
    public static readonly StartRule CsvCharacters = new(
        "TYPED6027", "csv-option", "Characters that give a CSV file no form", "{0}.");

    /// <summary>A setting of a query.</summary>
    public static readonly StartRule QueryOption = new(
        "TYPED6029", "invalid-duration", "A setting with which a query cannot start",
        "{0} is {1}, but {2}.")
    {
        OtherNames = ["invalid-size", "invalid-retention", "invalid-workers", "invalid-query-name", "invalid-retry", "invalid-state-alert"],
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StartRule> All =>
        [AppendOnly, Interval, Limit, TwoLimits, Partitions, NoHandler, TimeFilter, ConnectOption, CsvCharacters, QueryOption];
}
