using System.Diagnostics.Metrics;
using System.Net;
using Gateway.Authorization;
using Gateway.Options;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Authorization;

public sealed class AccessTests : IDisposable
{
    private static readonly Remote Local = new(IPAddress.Loopback, IsLocal: true);
    private static readonly Remote Distant = new(IPAddress.Parse("192.0.2.7"), IsLocal: false);

    private readonly Meter _meter = new("test");
    private readonly Access _access;

    public AccessTests() => _access = new Access(Options(("Rooms:closed:PublishKey", "pub"), ("Rooms:closed:ViewKey", "view")), "admin", _meter);

    [Theory]
    [InlineData("Publish")]
    [InlineData("View")]
    [InlineData("List")]
    public void A_room_without_keys_is_open(string right) =>
        Assert.True(_access.Check(Entrance.Rtmp, "open", Enum.Parse<Right>(right), null, Distant).IsGranted);

    [Theory]
    [InlineData("Publish", "pub", "Granted")]
    [InlineData("Publish", "view", "KeyWrong")]
    [InlineData("Publish", null, "KeyRequired")]
    [InlineData("View", "view", "Granted")]
    [InlineData("View", "pub", "KeyWrong")]
    [InlineData("View", null, "KeyRequired")]
    [InlineData("Publish", "admin", "Granted")]
    [InlineData("List", null, "Granted")]
    public void A_room_with_keys_asks_for_the_one_of_the_right(string right, string? credential, string decision) =>
        Assert.Equal(decision, _access.Check(Entrance.Whep, "closed", Enum.Parse<Right>(right), credential, Distant).Decision.ToString());

    [Theory]
    [InlineData("View", "view", "Granted")]
    [InlineData("View", "pub", "Granted")]
    [InlineData("View", "other", "KeyWrong")]
    [InlineData("View", null, "KeyRequired")]
    [InlineData("Publish", "pub", "Granted")]
    [InlineData("Publish", "view", "KeyWrong")]
    public void A_participant_of_a_room_of_many_publishes_and_watches_with_the_publish_key(string right, string? credential, string decision) =>
        Assert.Equal(decision, _access.Check(Entrance.WebSocket, "closed", Enum.Parse<Right>(right), credential, Distant).Decision.ToString());

    [Fact]
    public void Asking_what_would_be_allowed_turns_nobody_away()
    {
        long refused = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter == _meter) all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => refused += count);
        listener.Start();

        Assert.False(_access.Allows(Entrance.WebSocket, "closed", Right.Publish, "view", Distant));
        Assert.True(_access.Allows(Entrance.WebSocket, "closed", Right.Publish, "pub", Distant));
        Assert.Equal(0, refused);
    }

    [Fact]
    public void Being_local_does_not_open_a_room_with_a_key() =>
        Assert.Equal(AccessDecision.KeyRequired, _access.Check(Entrance.Rtmp, "closed", Right.Publish, null, Local).Decision);

    [Fact]
    public void Another_case_of_the_name_has_the_same_key() =>
        Assert.Equal(AccessDecision.KeyRequired, _access.Check(Entrance.Rtmp, "CLOSED", Right.Publish, null, Local).Decision);

    [Fact]
    public void What_changes_something_is_for_local_callers_and_the_admin_key()
    {
        Assert.Equal(AccessDecision.Granted, _access.Check(Entrance.Api, "open", Right.Manage, null, Local).Decision);
        Assert.Equal(AccessDecision.LocalOnly, _access.Check(Entrance.Api, "open", Right.Manage, null, Distant).Decision);
        Assert.Equal(AccessDecision.KeyWrong, _access.Check(Entrance.Api, "closed", Right.Manage, "pub", Distant).Decision);
        Assert.Equal(AccessDecision.Granted, _access.Check(Entrance.Api, null, Right.Manage, "admin", Distant).Decision);
    }

    [Fact]
    public void The_owner_is_the_key_where_one_is_set_and_does_not_show_it()
    {
        string first = _access.Check(Entrance.Rtmp, "closed", Right.Publish, "pub", Local).Owner;
        string second = _access.Check(Entrance.Rtmp, "closed", Right.Publish, "pub", Distant).Owner;
        Assert.Equal(first, second);
        Assert.DoesNotContain("pub", first, StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(first, _access.Check(Entrance.Whip, "closed", Right.Publish, "pub", Distant).Owner);
    }

    [Fact]
    public void The_owner_is_the_address_where_no_key_is_set()
    {
        string first = _access.Check(Entrance.Rtmp, "open", Right.Publish, "whatever", Distant).Owner;
        string mapped = _access.Check(Entrance.Rtmp, "open", Right.Publish, null, new Remote(IPAddress.Parse("::ffff:192.0.2.7"), false)).Owner;
        Assert.Equal(first, mapped);
        Assert.NotEqual(first, _access.Check(Entrance.Rtmp, "open", Right.Publish, null, Local).Owner);
    }

    [Fact]
    public void Refusals_are_counted_by_entrance_and_reason()
    {
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => counted.Add($"{instrument.Name} {tags[0].Value} {tags[1].Value}"));
        listener.Start();
        _access.Check(Entrance.Rtmp, "closed", Right.Publish, "wrong", Distant);
        Assert.Equal(["gateway.access.refused Rtmp KeyWrong"], counted);
    }

    public void Dispose() => _meter.Dispose();

    private static GatewayOptions Options(params (string Name, string Value)[] settings) => OptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build(), "/base");
}
