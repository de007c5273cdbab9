using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Typed.Execution;
using Typed.Operators;
using Typed.State;

namespace Typed.Tests.State;

/// <summary>What the build reads of a pipeline's state is what its operators say at run time: for every pipeline of the tests.</summary>
public sealed partial class GeneratedStateTests
{
    [Fact]
    public void The_build_reads_what_the_operators_say()
    {
        Type[] pipelines = [.. typeof(GeneratedStateTests).Assembly.GetTypes().Where(type => type.GetCustomAttribute<PipelineAttribute>() is not null)];
        int compared = 0;
        HashSet<string> kinds = [];
        foreach (Type pipeline in pipelines)
        {
            OperatorGraph graph = new();
            Type plan = pipeline.GetNestedType("Plan", BindingFlags.NonPublic)!;
            ((PipelinePlan)Activator.CreateInstance(plan, RuntimeHelpers.GetUninitializedObject(pipeline))!).Build(graph);
            string[] said = [.. graph.Stateful.Select(one => Text(one.Name, one.IsNamed, one.Kind, one.StateSchema, StructSize().Replace(one.Layout.ToString(), "raw(0)")))];
            string[] read = [.. pipeline.GetCustomAttributes<GeneratedStateAttribute>().Select(one => Text(one.Name, one.IsNamed, one.Kind, one.Schema, one.Layout))];
            Assert.True(said.Order().SequenceEqual(read.Order()), $"{pipeline}:\nsaid\n{string.Join('\n', said)}\nread\n{string.Join('\n', read)}");
            compared += read.Length;
            kinds.UnionWith(graph.Stateful.Select(one => one.GetType().Name));
            foreach (StatefulOperator one in graph.Stateful)
                one.Dispose();
        }

        Assert.True(compared > 90, $"only {compared} operators were compared");
        Assert.True(kinds.Count >= 13, string.Join(", ", kinds));
    }

    private static string Text(string name, bool isNamed, string kind, string schema, string layout) => $"{name} {isNamed} {kind}\n  {schema}\n  {layout}";

    [GeneratedRegex(@"raw\([0-9]+\)")]
    private static partial Regex StructSize();
}
