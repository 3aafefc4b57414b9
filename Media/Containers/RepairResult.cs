namespace Media.Containers;

public enum RepairOutcome
{
    /// <summary>It was finished before; nothing was changed.</summary>
    WasFinished,

    /// <summary>It was finished now.</summary>
    Repaired,

    /// <summary>Not one whole fragment is in it; nothing was changed.</summary>
    NoMedia,
}

/// <summary>What became of a file that may not have been finished.</summary>
/// <param name="Duration">Of the media in it.</param>
/// <param name="Fragments">Whole fragments that were found; 0 where it was finished before.</param>
/// <param name="BytesCut">Length of the torn tail that was cut away; an index that was appended too early counts as well.</param>
public readonly record struct RepairResult(RepairOutcome Outcome, TimeSpan Duration, int Fragments, long BytesCut);
