using System.Collections.Immutable;
using Media.Scheduling;

namespace Rooms.Participants;

/// <summary>
/// Finds who speaks from the levels that senders put on their packets (RFC 6464). To become the speaker one must be
/// clearly louder than the present one for a while, so that a cough, a keyboard or an echo change nothing; pauses between
/// sentences change nothing either. Thread safe: levels come on the media loops, and nobody waits long here.
/// </summary>
public sealed class ActiveSpeaker
{
    /// <summary>Less is not speech: -48 dBov.</summary>
    private const double Threshold = 12;

    /// <summary>How much louder than the present speaker another one must be, in decibels.</summary>
    private const double Margin = 6;

    /// <summary>Not worth to be remembered.</summary>
    private const double Inaudible = 0.01;

    private const long TimeToBecome = 400 * MonotonicClock.TicksPerMillisecond;
    private const long TimeToForget = 10 * MonotonicClock.TicksPerSecond;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, VoiceActivity> _voices = new(StringComparer.Ordinal);
    private ImmutableArray<string> _recent = [];
    private string? _speaker;
    private string? _challenger;
    private long _challengingSince;
    private long _heardAt;

    /// <summary>Id of the participant who speaks, or spoke last not long ago; null = nobody.</summary>
    public string? Speaker
    {
        get
        {
            lock (_gate) return _speaker;
        }
    }

    /// <summary>Those who have been the speaker, the latest first.</summary>
    public ImmutableArray<string> Recent
    {
        get
        {
            lock (_gate) return _recent;
        }
    }

    /// <param name="level">-dBov, 0 = loudest, 127 = silent.</param>
    public void OnLevel(string participant, int level, long now)
    {
        lock (_gate)
        {
            if (!_voices.TryGetValue(participant, out VoiceActivity? voice)) _voices[participant] = voice = new VoiceActivity();
            voice.Add(level, now);
        }
    }

    /// <summary>The participant has left, or is muted: what was heard is forgotten.</summary>
    /// <param name="isGone">It does not count among the recent speakers any more.</param>
    /// <returns>True when the speaker has changed by that.</returns>
    public bool Remove(string participant, bool isGone)
    {
        lock (_gate)
        {
            _voices.Remove(participant);
            if (_challenger == participant) _challenger = null;
            if (!isGone) return false;
            _recent = _recent.Remove(participant);
            if (_speaker != participant) return false;
            _speaker = null;
            return true;
        }
    }

    /// <summary>To be called some ten times a second. True: the speaker has changed.</summary>
    public bool Advance(long now)
    {
        lock (_gate)
        {
            double present = _speaker is not null && _voices.TryGetValue(_speaker, out VoiceActivity? voice) ? voice.At(now) : 0;
            if (present >= Threshold) _heardAt = now;
            (string? loudest, double loudness) = Loudest(now);
            if (loudest is null || loudest == _speaker || loudness < Threshold || (present >= Threshold && loudness < present + Margin))
            {
                _challenger = null;
                return Forget(now);
            }

            if (_challenger != loudest) (_challenger, _challengingSince) = (loudest, now);
            if (now - _challengingSince < TimeToBecome) return Forget(now);
            Become(loudest, now);
            return true;
        }
    }

    private (string? Participant, double Loudness) Loudest(long now)
    {
        (string? loudest, double loudness) = (null, 0);
        foreach ((string participant, VoiceActivity voice) in _voices)
        {
            double heard = voice.At(now);
            if (heard > loudness) (loudest, loudness) = (participant, heard);
            // Levels of one who has left may come a moment later than the farewell.
            if (heard < Inaudible) _voices.Remove(participant);
        }

        return (loudest, loudness);
    }

    private void Become(string participant, long now)
    {
        _speaker = participant;
        _challenger = null;
        _heardAt = now;
        _recent = _recent.Remove(participant).Insert(0, participant);
    }

    private bool Forget(long now)
    {
        if (_speaker is null || now - _heardAt < TimeToForget) return false;
        _speaker = null;
        return true;
    }
}
