using Typed.Plan;

namespace Typed.Generator.Emitter.Text;

/// <summary>What a stage does, a line for each filter and each computed value.</summary>
internal static class StageText
{
    /// <param name="stage">The stage.</param>
    /// <param name="how">How an expression is computed, to be said behind it; empty for nothing.</param>
    public static IEnumerable<string> Of(StageOp stage, Func<ExprSpec, string> how)
    {
        foreach (ExprSpec filter in stage.Filters)
            yield return "keeps rows where " + ExprText.Of(filter) + Behind(how(filter));
        for (int i = 0; i < stage.Values.Count; i++)
        {
            if (stage.Values[i] is not ColumnExpr)
                yield return stage.Output.Columns[i].Name + " = " + ExprText.Of(stage.Values[i]) + Behind(how(stage.Values[i]));
        }
    }

    private static string Behind(string how) => how.Length == 0 ? "" : " [" + how + "]";
}
