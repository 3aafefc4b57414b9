namespace Protocols.Net;

/// <summary>
/// Along which routes the kernel may be given several datagrams as one message to cut up (UDP_SEGMENT). Whether it can
/// depends on the device behind a route, and shows only when it refuses: then the same datagrams go out one by one.
/// </summary>
internal sealed class Segmentation(bool isSupported)
{
    /// <summary>Where so many routes can't, the device can't.</summary>
    private const int MostExceptions = 256;

    private readonly HashSet<Route> _exceptions = [];
    private bool _isSupported = isSupported;

    public bool IsAllowed(in Route route) => _isSupported && (_exceptions.Count == 0 || !_exceptions.Contains(route));

    /// <summary>Does the error say that it can't be cut up, rather than that it can't be sent?</summary>
    public static bool IsRefusal(int error) => error is Libc.EIO or Libc.EINVAL or Libc.EMSGSIZE or Libc.EOPNOTSUPP;

    public void Forbid(in Route route)
    {
        _exceptions.Add(route);
        if (_exceptions.Count < MostExceptions) return;
        _isSupported = false;
        _exceptions.Clear();
    }
}
