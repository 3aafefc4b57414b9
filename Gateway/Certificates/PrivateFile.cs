using System.Text;

namespace Gateway.Certificates;

/// <summary>Writes files that only their owner may read: private keys and the admin key.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string text)
    {
        string draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(draft); // a file that is there already would keep its mode
        using (var stream = new FileStream(draft, options)) stream.Write(Encoding.ASCII.GetBytes(text));
        File.Move(draft, path, overwrite: true);
    }
}
