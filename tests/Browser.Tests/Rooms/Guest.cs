using System.Text.Json;
using TestKit.Browsers;

namespace Browser.Tests.Rooms;

/// <summary>A person at the page of a room.</summary>
internal sealed class Guest(string name, RemotePage page) : IDisposable
{
    /// <summary>Measures from inside the page; see there.</summary>
    public static string Script { get; } = File.ReadAllText(Path.Combine(Pages.Folder, "room-probe.js"));

    public string Name => name;

    public RemotePage Page => page;

    /// <summary>Chooses the small picture (320x180, 15 fps) and joins.</summary>
    public async Task JoinAsync()
    {
        await page.WaitForAsync("document.querySelector('#preview').videoWidth > 0", seconds: 20);
        await page.EvaluateAsync(
            $"(() => {{ document.querySelector('[name=name]').value = '{name}'; const q = document.querySelector('[name=quality]'); q.value = 'small'; q.dispatchEvent(new Event('change')); }})()");
        await page.WaitForAsync("document.querySelector('#preview').videoWidth === 320");
        await page.ClickAsync("#go");
        await page.WaitForAsync("!document.querySelector('#room').hidden");
    }

    /// <summary>Until all these others are seen moving and their sound comes.</summary>
    public async Task WaitForAsync(IEnumerable<string> others, int seconds = 20)
    {
        await page.EvaluateAsync("probe.look().then(() => true)");
        foreach (string other in others)
        {
            string tile = $"[...document.querySelectorAll('.tile')].find(tile => tile.querySelector('.name').textContent === '{other}')";
            await page.WaitForAsync($"(tile => tile.querySelector('video').videoWidth > 0 && tile.querySelector('audio').srcObject && !tile.matches('.dark'))({tile})", seconds);
        }
    }

    public async Task<Look> LookAsync() => new(await page.EvaluateAsync("probe.look()"));

    public Task ResetGapsAsync() => page.EvaluateAsync("probe.reset()");

    public void Dispose() => page.Dispose();
}

/// <summary>What a page shows at a moment of its own clock.</summary>
internal sealed class Look(JsonElement result)
{
    public double At { get; } = result.GetProperty("at").GetDouble();

    public IReadOnlyList<ShownTile> Tiles { get; } =
        [.. result.GetProperty("tiles").EnumerateArray().Select(tile => tile.Deserialize<ShownTile>(JsonSerializerOptions.Web))];

    public ShownTile Of(string name) => Tiles.First(tile => tile.Name == name);

    public bool Has(string name) => Tiles.Any(tile => tile.Name == name);
}

/// <param name="Stream">The ssrc of the picture: the same as long as the section goes on.</param>
/// <param name="Shown">Pictures that were shown.</param>
/// <param name="Frames">Pictures that were decoded, as the browser's statistics count them; Firefox at times begins anew.</param>
/// <param name="Energy">Of the sound since it began, as the browser's statistics count it.</param>
/// <param name="Frozen">Seconds, as the browser's statistics count them.</param>
/// <param name="Lost">Packets of picture and sound.</param>
/// <param name="Asked">How often the viewer asked for a keyframe.</param>
/// <param name="Gap">Milliseconds: the longest time between two frame callbacks since the last reset; the page's own script holds them up too.</param>
internal readonly record struct ShownTile(
    string Key, string Name, bool IsMuted, bool IsLarge, long Stream, int Shown, int Width, int Height, int Frames, int Freezes, double Frozen, int Lost, int Asked, int Packets, double Energy,
    bool IsPlaying, double Gap);
