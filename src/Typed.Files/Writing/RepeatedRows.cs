using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Typed.Files;

/// <summary>Compares the files of a batch that comes again with those that are visible: by folder, the same lines in any order.</summary>
internal static class RepeatedRows
{
    /// <summary>Whether both have the same rows in the same folders.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    internal static bool AreSame(IEnumerable<(string Path, CommittedFile File)> one, IEnumerable<(string Path, CommittedFile File)> other)
    {
        Dictionary<string, (long Rows, UInt128 Lines)> left = Sums(one);
        Dictionary<string, (long Rows, UInt128 Lines)> right = Sums(other);
        return left.Count == right.Count && left.All(folder => right.TryGetValue(folder.Key, out (long Rows, UInt128 Lines) same) && same == folder.Value);
    }

    // A sum does not depend on the order, which is another one with another number of workers.
    private static Dictionary<string, (long Rows, UInt128 Lines)> Sums(IEnumerable<(string Path, CommittedFile File)> files)
    {
        Dictionary<string, (long Rows, UInt128 Lines)> sums = new(StringComparer.Ordinal);
        foreach ((string path, CommittedFile file) in files)
        {
            string folder = file.Path[..(file.Path.LastIndexOf('/') + 1)];
            (long rows, UInt128 lines) = sums.GetValueOrDefault(folder);
            foreach (string line in File.ReadLines(path))
                lines += BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(line)));

            sums[folder] = (rows + file.Rows, lines);
        }

        return sums;
    }
}
