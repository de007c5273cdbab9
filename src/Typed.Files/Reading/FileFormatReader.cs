using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Files;

/// <summary>Reads files of one format into batches, one file after the other.</summary>
internal abstract class FileFormatReader : IDisposable
{
    /// <summary>How many rows a batch has at most.</summary>
    protected const int RowsPerBatch = 65_536;

    /// <summary>How many bytes of text a batch has, about, at most.</summary>
    protected const int MaxBatchBytes = 256 << 20;

    /// <summary>Reads records of a schema.</summary>
    /// <exception cref="QueryStartException">A field asks for what files do not have, or the policy does not fit the fields.</exception>
    protected FileFormatReader(RowSchema schema, MalformedPolicy malformed)
    {
        (Schema, Malformed, Pool) = (schema, malformed, new BatchPool(schema));
        foreach (Field field in schema.Fields)
        {
            if (field.FromSource is not (null or SourceField.Path or SourceField.Modified or SourceField.Line))
            {
                throw new QueryStartException(
                    "from-source-unavailable",
                    $"{schema.Name}.{field.Name} is to hold the {field.FromSource} of a record, which files do not have: Path, Modified and Line they do.");
            }

            if (malformed.Mode == OnMalformed.Permissive && field.IsData && !field.Type.Nullable)
            {
                throw new QueryStartException(
                    "permissive-record",
                    $"OnMalformed.Permissive keeps malformed records with null fields, but {schema.Name}.{field.Name} is not nullable. "
                    + "Declare all fields of the record nullable, or choose OnMalformed.DeadLetter.");
            }
        }
    }

    /// <summary>The batches.</summary>
    internal BatchPool Pool { get; }

    /// <summary>The columns.</summary>
    protected RowSchema Schema { get; }

    /// <summary>What is done with malformed records.</summary>
    protected MalformedPolicy Malformed { get; }

    /// <summary>Starts a file.</summary>
    internal abstract void Begin(OpenFile file);

    /// <summary>Fills an empty batch with the next rows of the file and sets its length.</summary>
    /// <returns>False if the file holds no more.</returns>
    internal abstract bool Fill(ColumnBatch batch, CancellationToken cancellation);

    /// <summary>Judges what was read when a file is at its end.</summary>
    /// <exception cref="MalformedRecordException">More records are malformed than allowed.</exception>
    internal void End() => Malformed.EndBatch();

    public virtual void Dispose() => Pool.Dispose();
}
