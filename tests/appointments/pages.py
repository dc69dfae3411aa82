"""Reading a page as somebody at the desk would: its words, its links, what takes the focus."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Page(HTMLParser):
    """The words of a page's content in order, and its links by address."""

    text: str
    links: dict[str, str] = field(default_factory=dict)
    focus: str = ""
    hidden: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__()
        self._words, self._open = [], None
        self.feed(self.text)
        self.words = squeeze(" ".join(self._words))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "a":
            self._open = attributes.get("href", "")
            self.links[self._open] = ""
        if tag == "input" and attributes.get("type") == "hidden":
            self.hidden[attributes["name"]] = attributes.get("value", "")
        if "autofocus" in attributes:
            self.focus = attributes.get("href") or tag

    def handle_endtag(self, tag):
        if tag == "a" and self._open is not None:
            self.links[self._open] = squeeze(self.links[self._open])
            self._open = None

    def handle_data(self, data):
        self._words.append(data)
        if self._open is not None:
            self.links[self._open] += data


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def read(response):
    """The main part of a page, or the whole of a partial."""
    text = response.content.decode()
    return Page(text.partition("<main")[2].partition("</main>")[0] or text)
