using System.Net.WebSockets;
using System.Text;
using Gateway.Participants;

namespace Gateway.Tests.Participants;

public class ParticipantSocketTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly FakeWebSocket _web = new();

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off_and_nobody_waits_for_it()
    {
        using var socket = new ParticipantSocket(_web, 1000);
        Task running = socket.RunAsync(_ => Task.CompletedTask);
        for (int i = 0; i < 1000; i++) socket.Send(new PongMessage());

        await running.WaitAsync(s_patience);
        Assert.Equal(SessionEnd.TooSlow, socket.Ended);
        Assert.Equal(WebSocketState.Aborted, _web.State);
    }

    [Fact]
    public async Task What_was_queued_is_sent_before_the_end_and_nothing_after_it()
    {
        using var socket = new ParticipantSocket(_web, 1000);
        socket.Send(new SpeakerMessage("ada"));
        socket.End(SessionEnd.TakenOver);
        socket.Send(new PongMessage());
        socket.End(SessionEnd.Left);
        _web.Reads = true;

        await socket.RunAsync(_ => Task.CompletedTask).WaitAsync(s_patience);
        Assert.Equal(["""{"type":"speaker","participant":"ada"}""", """{"type":"closed","reason":"taken-over"}"""], _web.Sent);
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "taken-over"), (_web.CloseStatus!.Value, _web.CloseStatusDescription));
    }

    [Fact]
    public async Task A_client_that_does_not_answer_the_closing_is_cut_off_after_a_second()
    {
        using var socket = new ParticipantSocket(_web, 1000);
        _web.Reads = true;
        _web.AnswersClose = false;
        Task running = socket.RunAsync(_ => Task.CompletedTask);
        socket.End(SessionEnd.Left);

        await running.WaitAsync(s_patience);
        Assert.Equal(SessionEnd.Left, socket.Ended);
    }

    [Fact]
    public async Task A_message_may_come_in_pieces()
    {
        using var socket = new ParticipantSocket(_web, 10_000);
        var got = new List<string>();
        string text = new('x', 9_999);
        foreach (char[] piece in text.Chunk(1000)) _web.Receive(new string(piece), isLast: false);
        _web.Receive("y", isLast: true);
        _web.Receive("second", isLast: true);
        _web.Reads = true;
        _web.Leave();

        await socket.RunAsync(message =>
        {
            got.Add(Encoding.UTF8.GetString(message.Span));
            return Task.CompletedTask;
        }).WaitAsync(s_patience);
        Assert.Equal([text + "y", "second"], got);
        Assert.Null(socket.Ended);
    }

    [Fact]
    public async Task Pieces_without_an_end_are_too_large_as_soon_as_the_limit_is_passed()
    {
        using var socket = new ParticipantSocket(_web, 5_000);
        for (int i = 0; i < 6; i++) _web.Receive(new string('x', 1000), isLast: false);
        _web.Reads = true;

        await socket.RunAsync(_ => throw new InvalidOperationException("nothing was whole")).WaitAsync(s_patience);
        Assert.Equal(SessionEnd.TooLarge, socket.Ended);
    }

    [Fact]
    public async Task Empty_pieces_without_an_end_are_not_read_for_ever()
    {
        using var socket = new ParticipantSocket(_web, 5_000);
        for (int i = 0; i < 10_000; i++) _web.Receive("", isLast: false);
        _web.Reads = true;

        await socket.RunAsync(_ => Task.CompletedTask).WaitAsync(s_patience);
        Assert.Equal(SessionEnd.TooLarge, socket.Ended);
    }
}
