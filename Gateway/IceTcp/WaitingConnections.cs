using System.Net;

namespace Gateway.IceTcp;

/// <summary>
/// Bounds how many connections a host may have that no session has taken yet: who only opens them and says nothing
/// takes no place from others. Thread safe.
/// </summary>
internal sealed class WaitingConnections(int mostPerHost)
{
    private readonly Dictionary<IPAddress, int> _waiting = [];
    private readonly Lock _lock = new();

    public bool TryEnter(IPAddress host)
    {
        lock (_lock)
        {
            int count = _waiting.GetValueOrDefault(host);
            if (count >= mostPerHost) return false;
            _waiting[host] = count + 1;
            return true;
        }
    }

    public void Leave(IPAddress host)
    {
        lock (_lock)
        {
            int left = _waiting.GetValueOrDefault(host) - 1;
            if (left > 0) _waiting[host] = left;
            else _waiting.Remove(host);
        }
    }
}
