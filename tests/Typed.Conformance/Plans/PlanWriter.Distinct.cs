using System.Text.Json;
using Typed.Conformance.Cases;

namespace Typed.Conformance.Plans;

/// <content>Deduplication.</content>
internal sealed partial class PlanWriter
{
    private Rows Deduplicated(JsonElement plan)
    {
        Rows input = Stream(Input(plan));
        string method = plan.Text("op") == "dedup" ? "DropDuplicates" : "DropDuplicatesWithinWatermark";
        if (plan.Get("columns") is not JsonElement { ValueKind: JsonValueKind.Array } columns)
            return input.Then($".{method}()");
        RowScope scope = new("r", input.Columns);
        string[] names = [.. columns.EnumerateArray().Select(column => column.GetString()!)];
        string key = names.Length == 1
            ? scope.Resolve(names[0]).Text
            : $"new {{ {string.Join(", ", names.Select(name => $"{Names.Identifier(name)} = {scope.Resolve(name).Text}"))} }}";
        return input.Then($".{method}(r => {key})");
    }
}
