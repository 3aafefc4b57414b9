namespace Protocols.Ice;

/// <summary>
/// New -> Connected on the first good check; Connected -> Disconnected after 8 s without one and back on the next;
/// New, Disconnected -> Closed after 25 s without one. Closed is final.
/// </summary>
public enum IceState
{
    New,
    Connected,
    Disconnected,
    Closed,
}
