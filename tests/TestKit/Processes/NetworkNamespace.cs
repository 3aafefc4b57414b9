using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TestKit.Processes;

/// <summary>
/// A network of its own on this machine (<c>ip netns</c>, which needs root): lo, and links to other namespaces. Programs
/// run inside by its <see cref="Name"/>; sockets made by <see cref="Enter{T}"/> stay inside whoever uses them later.
/// </summary>
public sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNetwork = 0x40000000;
    private static int s_last;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    public static async Task<NetworkNamespace> CreateAsync()
    {
        // ./test removes what a killed run left behind by this prefix.
        string run = Environment.GetEnvironmentVariable("TEST_RUN") ?? $"gwt{Environment.ProcessId}";
        var created = new NetworkNamespace($"{run}n{Interlocked.Increment(ref s_last)}");
        await IpAsync("netns", "add", created.Name);
        await created.ConfigureAsync("link", "set", "lo", "up");
        return created;
    }

    /// <summary>Joins two namespaces by a link with one IPv4 and one IPv6 subnet; this side gets .1, the other .2.</summary>
    /// <returns>The addresses of this side.</returns>
    public async Task<(IPAddress V4, IPAddress V6)> LinkAsync(NetworkNamespace other, int subnet)
    {
        string here = $"veth{subnet}a";
        string there = $"veth{subnet}b";
        await IpAsync("link", "add", here, "netns", Name, "type", "veth", "peer", "name", there, "netns", other.Name);
        await AddAddressesAsync(here, $"10.97.{subnet}.1/24", $"fd97:{subnet}::1/64");
        await other.AddAddressesAsync(there, $"10.97.{subnet}.2/24", $"fd97:{subnet}::2/64");
        return (IPAddress.Parse($"10.97.{subnet}.1"), IPAddress.Parse($"fd97:{subnet}::1"));
    }

    public Task SetLinkAsync(string device, bool up) => ConfigureAsync("link", "set", device, up ? "up" : "down");

    /// <summary>Runs <paramref name="action"/> on a thread inside the namespace, which ends with it.</summary>
    public T Enter<T>(Func<T> action)
    {
        T? result = default;
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                Join();
                result = action();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? result! : throw new InvalidOperationException("In network namespace " + Name, fault);
    }

    public Socket CreateUdpSocket(AddressFamily family) => Enter(() =>
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
        return socket;
    });

    /// <summary>A client whose connections start inside the namespace; only addresses, no names.</summary>
    public HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var address = new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host.Trim('[', ']')), context.DnsEndPoint.Port);
            Socket socket = Enter(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            await socket.ConnectAsync(address, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public void Dispose() => IpAsync("netns", "del", Name).GetAwaiter().GetResult();

    /// <summary>Moves the calling thread into the namespace.</summary>
    private void Join()
    {
        int handle = Open("/var/run/netns/" + Name, 0);
        int outcome = handle < 0 ? -1 : SetNamespace(handle, CloneNewNetwork);
        int error = Marshal.GetLastPInvokeError();
        if (handle >= 0) _ = Close(handle);
        if (outcome != 0) throw new InvalidOperationException($"Error {error} on the way into the namespace.");
    }

    private async Task AddAddressesAsync(string device, string v4, string v6)
    {
        await ConfigureAsync("addr", "add", v4, "dev", device);
        await ConfigureAsync("addr", "add", v6, "dev", device, "nodad");
        await ConfigureAsync("link", "set", device, "up");
    }

    private Task<string> ConfigureAsync(params string[] arguments) => IpAsync(["-n", Name, .. arguments]);

    private static Task<string> IpAsync(params string[] arguments) => ChildProcess.RunAsync("ip", arguments);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int handle, int kind);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
