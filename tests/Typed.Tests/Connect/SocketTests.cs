using System.Net;
using System.Net.Sockets;
using System.Text;
using Typed.Connect;

namespace Typed.Tests.Connect;

public sealed class SocketTests
{
    private static CancellationToken Token => Reading.Token;

    [Fact]
    public async Task Lines_become_rows_until_the_socket_closes()
    {
        using TcpListener listener = Listen(out int port);
        await using ISourceReader reader = SocketLines.In("localhost", port, new() { OnClosed = OnClosed.End }).Open(Reading.Context());
        await SendAsync(listener, "a\nb\r\n", "\nlast ä");
        List<string> lines = await ReadToEndAsync(reader);
        Assert.Equal(["a", "b", "", "last ä"], lines);
    }

    [Fact]
    public async Task A_closed_socket_is_connected_to_again()
    {
        using TcpListener listener = Listen(out int port);
        List<string> warnings = [];
        ISource<TextLine> source = SocketLines.In("localhost", port, new() { ReconnectAfter = TimeSpan.FromMilliseconds(1) });
        await using ISourceReader reader = source.Open(Reading.Context() with { Warn = warnings.Add });
        await SendAsync(listener, "a\n");
        await SendAsync(listener, "b\n");
        List<string> lines = [];
        string? start = null;
        while (lines.Count < 2)
        {
            await reader.WaitForDataAsync(start, Token);
            string end = (await reader.NextOffsetAsync(start, false, Token))!;
            lines.AddRange((await reader.RowsAsync<TextLine>(start, end)).Select(line => line.Value));
            start = end;
        }

        Assert.Equal(["a", "b"], lines);
        Assert.NotEmpty(warnings);
        Assert.False(reader.HasEnded(start));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_malformed()
    {
        using TcpListener listener = Listen(out int port);
        MalformedList malformed = new();
        ISource<TextLine> source = SocketLines.In("localhost", port, new() { OnClosed = OnClosed.End, MaxLineBytes = 100 });
        await using ISourceReader reader = source.Open(Reading.Context(malformed: malformed));
        await SendAsync(listener, "a\n", new string('x', 20_000), "\nb\n");
        Assert.Equal(["a", "b"], await ReadToEndAsync(reader));
        Assert.Equal(2, Assert.Single(malformed.Items).Position);
    }

    [Fact]
    public async Task Nobody_listening_is_said()
    {
        // Bound, so that nobody else gets the port, and not listened at.
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)bound.LocalEndPoint!).Port;
        await using ISourceReader reader = SocketLines.In("localhost", port).Open(Reading.Context());
        IOException failure = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await reader.WaitForDataAsync(null, Token);
            await reader.NextOffsetAsync(null, false, Token);
        });
        Assert.Contains($"localhost:{port}", failure.Message, StringComparison.Ordinal);
        Assert.Equal("socket-option", Assert.Throws<QueryStartException>(() => SocketLines.In("localhost", 0)).Rule);
    }

    private static TcpListener Listen(out int port)
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    private static async Task SendAsync(TcpListener listener, params string[] texts)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Token);
        foreach (string text in texts)
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), Token);
    }

    private static async Task<List<string>> ReadToEndAsync(ISourceReader reader)
    {
        List<string> lines = [];
        string? start = null;
        while (!reader.HasEnded(start))
        {
            using CancellationTokenSource soon = CancellationTokenSource.CreateLinkedTokenSource(Token);
            soon.CancelAfter(TimeSpan.FromMilliseconds(200));
            try
            {
                await reader.WaitForDataAsync(start, soon.Token);
            }
            catch (OperationCanceledException)
            {
                continue;
            }

            string end = (await reader.NextOffsetAsync(start, false, Token))!;
            lines.AddRange((await reader.RowsAsync<TextLine>(start, end)).Select(line => line.Value));
            start = end;
        }

        return lines;
    }
}
