using System.Buffers;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Files;

/// <summary>Writes rows as text of one format.</summary>
internal abstract class RowFormat
{
    /// <summary>The ending of the names of files, with its dot.</summary>
    internal abstract string Extension { get; }

    /// <summary>Takes the columns that are written; called once, before anything else.</summary>
    /// <exception cref="QueryStartException">The format cannot hold one of the columns.</exception>
    internal abstract void Start(RowSchema schema, int[] columns);

    /// <summary>Writes what stands at the beginning of a file.</summary>
    internal virtual void WriteHeader(ArrayBufferWriter<byte> to)
    {
    }

    /// <summary>Writes one row with its end.</summary>
    internal abstract void WriteRow(ColumnBatch batch, int row, ArrayBufferWriter<byte> to);
}
