using System.Globalization;
using System.Text;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>Counts the malformed records of a batch and keeps them as rows for the dead-letter sink, if there is one.</summary>
internal sealed class MalformedRecords(TimeProvider time) : IMalformedRecords, IDisposable
{
    internal static readonly RowSchema Schema = new(
        "DeadLetter",
        [
            new Field("Source", FieldType.Of(FieldKind.String)),
            new Field("Position", FieldType.Of(FieldKind.Int64)),
            new Field("Reason", FieldType.Of(FieldKind.String)),
            new Field("Text", FieldType.Of(FieldKind.String)),
            new Field("Batch", FieldType.Of(FieldKind.Int64)),
            new Field("Time", FieldType.Of(FieldKind.Timestamp)),
        ]);

    private const int Examples = 3;
    private readonly Lock _lock = new();
    private readonly BatchPool _pool = new(Schema);
    private readonly List<string> _examples = [];
    private ColumnBatch? _letters;
    private long _batchId;
    private bool _keep;

    /// <summary>Records of this batch.</summary>
    internal long Count { get; private set; }

    /// <summary>The first three of this batch, in words.</summary>
    internal string FirstOnes => string.Join("; ", _examples);

    /// <summary>Starts a batch.</summary>
    /// <param name="batchId">Its number.</param>
    /// <param name="keep">Whether there is a sink for them.</param>
    internal void Begin(long batchId, bool keep)
    {
        lock (_lock)
        {
            (_batchId, _keep, Count) = (batchId, keep, 0);
            _examples.Clear();
            _letters?.Release();
            _letters = null;
        }
    }

    public void Take(string source, long position, string reason, ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            Count++;
            if (_examples.Count < Examples)
                _examples.Add(string.Create(CultureInfo.InvariantCulture, $"{source}:{position}: {reason}"));
            if (!_keep)
                return;
            _letters ??= _pool.Rent();
            Append(0, source);
            ((FixedColumn<long>)_letters[1]).Append(position);
            Append(2, reason);
            // Raw bytes may be no UTF-8; decoding puts U+FFFD in the place of what is not.
            Append(3, Encoding.UTF8.GetString(text));
            ((FixedColumn<long>)_letters[4]).Append(_batchId);
            ((FixedColumn<long>)_letters[5]).Append(Instant.ToMicros(time.GetUtcNow()));
            _letters.Length++;
        }
    }

    public void Drop()
    {
        lock (_lock)
            Count++;
    }

    /// <summary>Writes the letters of the batch.</summary>
    internal void WriteTo(ISinkWriter writer)
    {
        lock (_lock)
        {
            if (_letters is null)
                return;
            writer.Write(_letters);
            _letters.Release();
            _letters = null;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _letters?.Release();
            _letters = null;
            _pool.Dispose();
        }
    }

    private void Append(int ordinal, string text) => ((Utf8Column)_letters![ordinal]).Append(Encoding.UTF8.GetBytes(text));
}
