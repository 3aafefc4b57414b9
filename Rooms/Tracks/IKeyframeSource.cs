namespace Rooms.Tracks;

/// <summary>A publisher's side that can be asked for a keyframe of one encoding. Publication's loop.</summary>
public interface IKeyframeSource
{
    void RequestKeyframe();

    /// <summary>Whether the publisher can be expected to send one when it is asked.</summary>
    bool AnswersRequests => true;

    /// <summary>Its stream may have what browsers can't take, such as B-frames; else it was made for them.</summary>
    bool IsAnyEncoder => false;
}
