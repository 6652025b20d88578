"""Titles and Open Graph tags: written into the compiled shell, escaped, and nothing told that is not to be shared."""

import base64
import hashlib
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from clonegallery.ui.shell import Head, SharedPage, inline_script_hashes, shorten, with_head

SHELL = (
    '<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>Not found</title>'
    '<meta content="favicon.ico" property="og:image"/><meta content="old" name="description"/>'
    "<script>let theme = 1;</script></head><body><title>in a drawing</title></body></html>"
)
PICTURE = SharedPage(
    title="Harbour",
    description="Boats at dusk",
    page_url="https://gallery.example/image/1",
    image_url="https://gallery.example/1.webp",
    width=1200,
    height=800,
)


class _Tags(HTMLParser):
    def __init__(self, document: str) -> None:
        super().__init__()
        self.metas: dict[str, list[str]] = {}
        self.titles: list[str] = []
        self._in_title = False
        self.scripts = 0
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_title = tag == "title"
        self.scripts += tag == "script"
        if tag == "meta" and (name := given.get("property") or given.get("name")):
            self.metas.setdefault(name, []).append(given.get("content") or "")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.titles.append(data)
            self._in_title = False


def test_a_shared_picture_has_its_title_and_tags_once() -> None:
    tags = _Tags(with_head(SHELL, Head("Harbour · CloneGallery", PICTURE)))

    assert tags.titles[0] == "Harbour · CloneGallery"
    assert "Not found" not in tags.titles
    assert tags.metas["og:title"] == ["Harbour"]
    assert tags.metas["og:image"] == ["https://gallery.example/1.webp"]
    assert tags.metas["og:description"] == tags.metas["description"] == ["Boats at dusk"]
    assert tags.metas["twitter:card"] == ["summary_large_image"]
    assert (tags.metas["og:image:width"], tags.metas["og:image:height"]) == (["1200"], ["800"])


def test_values_cannot_leave_their_attribute() -> None:
    evil = '"/><script>alert(1)</script></head>&<title>x'
    picture = replace(PICTURE, title=evil, description=evil, page_url=f"https://x/{evil}")
    document = with_head(SHELL, Head(evil, picture))
    tags = _Tags(document)

    assert tags.scripts == 1
    assert tags.metas["og:title"] == [evil]
    assert tags.metas["description"] == [evil]
    assert document.count("</head>") == 1


def test_a_page_without_a_picture_tells_nothing_and_is_not_indexed() -> None:
    document = with_head(SHELL, Head("CloneGallery"))
    tags = _Tags(document)

    assert tags.titles[0] == "CloneGallery"
    assert tags.metas["robots"] == ["noindex"]
    assert not [name for name in tags.metas if name.startswith(("og:", "twitter:"))]


def test_a_document_without_a_head_is_refused() -> None:
    with pytest.raises(ValueError, match="head"):
        with_head("<html></html>", Head("x"))


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [("short", 10, "short"), ("two  words\nand more", 100, "two words and more"), ("one two three", 9, "one two…")],
)
def test_descriptions_are_cut_at_a_word(text: str, length: int, shown: str) -> None:
    assert shorten(text, length) == shown
    assert len(shorten(text, length)) <= length


def test_hashes_allow_exactly_the_inline_scripts() -> None:
    document = "<script>a()</script><script src='/b.js'></script><script async=''>c()</script><script>a()</script>"
    expected = [f"'sha256-{base64.b64encode(hashlib.sha256(code).digest()).decode()}'" for code in (b"a()", b"c()")]

    assert inline_script_hashes(document) == expected
