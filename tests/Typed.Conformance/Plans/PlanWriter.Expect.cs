using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <summary>Expectations.</summary>
internal sealed partial class PlanWriter
{
    private Rows Expect(JsonElement plan)
    {
        Rows rows = Stream(Input(plan));
        foreach (JsonElement one in plan.GetProperty("expectations").EnumerateArray())
        {
            string action = one.Text("action") switch
            {
                null or "warn" => "Warn",
                "drop" => "Drop",
                "fail" => "Fail",
                string other => throw new CaseException($"the action '{other}' of an expectation is not known"),
            };
            string holds = new RowScope("r", rows.Columns).Writer.IsTrue(SqlParser.Parse(one.Text("expr")!));
            rows = rows.Then($".Expect({JsonSerializer.Serialize(one.Text("name"))}, r => {holds}, OnViolation.{action})");
        }

        return rows;
    }
}
