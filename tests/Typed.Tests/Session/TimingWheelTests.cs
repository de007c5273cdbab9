using Typed.Operators;

namespace Typed.Tests.Session;

/// <summary>The timing wheel against a list that is searched.</summary>
public sealed class TimingWheelTests
{
    [Fact]
    public void What_is_due_comes_once_and_in_time()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Random random = new(seed);
            using TimingWheel wheel = new();
            List<(long Time, int Item)> waiting = [];
            long now = seed % 4 == 0 ? long.MinValue : random.NextInt64(-1L << random.Next(1, 60), 1L << random.Next(1, 60));
            wheel.Advance(now);
            int next = 0;
            for (int step = 0; step < 60; step++)
            {
                for (int i = random.Next(50); i > 0; i--)
                {
                    long ahead = random.NextInt64(1L << random.Next(1, 62));
                    long time = now < 0 || now < long.MaxValue - ahead ? now + ahead : long.MaxValue;
                    if (random.Next(10) == 0)
                        time = Math.Max(now, long.MinValue + 100) - random.Next(100);
                    waiting.Add((time, next));
                    wheel.Add(time, next++);
                }

                long step2 = 1L << random.Next(1, 60);
                now = now < 0 || now < long.MaxValue - step2 ? now + random.NextInt64(step2) : now;
                wheel.Advance(now);
                Assert.Equal(waiting.Where(one => one.Time <= now).Order(), Due(wheel).Order());
                waiting.RemoveAll(one => one.Time <= now);
                Assert.Equal(waiting.Count, wheel.Count);
                Assert.Equal(now, wheel.Now);
                wheel.ClearDue();
            }
        }
    }

    [Fact]
    public void Memory_does_not_grow_with_time()
    {
        using TimingWheel wheel = new();
        long most = 0;
        for (long now = 0; now < 2_000_000; now += 500)
        {
            for (int i = 0; i < 100; i++)
                wheel.Add(now + 1000 + (i * 17), i);
            wheel.Advance(now);
            wheel.ClearDue();
            if (now == 200_000)
                most = wheel.MemoryBytes;
        }

        Assert.InRange(wheel.MemoryBytes, 1, most * 2);
    }

    private static List<(long Time, int Item)> Due(TimingWheel wheel)
    {
        List<(long, int)> due = [];
        foreach (TimingWheel.Entry entry in wheel.Due)
            due.Add((entry.Time, entry.Item));
        return due;
    }
}
