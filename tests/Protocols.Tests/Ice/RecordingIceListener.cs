using Protocols.Ice;
using Protocols.Net;

namespace Protocols.Tests.Ice;

/// <summary>Keeps all that an agent says.</summary>
internal sealed class RecordingIceListener : IIceListener
{
    public List<(byte[] Datagram, Route Route)> Sent { get; } = [];

    public List<Route> Validated { get; } = [];

    public List<Route> Forgotten { get; } = [];

    public List<Route> Selected { get; } = [];

    public List<IceState> States { get; } = [];

    public void OnStunResponse(ReadOnlySpan<byte> datagram, in Route route) => Sent.Add((datagram.ToArray(), route));

    public void OnRouteValidated(in Route route) => Validated.Add(route);

    public void OnRouteForgotten(in Route route) => Forgotten.Add(route);

    public void OnRouteSelected(in Route route) => Selected.Add(route);

    public void OnIceStateChanged(IceState state) => States.Add(state);
}
