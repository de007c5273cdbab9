using System.Globalization;
using Microsoft.CodeAnalysis;
using Typed.Execution;
using Typed.Tests.Compilation;

namespace Typed.Tests.Rules;

/// <summary>What the build refuses and what the start refuses is one rule: the same id, the same text.</summary>
public class StartRuleTests
{
    private const string Head = "The query would not start: ";

    private static readonly (string Expression, Func<object> Start)[] s_settings =
    [
        ("Trigger.Every(\"soon\")", () => Trigger.Every("soon")),
        ("Trigger.Every(\"1 month\")", () => Trigger.Every("1 month")),
        ("Trigger.Every(\"-1 second\")", () => Trigger.Every("-1 second")),
        ("Trigger.Every(TimeSpan.FromMicroseconds(1500))", () => Trigger.Every(TimeSpan.FromMicroseconds(1500))),
        ("RateSource.Of<TextLine>(0, i => default)", () => RateSource.Of<TextLine>(0, i => default)),
        ("RateSource.Of<TextLine>(1, i => default, rampUp: TimeSpan.FromDays(5000))", () => RateSource.Of<TextLine>(1, i => default, rampUp: TimeSpan.FromDays(5000))),
        ("ForeachBatch.Run<TextLine>(null!)", () => ForeachBatch.Run<TextLine>(null!)),
        ("ForeachSink.Of<TextLine>(null!)", () => ForeachSink.Of<TextLine>(null!)),
        ("SocketLines.In(\"localhost\", 0)", () => SocketLines.In("localhost", 0)),
        ("CsvFiles.Out(\"a\", new() { Separator = '\"' })", () => CsvFiles.Out("a", new() { Separator = '"' })),
        ("Retry.Exponential(0)", () => Retry.Exponential(0)),
        ("Retry.Exponential(1, max: \"long\")", () => Retry.Exponential(1, max: "long")),
        ("new JsonReadOptions { MaxBytesPerTrigger = 0 }", () => Checked(new JsonReadOptions { MaxBytesPerTrigger = 0 })),
        ("new JsonReadOptions { MaxFilesPerTrigger = 1, MaxBytesPerTrigger = 1 }", () => Checked(new JsonReadOptions { MaxFilesPerTrigger = 1, MaxBytesPerTrigger = 1 })),
        ("new JsonReadOptions { ModifiedBefore = DateTimeOffset.UnixEpoch }", () => Checked(new JsonReadOptions { ModifiedBefore = DateTimeOffset.UnixEpoch })),
        ("new JsonReadOptions { PollInterval = TimeSpan.Zero }", () => Checked(new JsonReadOptions { PollInterval = TimeSpan.Zero })),
        ("new JsonReadOptions { SettleTime = TimeSpan.FromSeconds(-1) }", () => Checked(new JsonReadOptions { SettleTime = TimeSpan.FromSeconds(-1) })),
        ("new JsonReadOptions { MaxMalformed = 1.5 }", () => Checked(new JsonReadOptions { MaxMalformed = 1.5 })),
        ("new JsonReadOptions { Rows = \"a\" }", () => Checked(new JsonReadOptions { Rows = "a" })),
        ("new CsvReadOptions { Comment = ',' }", () => Checked(new CsvReadOptions { Comment = ',' })),
        ("new StateAlert(0)", () => Checked(new StateAlert(0))),
        ("new StateAlert(Bytes: \"much\")", () => Checked(new StateAlert(Bytes: "much"))),
    ];

    [Fact]
    public void Both_say_the_same()
    {
        string source = "using Typed;\npublic static class Uses\n{\n" + string.Concat(s_settings.Select((one, number) => $"    public static object Use{number}() => {one.Expression};\n")) + "}\n";
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        Dictionary<int, Diagnostic> found = compiled.Errors.ToDictionary(one => one.Location.GetLineSpan().StartLinePosition.Line - 3);
        for (int i = 0; i < s_settings.Length; i++)
        {
            QueryStartException refused = Assert.Throws<QueryStartException>(s_settings[i].Start);
            Assert.True(found.TryGetValue(i, out Diagnostic? built), s_settings[i].Expression);
            Assert.Equal(built.Id, refused.Id);
            Assert.Equal(built.Id + ": " + built.GetMessage(CultureInfo.InvariantCulture)[Head.Length..], refused.Message);
            Assert.Contains("conformance:" + refused.Rule, built.Descriptor.CustomTags);
        }
    }

    [Fact]
    public void Each_name_belongs_to_the_rules_that_have_it() =>
        Assert.All(StartRules.All, rule => Assert.DoesNotContain(rule.Name, rule.OtherNames));

    private static FileSourceOptions Checked(FileSourceOptions options)
    {
        options.Validate();
        return options;
    }

    private static StateAlert Checked(StateAlert alert)
    {
        alert.Check();
        return alert;
    }
}
