using System.Text;
using System.Text.Json;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <content>Sessions.</content>
internal sealed partial class PlanWriter
{
    private static string Session(JsonElement session, RowScope scope)
    {
        string on = $"on: r => {scope.Resolve(session.Text("column")!).Text}";
        if (session.Get("gap_by") is not JsonElement gaps)
            return $"Window.Session(\"{Duration(session, "gap") ?? throw new CaseException("a session without a gap")}\"), {on}";

        // The gap by the value of a column; the default for all other values and for null.
        Code key = scope.Resolve(session.Text("gap_key")!);
        StringBuilder gap = new();
        foreach (JsonProperty entry in gaps.EnumerateObject())
        {
            string value = key.Type.Kind == SqlKind.String ? SymbolDisplay.FormatLiteral(entry.Name, true) : entry.Name;
            gap.Append($"{key.Text} == {value} ? {Millis(entry.Value.GetInt64())} : ");
        }

        gap.Append(Millis(session.Number("gap_default") ?? throw new CaseException("a gap by key without a default")));
        return $"sessionGap: r => {gap}, {on}";
    }

    private static string Millis(long count) => $"TimeSpan.FromMilliseconds({count})";
}
