using System.Runtime.InteropServices;

namespace Bench.Load;

/// <summary>What a load tool needs of the kernel beyond the class library: reading hundreds of sockets on one thread.</summary>
internal static unsafe partial class Libc
{
    public const int AddToEpoll = 1;
    public const uint Readable = 1;
    public const int DontWait = 0x40;

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    public static partial int ControlEpoll(int epoll, int operation, int descriptor, void* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int WaitEpoll(int epoll, void* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv")]
    public static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);
}
