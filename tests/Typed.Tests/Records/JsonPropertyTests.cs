using System.Globalization;
using System.Text;

namespace Typed.Tests.Records;

/// <summary>Random texts, whole and damaged, against System.Text.Json.</summary>
public class JsonPropertyTests
{
    private static readonly string[] Texts =
        ["", "a", "plain", "with \\\"quotes\\\" and \\\\", "\\u00e4\\u20ac\\ud83d\\ude00", "ünï😀code", "\\ud83d\\ude00\\ud83d\\ude01", "\\n\\t\\b\\f\\r\\/", "exactly thirty-one bytes long..", "exactly thirty-two bytes long...", "a much longer text that does not fit into one vector of bytes, nor into two of them \\u0041"];

    private static readonly string[] Numbers =
        ["0", "-0", "1", "-1", "7", "42", "2147483647", "-2147483648", "2147483648", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616", "1.0", "1e2", "0.5", "-12.345", "12.344999", "99999999.99", "99999999.995", "-0.005", "1e-9", "1E+7", "123456789012345678901234567890.5", "0.1000000000000000055511151231257827", "1e308", "1e309", "5e-324", "179769313486231570000000000000000000000", "01", "1.", ".5", "+1", "-", "1e", "00", "1e999999999999"];

    private static readonly string[] Times =
        ["2024-02-29T12:30:00Z", "2023-02-29T12:30:00Z", "2024-02-29T12:30:00.5Z", "2024-02-29T12:30:00.123456789+01:00", "2024-02-29 12:30", "2024-02-29", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-00:01", "2024-02-29T24:00:00Z", "2024-12-31T23:59:60Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-2-9T1:0:0Z", "2024-02-29T12:30:00-0730", "2024-02-29T12:30:00+05", "2024-02-29T12:30:00+19:00", "0000-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2100-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "2024-02-29T12:30:00", "", "now"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whole_texts_mean_what_the_reference_says(int seed)
    {
        Random random = new(seed);
        Check([.. Enumerable.Range(0, 3000).Select(_ => Encoding.UTF8.GetBytes(Record(random)))]);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Damaged_texts_are_rows_or_malformed_as_the_reference_says(int seed)
    {
        Random random = new(seed);
        Check([.. Enumerable.Range(0, 3000).Select(_ => Damage(Encoding.UTF8.GetBytes(Record(random)), random))]);
    }

    [Fact]
    public void A_text_that_is_cut_anywhere_is_malformed()
    {
        byte[] whole = Encoding.UTF8.GetBytes("""{"id":1,"count":2,"ratio":0.5,"flag":true,"text":"ä\u20ac","money":1.25,"time":"2024-02-29T12:30:00Z","grade":"Good","items":[1,2],"map":{"k":"v"},"place":{"street":"s","number":3}}""");
        byte[] text = [.. Enumerable.Range(1, whole.Length).SelectMany(length => whole[..length].Append((byte)'\n'))];
        JsonResult<Mixed> result = Json.Lines<Mixed>(text);
        Assert.Equal(JsonReference.Read(whole), JsonReference.Show(Assert.Single(result.Rows)));
        Assert.Equal(whole.Length - 1, result.Malformed.Count);
    }

    /// <summary>Decodes the texts as lines in pieces of any size and compares line by line.</summary>
    private static void Check(byte[][] lines)
    {
        byte[] text = [.. lines.SelectMany(line => line.Append((byte)'\n'))];
        JsonResult<Mixed> result = Json.Lines<Mixed>(text, maxRows: 100);
        HashSet<long> malformed = [.. result.Malformed.Select(item => item.Position)];
        int row = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            string shown = Encoding.UTF8.GetString(lines[i]);
            if (string.IsNullOrWhiteSpace(shown))
                continue;
            string? expected = JsonReference.Read(lines[i]);
            string? actual = malformed.Contains(i + 1) ? null : JsonReference.Show(result.Rows[row++]);
            Assert.True(expected == actual, $"line {i + 1}: {shown}\nexpected {expected ?? "malformed"}\nactual   {actual ?? "malformed: " + result.Malformed.First(item => item.Position == i + 1).Reason}");
        }

        Assert.Equal(result.Rows.Length, row);
        Assert.Equal(result.Policy.Malformed, malformed.Count);
        Assert.True(row > lines.Length / 50 && malformed.Count > lines.Length / 50, $"{row} rows and {malformed.Count} malformed ones of {lines.Length} show little.");
    }

    private static string Record(Random random)
    {
        List<string> fields = [];
        void Add(string name, Func<string> value, double chance = 0.8)
        {
            if (random.NextDouble() > chance)
                return;
            string written = random.Next(10) == 0 ? char.ToUpperInvariant(name[0]) + name[1..] : name;
            if (random.Next(30) == 0)
                written = $"\\u{(int)written[0]:x4}" + written[1..];
            fields.Add($"\"{written}\"{Space(random)}:{Space(random)}{(random.Next(15) == 0 ? "null" : random.Next(40) == 0 ? Any(random, 0) : value())}");
        }

        Add("id", () => random.Next(1000).ToString(CultureInfo.InvariantCulture), 0.98);
        Add("count", () => Pick(random, Numbers[..8]));
        Add("ratio", () => random.Next(10) == 0 ? Pick(random, ["\"NaN\"", "\"Infinity\"", "\"-Infinity\""]) : random.Next(3) == 0 ? Pick(random, Numbers[..28]) : ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))).ToString("R", CultureInfo.InvariantCulture));
        Add("flag", () => Pick(random, ["true", "false"]));
        Add("text", () => "\"" + Pick(random, Texts) + "\"");
        Add("money", () => Pick(random, Numbers[..28]));
        Add("time", () => "\"" + Pick(random, random.Next(2) == 0 ? Times[..5] : Times) + "\"");
        Add("grade", () => Pick(random, ["\"Good\"", "\"fine\"", "\"BAD\"", "7", "-1", "99", "\"Worse\""]));
        Add("items", () => "[" + string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Space(random) + Pick(random, Numbers[..8]) + Space(random))) + "]");
        Add("map", () => "{" + string.Join(",", Enumerable.Range(0, random.Next(random.Next(10) == 0 ? 40 : 4)).Select(_ => $"\"{(char)('a' + random.Next(20))}\":\"{Pick(random, Texts)}\"")) + "}");
        Add("place", () => $"{{\"street\":\"{Pick(random, Texts)}\"{(random.Next(2) == 0 ? ",\"number\":5" : "")}}}");
        Add("unknown", () => Any(random, 0), 0.2);
        if (random.Next(3) == 0)
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fields));
        return Space(random) + "{" + Space(random) + string.Join(Space(random) + "," + Space(random), fields) + Space(random) + "}" + Space(random);
    }

    private static string Any(Random random, int depth) => random.Next(depth > 3 ? 5 : 7) switch
    {
        4 => Pick(random, ["\"\"", "\"\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\""]),
        0 => Pick(random, Numbers),
        1 => "\"" + Pick(random, Texts) + "\"",
        2 => Pick(random, ["true", "false", "null", "nul", "True", "NaN"]),
        3 => Pick(random, Numbers[..8]),
        5 => "[" + string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Any(random, depth + 1))) + "]",
        _ => "{" + string.Join(",", Enumerable.Range(0, random.Next(4)).Select(i => $"\"k{i}\":{Any(random, depth + 1)}")) + "}",
    };

    private static byte[] Damage(byte[] text, Random random)
    {
        List<byte> bytes = [.. text];
        for (int count = random.Next(1, 4); count > 0 && bytes.Count > 1; count--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 6)));
                    break;
                case 1:
                    bytes.Insert(at, (byte)"{}[],:\"\\ 0-.e"[random.Next(13)]);
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes.Select(one => one is (byte)'\n' ? (byte)'x' : one)];
    }

    private static string Space(Random random) => random.Next(4) == 0 ? Pick(random, [" ", "  ", "\t", " \r "]) : "";

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
