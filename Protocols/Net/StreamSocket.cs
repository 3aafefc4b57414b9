using System.Net.Sockets;

namespace Protocols.Net;

/// <summary>Sets up the socket of a TCP connection that carries media.</summary>
public static class StreamSocket
{
    private const int TCP = 6;
    private const int TCP_NOTSENT_LOWAT = 25;

    /// <summary>
    /// Most that may lie in the kernel without having been sent once. By itself it would take megabytes, which on a slow
    /// line are seconds that nothing newer can overtake.
    /// </summary>
    private const int MostUnsent = 64 * 1024;

    /// <summary>Where the system can't bound what is unsent, all that is not acknowledged is.</summary>
    private const int SendBuffer = 256 * 1024;

    public static void KeepShort(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        try
        {
            socket.NoDelay = true;
            if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(TCP, TCP_NOTSENT_LOWAT, BitConverter.GetBytes(MostUnsent));
            else socket.SendBufferSize = SendBuffer;
        }
        catch (SocketException)
        {
            // Closed already, or a kernel without it: the connection works all the same.
        }
    }
}
