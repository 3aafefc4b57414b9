using System.Globalization;

namespace Bench.Load;

/// <summary>What processes have used, from /proc.</summary>
internal readonly record struct ServerUsage(double CpuSeconds, double ResidentMegabytes, int Threads)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on all systems that .NET runs on

    public static ServerUsage Read(IEnumerable<int> processes)
    {
        double cpu = 0, resident = 0;
        int threads = 0;
        foreach (int process in processes)
        {
            // Behind the name in brackets, which may hold anything: utime and stime are the 14th and 15th field.
            string text = File.ReadAllText($"/proc/{process}/stat");
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            cpu += (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
            threads += (int)Number(fields[17]);
            foreach (string line in File.ReadLines($"/proc/{process}/status"))
                if (line.StartsWith("VmRSS:", StringComparison.Ordinal)) resident += Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
        }

        return new ServerUsage(cpu, resident, threads);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
