using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Typed.Execution;

namespace Typed.Analyzers.Settings;

/// <content>Settings that exclude each other: those of one initializer.</content>
public sealed partial class SettingsAnalyzer
{
    private static readonly string[] s_characters = ["Separator", "Quote", "Escape", "Comment"];

    private static void Analyze(OperationAnalysisContext context, IObjectOrCollectionInitializerOperation made)
    {
        if (!OurTypes.IsOurs(made.Type))
            return;
        CheckLimits(context, made);

        // What a copy has beside is not known.
        if (made.Parent is not IObjectCreationOperation)
            return;
        if (made.Type is { Name: "CsvReadOptions" or "CsvWriteOptions" })
            CheckCharacters(context, made);
        else if (made.Type is { Name: "JsonReadOptions" })
            CheckRows(context, made);
    }

    private static void CheckLimits(OperationAnalysisContext context, IObjectOrCollectionInitializerOperation made)
    {
        ISimpleAssignmentOperation? files = Set(made, "MaxFilesPerTrigger");
        ISimpleAssignmentOperation? bytes = Set(made, "MaxBytesPerTrigger");
        if (files is null || bytes is null)
            return;
        (ISimpleAssignmentOperation first, ISimpleAssignmentOperation second) = files.Syntax.SpanStart > bytes.Syntax.SpanStart ? (bytes, files) : (files, bytes);
        ReportBoth(context, StartRules.TwoLimits, second, first);
    }

    private static void CheckCharacters(OperationAnalysisContext context, IObjectOrCollectionInitializerOperation made)
    {
        ISimpleAssignmentOperation?[] set = [.. s_characters.Select(name => Set(made, name))];
        if (set.Any(one => one is not null && Constants.Of(one.Value) is not char))
            return;
        char?[] values = [.. set.Select((one, i) => one is null ? i switch { 0 => ',', 1 => '"', _ => (char?)null } : (char?)Constants.Of(one.Value))];
        for (int i = 0; i < set.Length; i++)
        {
            if (set[i] is { } one && CsvCharacters.Character(values[i], s_characters[i]) is { } wrong)
            {
                Report(context, StartRules.CsvCharacters, one.Value, wrong);
                return;
            }
        }

        if (CsvCharacters.Problem(values[0]!.Value, values[1]!.Value, values[2], values[3]) is not { } problem)
            return;
        ISimpleAssignmentOperation[] written = [.. set.OfType<ISimpleAssignmentOperation>().OrderBy(one => one.Syntax.SpanStart)];
        ReportBoth(context, StartRules.CsvCharacters, written[written.Length - 1].Value, written.Length > 1 ? written[0].Value : null, problem);
    }

    private static void CheckRows(OperationAnalysisContext context, IObjectOrCollectionInitializerOperation made)
    {
        const int Lines = 0;
        if (Set(made, "Rows") is { Value: var rows } && Constants.Of(rows) is string path && (Set(made, "Layout") is not { } layout || layout.Value.ConstantValue is { HasValue: true, Value: Lines }))
            Report(context, StartRules.ConnectOption, rows, "Rows", $"'{path}'", SettingProblems.RowsOnLines);
    }

    private static void ReportBoth(OperationAnalysisContext context, StartRule rule, IOperation at, IOperation? other, params object[] about) =>
        context.ReportDiagnostic(Diagnostic.Create(SettingsDiagnostics.Of(rule), at.Syntax.GetLocation(), other is null ? [] : [other.Syntax.GetLocation()], about));

    /// <summary>Where a setting gets a value that is not null.</summary>
    private static ISimpleAssignmentOperation? Set(IObjectOrCollectionInitializerOperation made, string name) =>
        made.Initializers.OfType<ISimpleAssignmentOperation>().FirstOrDefault(one => one.Target is IPropertyReferenceOperation { Property: var property } && property.Name == name && !Constants.IsNull(Constants.Written(one.Value)));
}
