using System.Reflection;
using Typed.Columns;
using Typed.Operators;

namespace Typed.Tests.Aggregate;

/// <summary>What operators take from the pool of buffers they give back; alone, since the pool counts for the whole process.</summary>
[Collection("Buffers")]
public sealed class AggregateMemoryTests
{
    [Fact]
    public void All_memory_is_given_back()
    {
        using AggregateShape shape = AggregateShape.Compile([AggregateShape.Key, AggregateShape.Text], EveryAggregate.Calls);
        Func<StatefulOperator>[] operators =
        [
            () => shape.Window(OutputMode.Append, 10, 10, 0, true), () => shape.Window(OutputMode.Append, 25, 10, 0, true),
            () => shape.Window(OutputMode.Update, 25, 10, 0, true), () => shape.Keyed(OutputMode.Complete), () => shape.Expiring(OutputMode.Update, 3),
            () => shape.Sessions(OutputMode.Append, AggregateShape.Time, -1, 7, 0, true),
            () => shape.Sessions(OutputMode.Complete, AggregateShape.Span, AggregateShape.Gap, 0, 0, false),
        ];
        long before = BufferPool.Outstanding;
        foreach ((Func<StatefulOperator> make, Spilling spilling) in operators.SelectMany(make => Enum.GetValues<Spilling>().Select(spilling => (make, spilling))))
        {
            Random random = new(5);
            long sequence = 0;
            using AggregateRun run = new(shape.InputSchema, make, spilling);
            OutputMode mode = (OutputMode)run.Operator.GetType().GetProperty("Mode", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(run.Operator)!;
            for (int batch = 0; batch < 8; batch++)
            {
                run.Batch(TestRows.Make(random, 50, ref sequence, batch * 10, 30), 20, mode, (batch - 1) * 10, batch * 10, batch);
                if (batch == 4)
                    run.Restart();
            }
        }

        Assert.Equal(before, BufferPool.Outstanding);
    }
}
