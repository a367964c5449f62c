using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Chorale.Server.Tests;

/// <summary>Passes bytes on to a PostgreSQL server until it is told to break its connections.</summary>
sealed class CuttableProxy : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly EndPoint _server;
    readonly Lock _lock = new();
    readonly List<Socket> _sockets = [];
    readonly Task _accepting;
    bool _refuses;

    CuttableProxy(EndPoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static CuttableProxy To(NpgsqlConnectionStringBuilder server) => new(
        Path.IsPathRooted(server.Host) ? new UnixDomainSocketEndPoint(Path.Combine(server.Host, $".s.PGSQL.{server.Port}")) : new DnsEndPoint(server.Host!, server.Port));

    /// <summary>Breaks the connections there are.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            foreach (Socket socket in _sockets)
                socket.Close(0);
            _sockets.Clear();
        }
    }

    /// <summary>Breaks the connections there are, and those that will be made.</summary>
    public void Refuse()
    {
        lock (_lock)
            _refuses = true;
        Cut();
    }

    public void Accept()
    {
        lock (_lock)
            _refuses = false;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync();
                Socket server = new(_server.AddressFamily == AddressFamily.Unspecified ? AddressFamily.InterNetwork : _server.AddressFamily, SocketType.Stream,
                    _server is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
                lock (_lock)
                {
                    if (_refuses)
                    {
                        client.Close(0);
                        server.Dispose();
                        continue;
                    }
                    _sockets.AddRange([client, server]);
                }
                await server.ConnectAsync(_server);
                _ = PassAsync(client, server);
                _ = PassAsync(server, client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    static async Task PassAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and int count)
                await to.SendAsync(buffer.AsMemory(0, count));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut.
        }
        finally
        {
            from.Close();
            to.Close();
        }
    }
}
