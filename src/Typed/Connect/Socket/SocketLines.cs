using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Typed.Connect;
using Typed.Execution;

namespace Typed;

/// <summary>
/// Lines of UTF-8 text from a TCP socket, for trials: what is sent while nobody listens, and what a run had taken but not finished, is
/// lost. At most once.
/// </summary>
public static class SocketLines
{
    /// <summary>Reads lines.</summary>
    /// <param name="host">The name or address of the host that listens.</param>
    /// <param name="port">Its port.</param>
    /// <param name="options">How.</param>
    public static ISource<TextLine> In(string host, int port, SocketOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        if (port is < 1 or > 65_535)
            throw new QueryStartException(StartRules.ConnectOption.As("socket-option"), nameof(port), port, SettingProblems.NoPort);
        SocketOptions used = options ?? new();
        RateLimit.Check(used.MaxLineBytes, nameof(used.MaxLineBytes), "socket-option");
        return new Source(host, port, used);
    }

    private sealed record Source(string Host, int Port, SocketOptions Options) : ISource<TextLine>
    {
        public ISourceReader Open(SourceContext context)
        {
            string description = FormattableString.Invariant($"socket {Host}:{Port}");
            return RowPump.Open<TextLine>(description, Options.Source, availableMeansAll: false, (writer, stop) => PumpAsync(writer, description, context, stop));
        }

        private async Task PumpAsync(ChannelWriter<TextLine> writer, string description, SourceContext context, CancellationToken stop)
        {
            bool connected = false;
            while (true)
            {
                try
                {
                    using TcpClient client = new();
                    await client.ConnectAsync(Host, Port, stop);
                    connected = true;
                    await ReadAsync(client.GetStream(), writer, description, context, stop);
                    if (Options.OnClosed == OnClosed.End)
                        return;
                    context.Warn($"The {description} was closed by the other side; it is connected to again.");
                }
                catch (Exception failure) when (failure is SocketException or IOException)
                {
                    if (!connected || Options.OnClosed == OnClosed.End)
                    {
                        throw new IOException(
                            $"The {description} {(connected ? "broke off" : "cannot be connected to")}: {failure.Message} Is a server listening there?", failure);
                    }

                    context.Warn($"The {description} cannot be read and is connected to again: {failure.Message}");
                }

                await Task.Delay(Options.ReconnectAfter, context.Time, stop);
            }
        }

        private async Task ReadAsync(NetworkStream stream, ChannelWriter<TextLine> writer, string description, SourceContext context, CancellationToken stop)
        {
            byte[] bytes = new byte[8192];
            MemoryStream line = new();
            long number = 0;
            bool tooLong = false;
            for (int read = await stream.ReadAsync(bytes, stop); read > 0; read = await stream.ReadAsync(bytes, stop))
            {
                for (int at = 0; at < read;)
                {
                    int feed = bytes.AsSpan(at, read - at).IndexOf((byte)'\n');
                    int end = feed < 0 ? read : at + feed;
                    tooLong |= line.Length + (end - at) > Options.MaxLineBytes;
                    if (!tooLong)
                        line.Write(bytes, at, end - at);
                    at = end + 1;
                    if (feed < 0)
                        break;
                    number++;
                    if (tooLong)
                        context.Malformed.Take(description, number, "the line is longer than MaxLineBytes", line.GetBuffer().AsSpan(0, (int)line.Length));
                    else
                        await writer.WriteAsync(Text(line), stop);
                    line.SetLength(0);
                    tooLong = false;
                }
            }

            if (line.Length > 0)
                await writer.WriteAsync(Text(line), stop);
        }

        private static TextLine Text(MemoryStream line)
        {
            ReadOnlySpan<byte> text = line.GetBuffer().AsSpan(0, (int)line.Length);
            return new TextLine(Encoding.UTF8.GetString(text.EndsWith("\r"u8) ? text[..^1] : text));
        }
    }
}

/// <summary>What happens when the other side closes a socket.</summary>
public enum OnClosed
{
    /// <summary>It is connected to again.</summary>
    Reconnect,

    /// <summary>The source ends.</summary>
    End,
}

/// <summary>How a socket is read.</summary>
public sealed record SocketOptions
{
    /// <summary>What happens when the other side closes the socket.</summary>
    public OnClosed OnClosed { get; init; }

    /// <summary>How long to wait before connecting again.</summary>
    public TimeSpan ReconnectAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a line may be, in bytes.</summary>
    public int MaxLineBytes { get; init; } = 1 << 20;

    /// <summary>How many rows are held.</summary>
    public BufferedSourceOptions Source { get; init; } = new();
}
