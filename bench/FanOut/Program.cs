using System.Globalization;
using Bench.FanOut;
using Protocols.Srtp;

if (Options.Parse(args) is not { } options)
{
    Console.WriteLine(Options.Usage);
    return 2;
}

FloorProgram? floor = FloorProgram.Find();
if (floor is null) Console.WriteLine("bench/floor/floor is missing (make -C bench/floor): no lines of the C program, no ratios to it.");
foreach (SrtpProfile profile in options.Profiles)
{
    string name = Options.NameOf(profile);
    var rows = new List<Row>();
    foreach (int viewers in options.Viewers)
    {
        Console.Error.WriteLine($"{name}: {viewers} viewers join");
        var house = new House(viewers, options.Burst, options.Length);
        await house.ConnectAsync(profile);
        rows.Add(new Row(house));
    }

    for (int round = 0; round < options.Rounds; round++)
    {
        foreach (Row row in rows)
        {
            int frames = Math.Max(3, options.Packets / (row.House.Viewers * options.Burst));
            row.Figures.Add(await row.House.MeasureAsync(frames));
            if (floor is null) continue;
            row.Floor.Add(floor.Run(name, row.House.Viewers, options.Burst, options.Length));
            row.Copy.Add(floor.Run("copy", row.House.Viewers, options.Burst, options.Length));
        }
    }

    Row? middle = rows.Find(row => row.House.Viewers == 150);
    Console.WriteLine($"| {name} | viewers | us/packet (min-max) | C {name} | ratio | C copy | to 150 viewers | packets/s | sent |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
    foreach (Row row in rows) Console.WriteLine(row.Text(middle));
    foreach (Row row in rows) row.House.Dispose();
}

if (options.LoopsViewers > 0) await LoopsComparison.RunAsync(options);
return 0;

internal sealed record Row(House House)
{
    public List<FanOutFigures> Figures { get; } = [];

    public List<double> Floor { get; } = [];

    public List<double> Copy { get; } = [];

    public double Cost => Median(Figures.Select(figures => figures.MicrosecondsPerPacket));

    public string Text(Row? middle)
    {
        double floor = Floor.Count > 0 ? Median(Floor) : double.NaN, copy = Copy.Count > 0 ? Median(Copy) : double.NaN;
        double[] costs = [.. Figures.Select(figures => figures.MicrosecondsPerPacket)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| | {House.Viewers} | {Cost:0.00} ({costs.Min():0.00}-{costs.Max():0.00}) | {floor:0.00} | {Cost / floor:0.00} | {copy:0.00} | {Cost / (middle?.Cost ?? double.NaN):0.00} | {Median(Figures.Select(figures => figures.PacketsPerSecond)):0} | {Figures.Min(figures => figures.Complete) * 100:0.0} % |");
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
