"""The head of a picture's page as the server sends it, so that links to it unfold with title and picture.

Reflex compiles an address with a parameter to one empty shell. What search engines and messengers read (title,
description, Open Graph and Twitter tags, https://ogp.me) is written into that shell for each request. Pure functions.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from html import escape

_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_GENERIC = re.compile(
    r'<meta (?:content="[^"]*" )?(?:property="og:[^"]*"|name="description")(?: content="[^"]*")?\s*/?>'
)
_INLINE_SCRIPT = re.compile(r"<script(?P<attributes>(?:\s[^>]*)?)>(?P<code>.*?)</script>", re.DOTALL)
_DESCRIPTION_LENGTH = 200

PICTURE_SIZES = "100vw"


@dataclass(frozen=True, slots=True)
class SharedPage:
    """What anybody who has the link may know. Addresses are absolute; the size is that of `image_url`, in pixels.

    `kind` is Open Graph's own name for what the page shows. A page need not have a picture.
    """

    title: str
    description: str
    page_url: str
    image_url: str = ""
    width: int = 0
    height: int = 0
    kind: str = "article"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page: its title, what a link to it unfolds to where that may be told, and what to fetch at once.

    `preload` is the `srcset` of the picture that the page will draw, so that it is on its way before the scripts are.
    """

    title: str
    shared: SharedPage | None = None
    preload: str = ""


def with_head(document: str, head: Head) -> str:
    """`document`, a compiled HTML page, with `head` in place of its own title and tags. Every value is escaped.

    Raises `ValueError` when `document` has no head to write into.
    """
    if "</head>" not in document:
        raise ValueError("The compiled page has no </head>")
    bare = _GENERIC.sub("", _TITLE.sub("", document, count=1))
    start, end = bare.split("</head>", 1)
    return f"{start}{_tags(head)}</head>{end}"


def shorten(text: str, length: int = _DESCRIPTION_LENGTH) -> str:
    """`text` on one line, cut at a word to at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0] + "…"


def inline_script_hashes(document: str) -> list[str]:
    """The CSP sources (`'sha256-…'`) that allow exactly the inline scripts of `document`, each once, in order."""
    scripts = (match["code"] for match in _INLINE_SCRIPT.finditer(document) if " src=" not in match["attributes"])
    digests = (hashlib.sha256(code.encode()).digest() for code in scripts if code)
    return list(dict.fromkeys(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests))


def _tags(head: Head) -> str:
    tags = [f"<title>{escape(head.title)}</title>"]
    if head.preload:
        tags.append(f'<link rel="preload" as="image" fetchpriority="high" {_sources(head.preload)}/>')
    if head.shared is None:
        return "".join([*tags, '<meta name="robots" content="noindex"/>'])
    tags += [_meta("name", name, value) for name, value in _named(head.shared)]
    tags += [_meta("property", name, value) for name, value in _open_graph(head.shared)]
    tags.append(f'<link rel="canonical" href="{escape(head.shared.page_url)}"/>')
    return "".join(tags)


def _named(page: SharedPage) -> list[tuple[str, str]]:
    tags = [
        ("description", page.description),
        ("twitter:card", "summary_large_image" if page.image_url else "summary"),
        ("twitter:title", page.title),
        ("twitter:description", page.description),
    ]
    return [*tags, ("twitter:image", page.image_url)] if page.image_url else tags


def _open_graph(page: SharedPage) -> list[tuple[str, str]]:
    tags = [
        ("og:type", page.kind),
        ("og:site_name", "CloneGallery"),
        ("og:title", page.title),
        ("og:description", page.description),
        ("og:url", page.page_url),
    ]
    if not page.image_url:
        return tags
    return [
        *tags,
        ("og:image", page.image_url),
        ("og:image:width", str(page.width)),
        ("og:image:height", str(page.height)),
        ("og:image:alt", page.title),
    ]


def _sources(srcset: str) -> str:
    return f'imagesrcset="{escape(srcset)}" imagesizes="{PICTURE_SIZES}"'


def _meta(kind: str, name: str, value: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(value)}"/>'
