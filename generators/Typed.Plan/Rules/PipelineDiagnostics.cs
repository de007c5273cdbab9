using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>005x–006x: the shape of a pipeline class, and what of a query can be read.</summary>
internal static class PipelineDiagnostics
{
    private const string Band = "Pipeline";

    public static readonly DiagnosticRule NotPartial = Error(
        "TYPED0051", Band, "A pipeline must be a partial class",
        "'{0}' cannot be compiled: {1}, so the generator cannot add the other part of it. Declare it as a partial, non-generic class inside partial types only, and call neither it nor a member of it From, Plan or Start.");

    public static readonly DiagnosticRule NoDefine = Error(
        "TYPED0052", Band, "A pipeline needs one method Define, or outputs",
        "'{0}' has no query that can be compiled: {1}. Write one method 'public static Stream<TOut> Define(Stream<TIn> …)' with a body, or several such methods marked [Output].",
        "pipeline-empty");

    public static readonly DiagnosticRule InputType = Error(
        "TYPED0053", Band, "An input of a pipeline is a stream or a table of records",
        "Parameter '{0}' of Define cannot be an input: {1}. Inputs are Stream<T> and Table<T> where T is a partial record marked [StreamRecord]; what only configures the query belongs into an init property of the class.");

    public static readonly DiagnosticRule OutputType = Error(
        "TYPED0054", Band, "The result of a pipeline is a stream of records",
        "The rows of '{0}' have nowhere to go: {1}, and a sink takes only those. Write [StreamRecord] before the record, or end the query with a Select that makes another.");

    public static readonly DiagnosticRule NotFollowed = Error(
        "TYPED0055", Band, "This part of the query cannot be read",
        "'{0}' cannot be compiled into the query: {1}. Define is read, never run: it may hold chained operators, local variables that are assigned once, query expressions, and calls of static methods of this project that return a Stream<T>.");

    public static readonly DiagnosticRule Recursive = Error(
        "TYPED0056", Band, "A helper of a query calls itself",
        "'{0}' calls itself, and a plan has a fixed number of operators. Write the steps out.");

    public static readonly DiagnosticRule NotConstant = Error(
        "TYPED0057", Band, "The plan depends on a value that is known only at run time",
        "{0} must be a constant because it shapes the plan and the stored state. Write it in place or name a const.");

    public static readonly DiagnosticRule RowType = Error(
        "TYPED0058", Band, "These rows cannot be stored as columns",
        "{0} gives rows that have no columns: {1}. Give a [StreamRecord] record, an anonymous object, a tuple or a value of a field type.");

    public static readonly DiagnosticRule NoSource = Error(
        "TYPED0059", Band, "A pipeline reads at least one stream",
        "'{0}' would end at once: its Define has no parameter of type Stream<T>, so no row ever arrives. Add one; a Table<T> is only looked up.",
        "no-streaming-source");

    public static readonly DiagnosticRule NotLambda = Error(
        "TYPED0060", Band, "A lambda is needed here",
        "{0} is not a lambda, so there is no expression to compile. Write it in place, as in x => IsGood(x).");

    public static readonly DiagnosticRule TooLarge = Error(
        "TYPED0061", Band, "The plan is too large",
        "The query expands to more than {0} operators, because streams that are used several times are planned once for each use. Use fewer helper calls.");

    public static readonly DiagnosticRule GroupAsValue = Error(
        "TYPED0062", Band, "A group is not a value",
        "The group '{0}' cannot be a value: its rows are not kept. Use its Key, its Window and its aggregates.");

    public static readonly DiagnosticRule KeyType = Error(
        "TYPED3005", Band, "This value cannot be a key",
        "'{0}' can neither group nor sort rows: {1}. Use its parts, or a text made of it.");

    public static readonly DiagnosticRule AggregateArgument = Error(
        "TYPED3010", Band, "An argument of an aggregate is out of range",
        "{0} cannot be computed: {1}.");

    public static readonly DiagnosticRule UnusedInput = Warning(
        "TYPED6009", Band, "An input is never read",
        "'{0}' would be opened and its rows would go nowhere: no operator of the query reads it. Use it or remove the parameter.");

    public static readonly DiagnosticRule Cycle = Error(
        "TYPED6010", Band, "Outputs read each other in a circle",
        "The outputs cannot be computed, because each needs the rows of the next: {0}. A parameter with the name of an output reads that output; if an input from outside is meant, give the parameter another name.",
        "pipeline-cycle");

    public static readonly DiagnosticRule DuplicateOutput = Error(
        "TYPED6011", Band, "Two outputs have one name",
        "'{0}' cannot be the name of this output: {1}. Parameters and sinks know an output by its name, so give it one of its own.",
        "pipeline-duplicate-identifier");

    public static readonly DiagnosticRule DefineAndOutputs = Error(
        "TYPED6013", Band, "Both Define and outputs",
        "'{0}' has a method Define beside the output '{1}', so it is not clear what comes out. Mark Define with [Output] as well, or make it a private helper of another name.");

    public static readonly DiagnosticRule OutputReadAsOther = Error(
        "TYPED6014", Band, "An output is read as rows of another type",
        "'{0}' reads the output '{1}', as rows of another type: the output gives {2}. Declare the parameter so; if an input from outside is meant, give it another name.",
        "pipeline-schema-mismatch");

    public static readonly DiagnosticRule OutputMethod = Error(
        "TYPED6015", Band, "An output is a static method that returns a stream",
        "'{0}' is marked [Output] and gives no rows: {1}. Write 'public static Stream<TOut> {0}(Stream<TIn> …)' with a body.",
        "pipeline-dataset-without-flow");

    public static readonly DiagnosticRule UnusedStream = Warning(
        "TYPED6016", Band, "A stream is never consumed",
        "No row ever goes through '{0}': nothing reads it, so none of its operators becomes part of the query. Use it in what Define or an output returns, give it an output of its own, or remove it.");

    public static readonly DiagnosticRule DuplicateObservation = Error(
        "TYPED6012", Band, "Two metrics have one name",
        "The progress record can hold '{0}' only once, so one of the two would hide the other. Give each Observe a name of its own.");

    public static readonly DiagnosticRule Rate = Error(
        "TYPED0063", "Pipeline", "A rate is one of an input",
        "[Rate({1})] on '{0}' does not say how large state becomes: {2}. Give the rows of a second that you expect, on the parameter of Define or of an output that is the input.");

    public static ImmutableArray<DiagnosticRule> All =>
    [
        NotPartial, NoDefine, InputType, OutputType, NotFollowed, Recursive, NotConstant, RowType, NoSource, NotLambda, TooLarge,
        GroupAsValue, KeyType, AggregateArgument, UnusedInput, UnusedStream, DuplicateObservation,
        Cycle, DuplicateOutput, DefineAndOutputs, OutputReadAsOther, OutputMethod, Rate,
    ];
}
