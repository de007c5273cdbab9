using System.Threading.Channels;
using Typed.Schema;

namespace Typed.Connect;

/// <summary>A task that writes rows to a bounded channel for a source to read.</summary>
internal static class RowPump
{
    internal static HeldRows<T> Open<T>(
        string description, BufferedSourceOptions options, bool availableMeansAll, Func<ChannelWriter<T>, CancellationToken, Task> pump)
        where T : IStreamRecord<T>
    {
        RateLimit.Check(options.Buffer, nameof(options.Buffer));
        Channel<T> channel = Channel.CreateBounded<T>(new BoundedChannelOptions(options.Buffer) { SingleReader = true, SingleWriter = true });
        CancellationTokenSource stop = new();
        Task running = Task.Run(async () =>
        {
            try
            {
                await pump(channel.Writer, stop.Token);
                channel.Writer.Complete();
            }
            catch (Exception failure)
            {
                // The query sees the failure when it has read the rows that came before it.
                channel.Writer.Complete(failure);
            }
        });
        return new HeldRows<T>(description, channel.Reader, options, availableMeansAll, async () =>
        {
            await stop.CancelAsync();
            await running;
            stop.Dispose();
        });
    }
}
