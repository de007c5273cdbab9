using System.Reflection;
using System.Runtime.CompilerServices;
using Typed.Connect;
using Typed.Schema;
using Typed.Tests.Connect;

namespace Typed.Tests.House;

/// <summary>Starts a pipeline that was compiled at run time over rows made up for its records, and waits for its end.</summary>
internal static class PageRun
{
    private const int Rows = 2_000;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    /// <summary>The pipelines of an assembly: types that have a method From.</summary>
    internal static IEnumerable<Type> Pipelines(Assembly assembly) =>
        assembly.GetTypes().Where(type => FromOf(type) is not null).OrderBy(type => type.Name, StringComparer.Ordinal);

    /// <summary>Runs it over all rows.</summary>
    internal static async Task<QueryTotals> RunAsync(Type pipeline, CancellationToken cancellation)
    {
        MethodInfo from = FromOf(pipeline)!;
        object start = from.Invoke(null, [.. from.GetParameters().Select(Input)])!;

        // A sink for each output.
        MethodInfo to = start.GetType().GetMethods().Single(method => method.Name == "To" && method.GetParameters().All(parameter => parameter.ParameterType == typeof(ISink)));
        start = to.Invoke(start, [.. to.GetParameters().Select(_ => new RowTexts())])!;
        MethodInfo begin = start.GetType().GetMethod("StartAsync", [typeof(QueryOptions), typeof(CancellationToken)])!;
        await using StreamingQuery query = await (Task<StreamingQuery>)begin.Invoke(start, [new QueryOptions { Trigger = Trigger.AvailableNow }, cancellation])!;
        return await query.Completion;
    }

    private static MethodInfo? FromOf(Type type) => type.GetMethod("From", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic);

    private static object? Input(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        if (!type.IsGenericType || (type.GetGenericTypeDefinition() != typeof(ISource<>) && type.GetGenericTypeDefinition() != typeof(ITableSource<>)))
            return null;
        MethodInfo fill = typeof(PageRun).GetMethod(type.GetGenericTypeDefinition() == typeof(ISource<>) ? nameof(Source) : nameof(Table), BindingFlags.Static | BindingFlags.NonPublic)!;
        return fill.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [parameter.Position]);
    }

    private static MemorySource<T> Source<T>(int seed)
        where T : IStreamRecord<T>
    {
        MemorySource<T> source = new() { MaxRowsPerTrigger = 300 };
        source.Add([.. MakeUp<T>(seed, Rows)]);
        return source;
    }

    private static MemoryTable<T> Table<T>(int seed)
        where T : IStreamRecord<T> => new([.. MakeUp<T>(seed, 5)]);

    private static IEnumerable<T> MakeUp<T>(int seed, int count)
    {
        Random random = new(seed);
        ConstructorInfo constructor = typeof(T).GetConstructors().MaxBy(one => one.GetParameters().Length)!;
        for (int i = 0; i < count; i++)
            yield return (T)constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, random, i))]);
    }

    // Few texts and numbers, so that keys meet; times go on, some rows are behind.
    private static object? Value(Type type, Random random, int row) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } inner => random.Next(4) == 0 ? null : Value(inner, random, row),
        _ when type == typeof(string) => "abcde"[random.Next(5)].ToString(),
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(DateTimeOffset) => Start.AddSeconds((row * 30) - random.Next(600)),
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(random.Next(1, 600)),
        _ when type.IsEnum => Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length)),
        _ when type.IsPrimitive || type == typeof(decimal) => Convert.ChangeType(random.Next(1, 6), type, null),
        _ => RuntimeHelpers.GetUninitializedObject(type) is var made && type.GetConstructor(Type.EmptyTypes) is { } empty ? empty.Invoke(null) : made,
    };
}
