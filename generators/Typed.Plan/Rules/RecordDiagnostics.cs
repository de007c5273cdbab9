using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <summary>What can be wrong with a record marked [StreamRecord].</summary>
internal static class RecordDiagnostics
{
    public static readonly DiagnosticDescriptor NotPartial = Error(
        "TYPED0001", "A stream record is partial", "'{0}' is not partial, so that the columns of '{1}' cannot be added to it; write 'partial' before 'record' or 'class'");

    public static readonly DiagnosticDescriptor NotRecord = Error(
        "TYPED0002", "A stream record is a record", "'{0}' is marked [StreamRecord] but is not a record; declare it as 'readonly partial record struct {0}(…)'");

    public static readonly DiagnosticDescriptor NoFields = Error(
        "TYPED0003", "A stream record has positional parameters", "'{0}' has no positional parameters, which are the fields of a record; declare it as 'partial record struct {0}(string Id, …)'");

    public static readonly DiagnosticDescriptor FieldType = Error(
        "TYPED0004", "A field has a type that a column can hold", "The field '{0}' cannot be a column: {1}");

    public static readonly DiagnosticDescriptor SecondEventTime = Error(
        "TYPED0005", "A record has one event time", "'{0}' marks both '{1}' and '{2}' with [EventTime]; a record has one event time, and other times are named where they are used");

    public static readonly DiagnosticDescriptor EventTimeType = Error(
        "TYPED0006", "An event time is a DateTimeOffset", "The event time '{0}' has the type '{1}'; an event time is an instant, so write DateTimeOffset, or DateTimeOffset? if it may be missing");

    public static readonly DiagnosticDescriptor Precision = Error(
        "TYPED0007", "A precision fits a decimal", "[Precision({1}, {2})] on '{0}' is not possible: {3}");

    public static readonly DiagnosticDescriptor Generic = Error(
        "TYPED0008", "A stream record is not generic", "'{0}' is generic or stands inside a generic type; a record of columns has fields of known types");

    public static readonly DiagnosticDescriptor FileLocal = Error(
        "TYPED0009", "A stream record is visible outside its file", "'{0}' is local to its file, where its generated part cannot stand; make it internal or private in a class");

    public static readonly DiagnosticDescriptor SameName = Error(
        "TYPED0010", "The fields of a record have different names and ids", "'{1}' and '{2}' of '{0}' have the same {3}; give one of them another [{4}]");

    public static readonly DiagnosticDescriptor RawTextType = Error(
        "TYPED0011", "Raw text goes to a nullable string", "'{0}' is marked [{1}] and has the type '{2}'; the text of what could not be read needs 'string?'", conformance: "corrupt-column-type");

    public static readonly DiagnosticDescriptor SourceType = Error(
        "TYPED0012", "A field from the source has the source's type", "'{0}' takes {1} from its source and has the type '{2}'; it must be '{3}'");

    public static readonly DiagnosticDescriptor LostState = Error(
        "TYPED0013", "All state of a record is in its positional parameters", "'{1}' of '{0}' is stored beside the positional parameters and would be lost on the way through columns; make it a parameter or compute it");

    public static readonly DiagnosticDescriptor Abstract = Error(
        "TYPED0014", "A stream record can be made", "'{0}' is abstract, and rows are read back as instances of it");

    public static readonly DiagnosticDescriptor SecondRawText = Error(
        "TYPED0015", "A record has one field for raw text of a kind", "'{1}' and '{2}' of '{0}' are both marked [{3}]; one field takes it");

    public static readonly DiagnosticDescriptor Id = Error(
        "TYPED0016", "The id of a field is above 0", "'{0}' has the id {1}; ids are whole numbers from 1 on, each once in a record and never used again");

    public static readonly DiagnosticDescriptor Cardinality = Error(
        "TYPED0017", "A cardinality is a number of values of a key", "[Cardinality({1})] on '{0}' does not say how large state becomes: {2}; give the number of different values that you expect, on a field that rows are grouped, joined or deduplicated by");

    private static DiagnosticDescriptor Error(string id, string title, string message, string? conformance = null) => new(
        id,
        title,
        message,
        "Typed.Records",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: "docs/diagnostics/" + id + ".md",
        customTags: conformance is null ? [] : ["conformance:" + conformance]);
}
