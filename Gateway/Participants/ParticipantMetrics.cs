using System.Diagnostics.Metrics;

namespace Gateway.Participants;

/// <summary>What is counted of rooms of many.</summary>
internal sealed class ParticipantMetrics(Meter meter)
{
    private readonly UpDownCounter<int> _participants = meter.CreateUpDownCounter<int>(
        "gateway.participants", "{participant}", "Participants of rooms, those whose connection is lost included.");

    private readonly Counter<long> _joins = meter.CreateCounter<long>("gateway.participants.joins", "{join}", "Attempts to join a room, by outcome.");

    private readonly Counter<long> _messages = meter.CreateCounter<long>("gateway.participants.messages", "{message}", "Messages from participants, by type.");

    private readonly Counter<long> _errors = meter.CreateCounter<long>("gateway.participants.errors", "{error}", "Errors that participants were told, by code.");

    private readonly Counter<long> _ends = meter.CreateCounter<long>("gateway.participants.ends", "{connection}", "Connections of participants that are over, by reason.");

    private readonly Counter<long> _offers = meter.CreateCounter<long>("gateway.participants.offers", "{offer}", "Offers of participants, by peer connection and outcome.");

    public void Present(int change) => _participants.Add(change);

    public void Join(string outcome) => _joins.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Message(string type) => _messages.Add(1, new KeyValuePair<string, object?>("type", type));

    public void Error(string code) => _errors.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <param name="reason">The word that the client was told; null = the connection was lost, or closed by it.</param>
    public void End(string? reason) => _ends.Add(1, new KeyValuePair<string, object?>("reason", reason ?? "lost"));

    public void Offer(PeerConnectionRole role, string outcome) =>
        _offers.Add(1, new("pc", role.Word()), new("outcome", outcome));
}
