namespace Protocols.Srtp;

/// <summary>
/// Packets of a loop whose tags are still to be written: enciphered in the send ring, to be authenticated side by side,
/// whosever they are. Their memory must neither move nor change until <see cref="Complete"/>, which must be called
/// before any of them leaves. What a tag is made of is copied, so a session may end meanwhile. One thread's.
/// </summary>
public sealed unsafe class SrtpBatch : IDisposable
{
    /// <summary>As many as the widest kernel does at once; with more, the first ones would leave the cache.</summary>
    private const int Capacity = 16;

    private readonly HmacSha1Job[] _jobs = GC.AllocateArray<HmacSha1Job>(Capacity, pinned: true);
    private SrtpKernels? _kernels;

    public SrtpBatch()
    {
    }

    internal SrtpBatch(SrtpKernels kernels) => _kernels = kernels;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Writes the tags of all that wait.</summary>
    public void Complete()
    {
        if (Count == 0) return;
        _kernels ??= SrtpKernels.Current;
        HmacSha1Job** jobs = stackalloc HmacSha1Job*[Capacity];
        fixed (HmacSha1Job* first = _jobs)
        {
            Sort(first, jobs);
            for (int next = 0; next < Count;)
            {
                int taken = Math.Min(_kernels.Lanes?.Lanes ?? 1, Count - next);
                if (_kernels.Lanes is { } lanes && IsWorthIt(lanes, jobs + next, taken)) lanes.Complete(jobs + next, taken);
                else _kernels.Hmac.Complete(jobs + next, taken = 1);
                next += taken;
            }
        }

        Array.Clear(_jobs, 0, Count); // there are keys in it
        Count = 0;
    }

    public void Dispose()
    {
        Array.Clear(_jobs);
        Count = 0;
    }

    /// <param name="packet">Ends where the tag goes; pinned.</param>
    internal void Add(HmacSha1Key key, byte* packet, int length, uint word, byte* tag)
    {
        if (Count == Capacity) Complete();
        _jobs[Count++].Set(key.States, packet, length, word, tag);
    }

    /// <summary>The longest first, so that those side by side are much alike.</summary>
    private void Sort(HmacSha1Job* first, HmacSha1Job** jobs)
    {
        for (int i = 0; i < Count; i++)
        {
            HmacSha1Job* job = first + i;
            int place = i;
            for (; place > 0 && jobs[place - 1]->Blocks < job->Blocks; place--) jobs[place] = jobs[place - 1];
            jobs[place] = job;
        }
    }

    private static bool IsWorthIt(HmacSha1 lanes, HmacSha1Job** jobs, int count)
    {
        int blocks = 0;
        for (int i = 0; i < count; i++) blocks += jobs[i]->Blocks + 1;
        return blocks > lanes.BlockCost * (jobs[0]->Blocks + 1);
    }
}
