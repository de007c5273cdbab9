using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Typed.Files;

/// <summary>
/// The text files in which sources and sinks of files keep what they did: a line with the kind and version, lines of content, and a line with a
/// checksum of all before it, so that a cut or altered file is found out.
/// <code>
/// typed-seen-files 1
/// …
/// crc32c 1a2b3c4d
/// </code>
/// </summary>
internal static class LogText
{
    private const string CrcPrefix = "crc32c ";

    /// <summary>Puts the first and last line around the content.</summary>
    internal static byte[] Format(string kind, IEnumerable<string> lines)
    {
        StringBuilder text = new();
        text.Append(kind).Append(" 1\n");
        foreach (string line in lines)
            text.Append(line).Append('\n');
        byte[] content = Encoding.UTF8.GetBytes(text.ToString());
        byte[] end = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{CrcPrefix}{Checksum(content):x8}\n"));
        return [.. content, .. end];
    }

    /// <summary>The lines of content.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it must be.</param>
    /// <param name="remedy">What to do if it is damaged.</param>
    /// <exception cref="InvalidDataException">The file is cut, altered or something else.</exception>
    internal static string[] Read(string path, string kind, string remedy) =>
        FaultOf(path, kind, out string[] lines) is { } fault ? throw Damaged(path, fault, remedy) : lines;

    /// <summary>What is wrong with a file; null if it is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it must be.</param>
    /// <param name="lines">The lines of content.</param>
    internal static string? FaultOf(string path, string kind, out string[] lines)
    {
        lines = [];
        byte[] all = File.ReadAllBytes(path);
        int end = all.AsSpan().LastIndexOf("\ncrc32c "u8) + 1;
        if (end <= 0)
            return "it has no checksum at its end, so it was cut off or is no such file";
        ReadOnlySpan<byte> crc = all.AsSpan(end + CrcPrefix.Length);
        if (crc.Length != 9 || !Utf8Parser.TryParse(crc[..8], out uint expected, out int read, 'x') || read != 8 || crc[8] != (byte)'\n')
            return "its checksum cannot be read";
        if (expected != Checksum(all.AsSpan(0, end)))
            return "its content does not fit its checksum";
        string[] content = Encoding.UTF8.GetString(all, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (content[0] != kind + " 1")
            return $"it begins with '{content[0][..Math.Min(60, content[0].Length)]}' where '{kind} 1' is expected, so a newer version or another program wrote it";
        lines = content[1..];
        return null;
    }

    internal static InvalidDataException Damaged(string path, string what, string remedy) =>
        new($"The file {path} cannot be used: {what}. {remedy}");

    /// <summary>A path on a line of its own: line breaks, tabs and backslashes are escaped.</summary>
    internal static string Escape(string path) => path.AsSpan().IndexOfAny('\\', '\n', '\t') < 0
        ? path
        : path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);

    /// <summary>Takes back <see cref="Escape"/>.</summary>
    internal static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        StringBuilder path = new();
        for (int i = 0; i < text.Length; i++)
        {
            bool escaped = text[i] == '\\' && i + 1 < text.Length;
            char c = escaped ? text[++i] : text[i];
            path.Append(escaped && c == 'n' ? '\n' : escaped && c == 't' ? '\t' : c);
        }

        return path.ToString();
    }

    private static uint Checksum(ReadOnlySpan<byte> content)
    {
        uint crc = uint.MaxValue;
        while (content.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(content));
            content = content[sizeof(ulong)..];
        }

        foreach (byte b in content)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
