using System.Globalization;
using System.Text;
using Typed.State;

namespace Typed.Execution;

/// <summary>
/// The text files of a checkpoint:
/// <code>
/// typed offsets v1           kind and version of the format
/// batch 7                    one value a line: a name, a space, the value
/// …
/// crc32c 1a2b3c4d            of all bytes above
/// </code>
/// The first and the last line keep this form in every version, so that a newer file is told apart from a damaged one.
/// </summary>
internal sealed class LogText
{
    /// <summary>Ends a message about a damaged checkpoint.</summary>
    internal const string Checked = "'typed checkpoint check' says how much of it is whole, and how far 'typed checkpoint repair' can set it back.";

    private const int Version = 1;
    private const int MaxBytes = 64 << 20;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly string _path;
    private readonly string[] _lines;
    private int _next = 1;

    private LogText(string path, string[] lines)
    {
        _path = path;
        _lines = lines;
    }

    /// <summary>Whether all lines were read.</summary>
    internal bool AtEnd => _next == _lines.Length;

    /// <summary>The bytes of a file.</summary>
    internal static byte[] Format(string kind, IEnumerable<(string Name, string Value)> lines)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"typed {kind} v{Version}\n");
        foreach ((string name, string value) in lines)
            text.Append(name).Append(' ').Append(Escape(value)).Append('\n');
        byte[] body = Strict.GetBytes(text.ToString());
        return [.. body, .. Trailer(body)];
    }

    /// <summary>Reads a file and checks it.</summary>
    /// <exception cref="QueryStartException">The file is missing, cut, damaged, of another kind or of a newer version.</exception>
    internal static LogText Read(string path, string kind) => Read(ReadBytes(path), path, kind);

    /// <summary>Reads the bytes of a file, wherever they lie.</summary>
    /// <exception cref="QueryStartException">They are cut, damaged, of another kind or of a newer version.</exception>
    internal static LogText Read(byte[] bytes, string path, string kind)
    {
        string start = $"typed {kind} v";
        int firstLine = Array.IndexOf(bytes, (byte)'\n');
        if (firstLine < 0 || !bytes.AsSpan().StartsWith(Strict.GetBytes(start)))
            throw Damaged(path, bytes.Length == 0 ? "it is empty" : $"it does not begin with '{start}…'; it was cut, or another program wrote it");
        int trailerLength = Trailer([]).Length;
        int bodyLength = bytes.Length - trailerLength;
        if (bodyLength <= firstLine || !bytes.AsSpan(bodyLength).SequenceEqual(Trailer(bytes.AsSpan(0, bodyLength))))
            throw Damaged(path, $"its checksum does not fit its {bytes.Length} bytes: it was cut or changed");
        string text;
        try
        {
            text = Strict.GetString(bytes, 0, bodyLength - 1);
        }
        catch (DecoderFallbackException e)
        {
            throw Damaged(path, "it is not UTF-8", e);
        }

        LogText log = new(path, text.Split('\n'));
        string version = log._lines[0][start.Length..];
        if (version == Version.ToString(CultureInfo.InvariantCulture))
            return log;
        throw new QueryStartException(
            "checkpoint-version-unsupported",
            $"'{path}' has format version {version}, and this version of Typed reads up to {Version}. Start the query with the newer Typed that wrote it, or with a new checkpoint.")
        {
            File = path,
            Fault = $"it has format version {version}, and this version of Typed reads up to {Version}",
        };
    }

    /// <summary>The value of the next line, which must have this name.</summary>
    internal string Text(string name)
    {
        if (AtEnd || !_lines[_next].StartsWith(name + " ", StringComparison.Ordinal))
            throw Damaged(_path, $"line {_next + 1} should be '{name} …'");
        return Unescape(_lines[_next++][(name.Length + 1)..]);
    }

    /// <summary>The number on the next line, which must have this name.</summary>
    internal long Number(string name)
    {
        string text = Text(name);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw Damaged(_path, $"'{name} {text}' is not a number");
    }

    /// <summary>Whether the next line has this name.</summary>
    internal bool NextIs(string name) => !AtEnd && _lines[_next].StartsWith(name + " ", StringComparison.Ordinal);

    /// <summary>Refuses what is left.</summary>
    internal void End()
    {
        if (!AtEnd)
            throw Damaged(_path, $"line {_next + 1}, '{_lines[_next]}', is not known");
    }

    internal QueryStartException Damaged(string fault) => Damaged(_path, fault);

    internal static QueryStartException Damaged(string path, string fault, Exception? inner = null) => new(
        "checkpoint-damaged",
        $"The checkpoint file '{path}' cannot be used: {fault}. Nothing was changed. Put the file back from a copy of the checkpoint, or start with a new checkpoint. {Checked}",
        inner)
    {
        File = path,
        Fault = fault,
    };

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            if (file.Length > MaxBytes)
                throw Damaged(path, $"it has {file.Length} bytes, far more than such a file can have");
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(path, "it is missing", e);
        }
    }

    private static byte[] Trailer(ReadOnlySpan<byte> body) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"crc32c {Crc32C.Of(body):x8}\n"));

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
            return value;
        StringBuilder text = new(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
                text.Append(value[++i] == 'n' ? '\n' : value[i]);
            else
                text.Append(value[i]);
        }

        return text.ToString();
    }
}
