using System.Globalization;

namespace Scorch.Digest.Tests;

/// <summary>Answers in the formats of arXiv's OAI-PMH service and of its query service, about papers that do not exist.</summary>
internal static class ArxivAnswers
{
    public static string Page(string records, string? token = null, string set = "cs") => string.Create(CultureInfo.InvariantCulture, $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">
        <responseDate>2022-02-04T00:00:00Z</responseDate>
        <request verb="ListRecords" from="2022-02-03" until="2022-02-03" metadataPrefix="arXiv" set="{set}">http://export.arxiv.org/oai2</request>
        <ListRecords>
        {records}
        {(token is null ? "" : $"<resumptionToken cursor=\"0\" completeListSize=\"3000\">{token}</resumptionToken>")}
        </ListRecords>
        </OAI-PMH>
        """);

    public static string Record(string id, string categories = "cs.LG stat.ML", string sets = "cs stat", string title = "On Pumpkins") => $"""
        <record>
        <header>
         <identifier>oai:arXiv.org:{id}</identifier>
         <datestamp>2022-02-03</datestamp>
        {string.Concat(sets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(set => $" <setSpec>{set}</setSpec>\n"))}</header>
        <metadata>
         <arXiv xmlns="http://arxiv.org/OAI/arXiv/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://arxiv.org/OAI/arXiv/ http://arxiv.org/OAI/arXiv.xsd">
         <id>{id}</id><created>2022-01-02</created><updated>2022-02-02</updated><authors><author><keyname>Example</keyname><forenames>Ada B.</forenames><suffix>Jr</suffix><affiliation>Garden University</affiliation></author><author><keyname>Müller</keyname></author></authors><title>{title}
           in the Wild &amp; Elsewhere</title><categories>{categories}</categories><comments>3 pages</comments><license>http://creativecommons.org/licenses/by/4.0/</license><abstract>  We grow pumpkins
        with $x &lt; 2$.
        </abstract></arXiv>
        </metadata>
        </record>
        """;

    public static string Deleted(string id) => $"""
        <record><header status="deleted"><identifier>oai:arXiv.org:{id}</identifier><datestamp>2022-02-03</datestamp><setSpec>cs</setSpec></header></record>
        """;

    public static string Error(string code, string message = "") => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2022-02-04T00:00:00Z</responseDate><request>http://export.arxiv.org/oai2</request><error code="{code}">{message}</error></OAI-PMH>
        """;

    public static string Feed(params string[] entries) => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom">
          <link href="http://arxiv.org/api/query?search_query%3D%26id_list%3D2202.01234" rel="self" type="application/atom+xml"/>
          <title type="html">ArXiv Query: search_query=&amp;id_list=2202.01234&amp;start=0&amp;max_results=1</title>
          <id>http://arxiv.org/api/cHxbiOdZaP56ODnBPIenZhzg5f8</id>
          <updated>2022-02-04T00:00:00-05:00</updated>
          <opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">1</opensearch:totalResults>
          {string.Concat(entries)}
        </feed>
        """;

    public static string Entry(string id) => $"""
        <entry>
            <id>http://arxiv.org/abs/{id}</id>
            <updated>2022-02-02T10:00:00Z</updated>
            <published>2022-01-02T10:00:00Z</published>
            <title>On Pumpkins
          in the Wild</title>
            <summary>  We grow
        pumpkins.
        </summary>
            <author><name>Ada B. Example</name><arxiv:affiliation xmlns:arxiv="http://arxiv.org/schemas/atom">Garden University</arxiv:affiliation></author>
            <author><name>Müller</name></author>
            <arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">3 pages</arxiv:comment>
            <link href="http://arxiv.org/abs/{id}" rel="alternate" type="text/html"/>
            <link title="pdf" href="http://arxiv.org/pdf/{id}" rel="related" type="application/pdf"/>
            <arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="stat.ML" scheme="http://arxiv.org/schemas/atom"/>
            <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
            <category term="stat.ML" scheme="http://arxiv.org/schemas/atom"/>
            <category term="68T05" scheme="http://arxiv.org/schemas/atom"/>
          </entry>
        """;

    public static string ErrorEntry(string message) => $"""
        <entry><id>http://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title><summary>{message}</summary><updated>2022-02-04T00:00:00-05:00</updated><link href="http://arxiv.org/api/errors#incorrect_id_format" rel="alternate" type="text/html"/><author><name>arXiv api core</name></author></entry>
        """;
}
