using System.Runtime.InteropServices;
using Media.Scheduling;

namespace Protocols.Net;

/// <summary>Sleeps in epoll, to the nanosecond where the system can (Linux 5.11), else to the millisecond.</summary>
public sealed unsafe class EpollWaiter : NetworkWaiter
{
    private const int MaxEvents = 16;
    private const int WakeIndex = -1;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    private readonly MonotonicClock _clock;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly List<UdpEndpoint?> _endpoints = []; // null = a place to be used again
    private readonly List<bool> _isWatchedForRoom = [];
    private readonly byte[] _events = new byte[MaxEvents * 16];
    private bool _hasPreciseWait = true;
    private int _isWoken;
    private int _isDisposed;

    public EpollWaiter(MonotonicClock clock)
    {
        _clock = clock;
        _epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        if (_epoll < 0) throw Libc.Failure("epoll");
        _wake = Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC);
        if (_wake < 0) throw Libc.Failure("eventfd");
        Control(Libc.EPOLL_CTL_ADD, _wake, Libc.EPOLLIN, WakeIndex);
    }

    public override void Add(UdpEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        int place = _endpoints.IndexOf(null);
        Control(Libc.EPOLL_CTL_ADD, DescriptorOf(endpoint), Libc.EPOLLIN, place < 0 ? _endpoints.Count : place);
        if (place >= 0)
        {
            _endpoints[place] = endpoint;
            _isWatchedForRoom[place] = false;
            return;
        }

        _endpoints.Add(endpoint);
        _isWatchedForRoom.Add(false);
    }

    public override void Remove(UdpEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        int place = _endpoints.IndexOf(endpoint);
        if (place < 0) return;
        Control(Libc.EPOLL_CTL_DEL, DescriptorOf(endpoint), 0, 0);
        _endpoints[place] = null;
    }

    public override void Wait(long until)
    {
        int count = Sleep(until);
        if (count <= 0) return;
        long now = _clock.Now;
        for (int i = 0; i < count; i++)
        {
            int index = (int)MemoryMarshal.Read<long>(_events.AsSpan((i * EventSize) + DataOffset));
            if (index == WakeIndex) DrainWake();
            else if ((MemoryMarshal.Read<uint>(_events.AsSpan(i * EventSize)) & ~Libc.EPOLLOUT) != 0) _endpoints[index]?.Receive(now);
            // Room to send again: the flush at the end of the turn uses it.
        }
    }

    public override void Wake()
    {
        // One write is enough until the loop has seen it.
        if (Interlocked.Exchange(ref _isWoken, 1) != 0 || Volatile.Read(ref _isDisposed) != 0) return;
        ulong one = 1;
        _ = Libc.write(_wake, &one, sizeof(ulong));
    }

    public override void Flush()
    {
        for (int i = 0; i < _endpoints.Count; i++)
        {
            if (_endpoints[i] is not { } endpoint) continue;
            endpoint.Flush();
            if (endpoint.IsBlocked == _isWatchedForRoom[i]) continue;
            _isWatchedForRoom[i] = endpoint.IsBlocked;
            Control(Libc.EPOLL_CTL_MOD, DescriptorOf(endpoint), endpoint.IsBlocked ? Libc.EPOLLIN | Libc.EPOLLOUT : Libc.EPOLLIN, i);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _ = Libc.close(_epoll);
        _ = Libc.close(_wake);
    }

    private static int DescriptorOf(UdpEndpoint endpoint) => ((LinuxUdpSocket)endpoint.Socket).Descriptor;

    private int Sleep(long until)
    {
        long left = until == long.MaxValue ? -1 : Math.Max(0, until - _clock.Now);
        fixed (byte* events = _events)
        {
            if (_hasPreciseWait)
            {
                try
                {
                    int count = SleepPrecisely(events, left);
                    if (count >= 0 || Libc.Error != Libc.ENOSYS) return count;
                }
                catch (EntryPointNotFoundException)
                {
                    // An older C library; remembered below.
                }

                _hasPreciseWait = false;
            }

            // Rounded up: waking early would only spin.
            const long Tick = MonotonicClock.TicksPerMillisecond;
            int milliseconds = left < 0 ? -1 : (int)Math.Min(int.MaxValue, (left + Tick - 1) / Tick);
            return Libc.epoll_wait(_epoll, events, MaxEvents, milliseconds);
        }
    }

    private int SleepPrecisely(byte* events, long left)
    {
        var timeout = new Libc.TimeSpec
        {
            Seconds = left / MonotonicClock.TicksPerSecond,
            Nanoseconds = left % MonotonicClock.TicksPerSecond * 100,
        };
        return Libc.epoll_pwait2(_epoll, events, MaxEvents, left < 0 ? null : &timeout, null);
    }

    private void DrainWake()
    {
        ulong value;
        _ = Libc.read(_wake, &value, sizeof(ulong));
        // After the read: a wake-up in between was posted before the loop looks at its queue.
        Volatile.Write(ref _isWoken, 0);
    }

    private void Control(int operation, int descriptor, uint events, long index)
    {
        Span<byte> epollEvent = stackalloc byte[16];
        epollEvent.Clear();
        MemoryMarshal.Write(epollEvent, events);
        MemoryMarshal.Write(epollEvent[DataOffset..], index);
        fixed (byte* pointer = epollEvent)
        {
            if (Libc.epoll_ctl(_epoll, operation, descriptor, pointer) != 0) throw Libc.Failure("epoll_ctl");
        }
    }
}
