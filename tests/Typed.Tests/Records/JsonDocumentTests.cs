using System.Text;

namespace Typed.Tests.Records;

public class JsonDocumentTests
{
    private const string Rows = """[ {"v":1}, {"v":2,"name":"two\u0021"} ,{"v":3}]""";

    [Theory]
    [InlineData(Rows, null)]
    [InlineData("{\"type\":\"x\",\"features\":" + Rows + ",\"more\":1}", "features")]
    [InlineData("{\"a\":[{\"features\":0}],\"result\":{\"x\":null,\"features\":" + Rows + "}}", "result.features")]
    [InlineData("\uFEFF \n" + Rows + "\n", null)]
    public void Each_element_of_the_array_is_a_row(string text, string? path)
    {
        foreach (int maxRows in (int[])[1, 2, 100])
        {
            JsonResult<Loose> result = Json.Document<Loose>(text, path, maxRows: maxRows);
            Assert.Equal([new Loose(1, null, null, null), new Loose(2, "two!", null, null), new Loose(3, null, null, null)], result.Rows);
            Assert.Empty(result.Malformed);
        }
    }

    [Fact]
    public void One_object_is_one_row()
    {
        Assert.Equal([new Loose(1, "x", null, null)], Json.Document<Loose>(" {\"v\":1,\n\"name\":\"x\"}\n ").Rows);
        Assert.Equal("something follows the object (byte 9: {})", Assert.Single(Json.Document<Loose>("{\"v\":1} {}").Malformed).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("[]")]
    public void A_document_without_rows_gives_none(string text)
    {
        JsonResult<Loose> result = Json.Document<Loose>(text);
        Assert.Empty(result.Rows);
        Assert.Empty(result.Malformed);
    }

    [Theory]
    [InlineData("{\"a\":1}", "features", "it has no array at 'features'")]
    [InlineData("[1]", "features", "it has no array at 'features'")]
    [InlineData("{\"features\":{}}", "features", "what stands at the path of the rows is not an array")]
    [InlineData("{\"features\":[],}", "features", "the document is broken or cut here, and what follows cannot be read")]
    [InlineData("{\"features\":[] 1}", "features", "the document is broken or cut here, and what follows cannot be read")]
    [InlineData("[] []", null, "the document is broken or cut here, and what follows cannot be read")]
    [InlineData("12", null, "it is neither an array nor an object")]
    public void A_document_with_its_rows_elsewhere_is_malformed(string text, string? path, string reason) =>
        Assert.Equal(reason, Assert.Single(Json.Document<Loose>(text, path).Malformed).Reason);

    [Fact]
    public void A_malformed_element_costs_one_row_and_a_broken_document_its_rest()
    {
        JsonResult<Loose> result = Json.Document<Loose>("[{\"v\":1},{\"v\":\"x\"},7,{\"v\":4}");
        Assert.Equal([1, 4], result.Rows.Select(row => row.V));
        Assert.Equal([2L, 3, 5], result.Malformed.Select(item => item.Position));
        Assert.Equal("the document is broken or cut here, and what follows cannot be read", result.Malformed[2].Reason);
    }

    [Fact]
    public void A_document_that_is_cut_or_damaged_anywhere_ends()
    {
        byte[] whole = Encoding.UTF8.GetBytes("{\"a\":[1],\"rows\":" + Rows + "}");
        for (int length = 0; length < whole.Length; length++)
        {
            JsonResult<Loose> result = Json.Document<Loose>(whole[..length], "rows");
            Assert.True(result.Rows.Length <= 3);
            Assert.True(length == 0 || result.Malformed.Count == 1, $"cut at {length}");
        }

        Random random = new(5);
        for (int i = 0; i < 5000; i++)
        {
            byte[] damaged = [.. whole];
            for (int change = random.Next(1, 4); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            JsonResult<Loose> result = Json.Document<Loose>(damaged, "rows");
            Assert.True(result.Rows.Length + result.Malformed.Count is > 0 and < 10);
        }
    }
}
