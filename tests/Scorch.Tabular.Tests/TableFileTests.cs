using System.Buffers.Binary;
using System.Text;
using Scorch.Testing;

namespace Scorch.Tabular.Tests;

public class TableFileTests
{
    [Fact]
    public void Csv_keeps_quotes_separators_line_ends_and_missing_values()
    {
        var table = Read("name,n,x,flag\n\"a, \"\"b\"\"\nc\",1,2.5,true\nNA,,-1e3,false\n\"NA\",3,.,TRUE\n");
        Assert.Equal(["name", "n", "x", "flag"], table.Names);
        Assert.Equal([ColumnType.Text, ColumnType.Integer, ColumnType.Number, ColumnType.Boolean], table.Columns.Select(column => column.Type));
        Assert.Equal("a, \"b\"\nc", table["name"].Text(0));
        Assert.True(table["name"].IsMissing(1));
        Assert.Equal("NA", table["name"].Text(2));
        Assert.Equal([1, double.NaN, 3], table.Numbers("n"));
        Assert.Equal([2.5, -1000, double.NaN], table.Numbers("x"));
        Assert.Equal([1.0, 0, 1], table.Numbers("flag"));
    }

    [Fact]
    public void A_written_table_reads_back_the_same()
    {
        var table = new Table(
        [
            Column.OfTexts("t", ["plain", "with, comma", "\"quoted\"", null, "NA", " padded "]),
            Column.OfNumbers("x", [0.1, 1.0 / 3, double.NaN, -1e300, 5e-324, 2]),
            Column.OfBooleans("b", [true, null, false, true, true, false]),
        ]);
        foreach (var name in new[] { "table.csv", "table.csv.gz" })
        {
            var path = Path.Combine(Path.GetTempPath(), $"scorch-{Guid.NewGuid():N}-{name}");
            try
            {
                TableFile.WriteCsv(table, path);
                var back = TableFile.Read(path);
                foreach (var column in table.Columns)
                    Assert.Equal(Enumerable.Range(0, table.Rows).Select(column.Text), Enumerable.Range(0, table.Rows).Select(back[column.Name].Text));
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    [Theory]
    [InlineData("a,b\n1\n", "line 2")]
    [InlineData("a,a\n1,2\n", "used twice")]
    [InlineData("a,b\n\"1,2\n", "never closed")]
    [InlineData("a,b\n\"1\"x,2\n", "closing quote")]
    [InlineData("", "empty")]
    public void Malformed_text_is_refused_with_its_place(string text, string part) => Assert.Contains(part, Assert.Throws<TableFormatException>(() => Read(text)).Message);

    [Fact]
    public void A_value_of_the_wrong_type_names_line_and_column()
    {
        var format = new DelimitedFormat(Types: new Dictionary<string, ColumnType> { ["b"] = ColumnType.Integer });
        var error = Assert.Throws<TableFormatException>(() => Read("a,b\n1,2\n3,4.5\n", format));
        Assert.Contains("line 3, column 'b'", error.Message);
        Assert.Contains("4.5", error.Message);
    }

    [Fact]
    public void Runs_of_blanks_separate_fields()
    {
        var table = Read("a b  c  \n 1   2\t3 \n4 5 6\n", DelimitedFormat.Whitespace);
        Assert.Equal([3.0, 6], table.Numbers("c"));
    }

    [Fact]
    public void An_unknown_column_suggests_the_nearest_name() => Assert.Contains("did you mean 'income'", Assert.Throws<ArgumentException>(() => Read("income,age\n1,2\n")["incone"]).Message);

    [Theory]
    [InlineData(113, true)]
    [InlineData(113, false)]
    [InlineData(114, true)]
    [InlineData(115, true)]
    [InlineData(117, true)]
    [InlineData(118, true)]
    [InlineData(118, false)]
    public void Stata_files_of_every_format_and_byte_order_are_read(int format, bool little)
    {
        var table = StataReader.Read(new MemoryStream(StataFile(format, little)));
        Assert.Equal(["tiny", "real", "text"], table.Names);
        Assert.Equal([5.0, double.NaN], table.Numbers("tiny"));
        Assert.Equal([0.25, double.NaN], table.Numbers("real"));
        Assert.Equal("ab", table["text"].Text(0));
        Assert.Equal("c", table["text"].Text(1));
    }

    [Theory]
    [InlineData(113)]
    [InlineData(118)]
    public void Stata_files_that_end_early_are_refused_at_every_length(int format)
    {
        var whole = StataFile(format, true);
        for (var length = 0; length < whole.Length - 7; length += 5)
            Assert.Throws<TableFormatException>(() => StataReader.Read(new MemoryStream(whole, 0, length)));
    }

    [Fact]
    public void A_Stata_header_that_claims_billions_of_rows_is_refused_without_the_memory()
    {
        var bytes = StataFile(113, true);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(6), 2_000_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TableFormatException>(() => StataReader.Read(new MemoryStream(bytes)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000);
    }

    [DataFact("dml/sipp1991.dta", "dml/sipp1991.csv.gz")]
    public void The_real_Stata_file_equals_its_CSV_twin()
    {
        var folder = DataFactAttribute.PathOf("dml");
        var stata = TableFile.Read(Path.Combine(folder, "sipp1991.dta"));
        var csv = TableFile.Read(Path.Combine(folder, "sipp1991.csv.gz"));
        Assert.Equal((9_915, 14), (stata.Rows, stata.Columns.Count));
        Assert.Equal(csv.Names, stata.Names);
        foreach (var name in csv.Names)
            Assert.Equal(csv.Numbers(name), stata.Numbers(name));
        Assert.Equal(13_913, TableFile.Read(Path.Combine(folder, "penn_jae.dat")).Rows);
    }

    private static Table Read(string text, DelimitedFormat? format = null) => TableFile.ReadText(new MemoryStream(Encoding.UTF8.GetBytes(text)), format ?? DelimitedFormat.Csv);

    // Two observations of a byte, a double and a str3; the second has missing numbers.
    private static byte[] StataFile(int format, bool little)
    {
        using var stream = new MemoryStream();
        void Text(string text, int width = 0) => stream.Write(Encoding.ASCII.GetBytes(text).Concat(new byte[Math.Max(0, width - text.Length)]).ToArray());
        void Number(long value, int bytes)
        {
            for (var i = 0; i < bytes; i++)
                stream.WriteByte((byte)(value >> (8 * (little ? i : bytes - 1 - i))));
        }
        string[] names = ["tiny", "real", "text"];
        var modern = format == 118;
        if (format < 117)
        {
            stream.Write([(byte)format, (byte)(little ? 2 : 1), 1, 0]);
            Number(3, 2);
            Number(2, 4);
            stream.Write(new byte[81 + 18]);
            stream.Write([251, 255, 3]);
            foreach (var name in names)
                Text(name, 33);
            stream.Write(new byte[2 * 4 + (format == 113 ? 12 : 49) * 3 + 33 * 3 + 81 * 3]);
            stream.WriteByte(1);
            Number(4, 4);
            Text("note");
            stream.Write(new byte[5]);
        }
        else
        {
            Text($"<stata_dta><header><release>{format}</release><byteorder>{(little ? "LSF" : "MSF")}</byteorder><K>");
            Number(3, 2);
            Text("</K><N>");
            Number(2, modern ? 8 : 4);
            Text("</N><label>");
            Number(2, modern ? 2 : 1);
            Text("hi</label><timestamp>\0</timestamp></header><map>", 0);
            stream.Write(new byte[14 * 8]);
            Text("</map><variable_types>");
            foreach (var type in new[] { 65530, 65526, 3 })
                Number(type, 2);
            Text("</variable_types><varnames>");
            foreach (var name in names)
                Text(name, modern ? 129 : 33);
            Text("</varnames><sortlist>");
            stream.Write(new byte[8]);
            Text("</sortlist><formats>");
            stream.Write(new byte[3 * (modern ? 57 : 49)]);
            Text("</formats><value_label_names>");
            stream.Write(new byte[3 * (modern ? 129 : 33)]);
            Text("</value_label_names><variable_labels>");
            stream.Write(new byte[3 * (modern ? 321 : 81)]);
            Text("</variable_labels><characteristics><ch>");
            Number(3, 4);
            Text("abc</ch></characteristics><data>");
        }
        Number(5, 1);
        Number(BitConverter.DoubleToInt64Bits(0.25), 8);
        Text("ab", 3);
        Number(101, 1);
        Number(0x7FE0000000000000, 8);
        Text("c", 3);
        if (format >= 117)
            Text("</data>");
        return stream.ToArray();
    }
}
