"""What Python's own readers find in the published sample.

Run with `/usr/bin/python3 oracles/digest/read_published.py` in the repository's root. Reads the files under
tests/oracles/digest/published (written by the tests with SCORCH_WRITE_PUBLISHED=1) with `email`, `xml.etree`, `json` and
`html.parser`, and writes read.json beside them.
"""

import email
import email.policy
import html.parser
import json
import pathlib
import xml.etree.ElementTree as tree

FOLDER = pathlib.Path("tests/oracles/digest/published")
ATOM = "{http://www.w3.org/2005/Atom}"


class Page(html.parser.HTMLParser):
    """Tags, attributes, and the texts of headings and of mentions."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.links, self.headings, self.quotes, self.inside = {}, set(), [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes.update(name for name, _ in attributes)
        self.links += [value for name, value in attributes if name == "href"]
        self.inside.append(tag)
        if tag == "h2":
            self.headings.append("")
        if tag == "p" and "blockquote" in self.inside and any(name == "lang" for name, _ in attributes):
            self.quotes.append("")
            self.inside[-1] = "quoted"
        if tag == "br":
            self.inside.pop()
            self.quotes[-1] += "\n"

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] in (tag, "quoted"):
            self.inside.pop()
        elif tag in self.inside:
            del self.inside[len(self.inside) - 1 - self.inside[::-1].index(tag):]

    def handle_data(self, data):
        if "h2" in self.inside:
            self.headings[-1] += data
        if "quoted" in self.inside:
            self.quotes[-1] += data

    def found(self):
        return {"tags": self.tags, "attributes": sorted(self.attributes), "links": self.links, "headings": self.headings, "quotes": self.quotes}


def page(text):
    reader = Page()
    reader.feed(text)
    return reader.found()


def mail(data):
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = list(message.iter_parts())
    return {
        "headers": message.keys(),
        "from": [[party.display_name, party.addr_spec] for party in message["From"].addresses],
        "to": [[party.display_name, party.addr_spec] for party in message["To"].addresses],
        "subject": str(message["Subject"]),
        "date": message["Date"].datetime.isoformat(),
        "type": message.get_content_type(),
        "defects": [str(defect) for part in message.walk() for defect in part.defects],
        "types": [part.get_content_type() for part in parts],
        "text": parts[0].get_content(),
        "page": page(parts[1].get_content()),
        "longest_line": max(len(line) for line in data.split(b"\r\n")),
        "bare_line_feeds": data.replace(b"\r\n", b"").count(b"\n"),
        "is_ascii": data.isascii(),
    }


def rss(data):
    channel = tree.fromstring(data).find("channel")
    return {
        "title": channel.findtext("title"),
        "link": channel.findtext("link"),
        "self": channel.find(f"{ATOM}link").get("href"),
        "items": [{name: item.findtext(name) for name in ("title", "link", "guid", "pubDate")} | {"page": page(item.findtext("description"))} for item in channel.findall("item")],
    }


def atom(data):
    feed = tree.fromstring(data)
    return {
        "tag": feed.tag,
        "title": feed.findtext(f"{ATOM}title"),
        "id": feed.findtext(f"{ATOM}id"),
        "updated": feed.findtext(f"{ATOM}updated"),
        "author": feed.findtext(f"{ATOM}author/{ATOM}name"),
        "entries": [
            {name: entry.findtext(ATOM + name) for name in ("title", "id", "updated", "published", "summary")}
            | {"link": entry.find(f"{ATOM}link").get("href"), "type": entry.find(f"{ATOM}content").get("type"), "page": page(entry.findtext(f"{ATOM}content"))}
            for entry in feed.findall(f"{ATOM}entry")
        ],
    }


def json_feed(data):
    feed = json.loads(data)
    for item in feed["items"]:
        item["page"] = page(item.pop("content_html"))
    return feed


readers = {"post.html": lambda data: page(data.decode()), "post.eml": mail, "rss.xml": rss, "atom.xml": atom, "feed.json": json_feed}
found = {name: reader((FOLDER / name).read_bytes()) for name, reader in readers.items()}
(FOLDER / "read.json").write_text(json.dumps(found, indent=1, ensure_ascii=True) + "\n")
