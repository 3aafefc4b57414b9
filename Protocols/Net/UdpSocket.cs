namespace Protocols.Net;

/// <summary>The system's side of a <see cref="UdpEndpoint"/>: raw calls in batches on Linux, plain sockets elsewhere.</summary>
internal abstract class UdpSocket : IDisposable
{
    public abstract int Port { get; }

    /// <summary>What the kernel granted, in bytes.</summary>
    public abstract int ReceiveBufferSize { get; }

    /// <summary>Datagrams that the kernel dropped because nobody took them in time; -1 = it does not say.</summary>
    public virtual long KernelDrops => -1;

    /// <summary>Hands on what is there, within a bound.</summary>
    public abstract void Receive(IDatagramReceiver receiver, UdpStatistics statistics, long now);

    /// <summary>Sends what is queued; false where the kernel would take no more and something is left.</summary>
    public abstract bool Send(SendQueue queue, UdpStatistics statistics);

    public abstract void Dispose();
}
