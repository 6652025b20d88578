"""Writes into a picture how it was made, beside the pixels, which stay as they are.

PNG (W3C, third edition): the parameters as an `iTXt` chunk `parameters` and XMP as `XML:com.adobe.xmp`, before the
first `IDAT`. JPEG: an APP1 segment with Exif whose `UserComment` holds the parameters, and one with XMP. The XMP says
IPTC's digital source type "trained algorithmic media" (IPTC Photo Metadata Standard 2023.1). Anything else becomes PNG.
"""

import io
import struct
import zlib
from uuid import UUID
from xml.sax.saxutils import escape

from PIL import Image

from clonegallery.errors import GenerationFailed

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MADE, _CHANGED = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 Iptc4xmpExt:DigitalSourceType="{source}" xmp:CreatorTool="CloneGallery" dc:identifier="urn:uuid:{picture}">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
_USER_COMMENT = 0x9286
_EXIF_IFD = 0x8769
_SEGMENT_MAX = 65_533
_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"


def embed(content: bytes, text: str, picture_id: UUID, *, changed: bool) -> bytes:
    """The picture with the parameters `text` in it; `changed` for one that was made from another picture.

    The id makes two pictures of the same seed two files. Raises `GenerationFailed` for bytes that are no picture.
    """
    xmp = _xmp(text, picture_id, changed=changed)
    if content.startswith(_PNG):
        return _in_png(content, text, xmp)
    if content.startswith(_JPEG) and len(text) < _SEGMENT_MAX // 4:
        return _in_jpeg(content, text, xmp)
    return _in_png(_as_png(content), text, xmp)


def _xmp(text: str, picture_id: UUID, *, changed: bool) -> str:
    source = _SOURCE_TYPE + (_CHANGED if changed else _MADE)
    prompt, _, _ = text.partition("\nNegative prompt: ")
    plain = "".join(mark for mark in prompt if mark.isprintable() or mark == "\n")
    return _XMP.format(source=source, picture=picture_id, description=escape(plain[:2000]))


def _in_png(content: bytes, text: str, xmp: str) -> bytes:
    place = content.find(b"IDAT") - 4
    if place < len(_PNG):
        raise GenerationFailed("The provider's answer is no picture.")
    chunks = _chunk("parameters", text) + _chunk("XML:com.adobe.xmp", xmp)
    return content[:place] + chunks + content[place:]


def _chunk(keyword: str, text: str) -> bytes:
    """An uncompressed `iTXt` chunk: keyword, two zero flags, no language, no translated keyword, UTF-8."""
    body = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _in_jpeg(content: bytes, text: str, xmp: str) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = b"UNICODE\0" + text.encode("utf-16-be")
    return _JPEG + _app1(exif.tobytes()) + _app1(_XMP_NAME + xmp.encode()) + content[2:]


def _app1(body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _as_png(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
            out = io.BytesIO()
            picture.save(out, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise GenerationFailed("The provider's answer is no picture.") from error
    return out.getvalue()
