namespace Scorch.Digest;

/// <summary>Letters without their accents: what people leave out when they type a name.</summary>
/// <remarks>
/// Small letters that Unicode decomposes canonically into a letter and marks, and a few with a stroke that Unicode keeps whole.
/// A table, because normalisation is not there in the invariant globalisation mode that the tools run in.
/// </remarks>
internal static class Accents
{
    // The plain letter, then the letters that are folded to it.
    private static readonly string[] Groups =
    [
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
        "bḃḅḇ",
        "cçćĉċčḉ",
        "dďđḋḍḏḑḓ",
        "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
        "fḟ",
        "gĝğġģǧǵḡ",
        "hĥħȟḣḥḧḩḫẖ",
        "iìíîïĩīĭįıǐȉȋḭḯỉị",
        "jĵǰ",
        "kķǩḱḳḵ",
        "lĺļľłḷḹḻḽ",
        "mḿṁṃ",
        "nñńņňǹṅṇṉṋ",
        "oòóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
        "pṕṗ",
        "rŕŗřȑȓṙṛṝṟ",
        "sśŝşšșṡṣṥṧṩ",
        "tţťŧțṫṭṯṱẗ",
        "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
        "vṽṿ",
        "wŵẁẃẅẇẉẘ",
        "xẋẍ",
        "yýÿŷȳẏẙỳỵỷỹ",
        "zźżžẑẓẕ",
        "æǣǽ",
        "ſẛ",
        "ʒǯ",
        "αάἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ",
        "εέἐἑἒἓἔἕὲέ",
        "ηήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ",
        "ιΐίϊἰἱἲἳἴἵἶἷὶίῐῑῒΐῖῗ",
        "οόὀὁὂὃὄὅὸό",
        "ρῤῥ",
        "σς",
        "υΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ",
        "ωώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ",
        "ϒϓϔ",
        "аӑӓ",
        "гѓ",
        "еѐёӗ",
        "жӂӝ",
        "зӟ",
        "ийѝӣӥ",
        "кќ",
        "оӧ",
        "уўӯӱӳ",
        "чӵ",
        "ыӹ",
        "эӭ",
        "ії",
        "ѵѷ",
        "әӛ",
        "өӫ",
        "\u0627\u0622\u0623\u0625",
        "\u0648\u0624",
        "\u064A\u0626",
        "\u06C1\u06C2",
        "\u06D2\u06D3",
        "\u06D5\u06C0",
    ];

    private static readonly char[] Plain = Build();

    /// <summary>The letter without accents; any other character as it is.</summary>
    public static char Remove(char small) => small < Plain.Length ? Plain[small] : small;

    private static char[] Build()
    {
        var table = new char[0x2000];
        for (var character = 0; character < table.Length; character++)
        {
            table[character] = (char)character;
        }

        foreach (var group in Groups)
        {
            foreach (var accented in group.AsSpan(1))
            {
                table[accented] = group[0];
            }
        }

        return table;
    }
}
