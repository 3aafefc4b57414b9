using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bench.Load;

/// <summary>The thread that reads all viewers' sockets and sends their feedback.</summary>
internal sealed unsafe class ViewerLoop : IDisposable
{
    private const int MostEvents = 256;
    private const int MostPerSocket = 64;
    private const int MillisecondsBetweenTimers = 5;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _epoll = Libc.CreateEpoll(0);
    private readonly List<Viewer> _viewers = [];
    private readonly byte[] _events = new byte[MostEvents * 16];
    private readonly byte[] _buffer = new byte[2048];
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public ViewerLoop()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "viewers" };
        _thread.Start();
    }

    /// <summary>Ticks of 100 ns.</summary>
    public static long Now => (long)((Int128)Stopwatch.GetTimestamp() * TimeSpan.TicksPerSecond / Stopwatch.Frequency);

    /// <summary>Listens to one more; what the viewer does happens under the lock.</summary>
    public void Add(Viewer viewer)
    {
        lock (_lock)
        {
            Span<byte> change = stackalloc byte[16];
            BinaryPrimitives.WriteUInt32LittleEndian(change, Libc.Readable);
            BinaryPrimitives.WriteInt64LittleEndian(change[(EventSize - 8)..], _viewers.Count);
            _viewers.Add(viewer);
            fixed (byte* pointer = change)
                if (Libc.ControlEpoll(_epoll, Libc.AddToEpoll, viewer.Descriptor, pointer) != 0) throw new IOException("epoll_ctl");
        }
    }

    public void Do(Action action)
    {
        lock (_lock) action();
    }

    public void ForEach(Action<Viewer> action)
    {
        lock (_lock) _viewers.ForEach(action);
    }

    public T Get<T>(Func<IReadOnlyList<Viewer>, T> read)
    {
        lock (_lock) return read(_viewers);
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _ = Libc.Close(_epoll);
        foreach (Viewer viewer in _viewers) viewer.Dispose();
    }

    private void Run()
    {
        long nextTimers = 0;
        while (!_stopping)
        {
            int count;
            fixed (byte* events = _events) count = Libc.WaitEpoll(_epoll, events, MostEvents, MillisecondsBetweenTimers);
            lock (_lock)
            {
                for (int i = 0; i < count; i++)
                    Read(_viewers[(int)BinaryPrimitives.ReadInt64LittleEndian(_events.AsSpan((i * EventSize) + EventSize - 8))]);
                long now = Now;
                if (now < nextTimers) continue;
                nextTimers = now + (MillisecondsBetweenTimers * TimeSpan.TicksPerMillisecond);
                foreach (Viewer viewer in _viewers) viewer.Advance(now);
            }
        }
    }

    private void Read(Viewer viewer)
    {
        fixed (byte* buffer = _buffer)
        {
            for (int i = 0; i < MostPerSocket; i++)
            {
                int length = (int)Libc.Receive(viewer.Descriptor, buffer, _buffer.Length, Libc.DontWait);
                if (length <= 0) return;
                viewer.Receive(_buffer.AsSpan(0, length), Now);
            }
        }
    }
}
