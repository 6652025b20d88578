"""What people ask of a large gallery, each with what it means in SQL written by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import psycopg

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.models.account import Role
from tests.search.crowd import SOMEBODY
from tests.search.crowd_names import family_names, tag_names, vocabulary

OWNER: Final = Viewer(id=UUID(SOMEBODY), username="person1", role=Role.EDITOR)

_EARTH: Final = 6_371_008.8
_WORDS: Final = vocabulary()
_TAGS: Final = tag_names()
COMMON, ALSO_COMMON, THIRD, MIDDLE, RARE = (_WORDS[rank] for rank in (0, 1, 2, 300, 7_000))
TAG, SEEN_TAG, RARE_TAG = _TAGS[0], _TAGS[3], _TAGS[4_000]
NAME: Final = family_names()[41]


class Kind(StrEnum):
    FIND = "find"
    FACETS = "facets"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True)
class Case:
    """A question of somebody, and the same in SQL: `where` with the `named` instruments in it, and for words the
    `tsquery` that pictures are ranked by; `page` 2 is the one after the first. Asked by meaning too, `meant` is its
    text, or `like` its picture, and `firm` the conditions alone."""

    q: str
    where: str = "true"
    words: str = ""
    named: Sequence[tuple[str, str]] = ()
    viewer: Viewer = ANONYMOUS
    sort: str | None = None
    page: int = 1
    kind: Kind = Kind.FIND
    count: bool = False
    meant: str = ""
    like: UUID | None = None
    firm: str = "true"

    @property
    def name(self) -> str:
        who = "stranger" if self.viewer.id is None else "owner"
        more = [who, *([self.sort] if self.sort else []), *(["page 2"] if self.page > 1 else [])]
        what = "mean" if self.meant or self.like else str(self.kind)
        asked = self.q.replace(str(self.like), "…") or "(everything)"
        return f"{what} {asked} [{', '.join(more)}]{' +count' if self.count else ''}"

    @property
    def order(self) -> str:
        return self.sort or ("relevance" if self.words else "newest")


def _asked(words: str, exact: str = "") -> str:
    """A beginning, which comes last, is looked for in words as they are written, too."""
    *whole, last = words.split(" & ")
    begun = last.removesuffix(":*").strip("'") if last.endswith(":*") else ""
    parts = (
        [f"to_tsquery('english', $${' & '.join(whole if begun else [*whole, last])}$$)"] if whole or not begun else []
    )
    if begun:
        parts.append(f"(to_tsquery('english', $${last}$$) || $$'{begun}':* | '~{begun}':*$$::tsquery)")
    return f"({' && '.join([*parts, f'$${exact}$$::tsquery'] if exact else parts)})"


def _words(q: str, words: str, where: str = "", exact: str = "", **more: Any) -> Case:
    """A question with words in it, which are asked for as `to_tsquery` reads `words`."""
    asked = _asked(words, exact)
    return Case(q, f"document @@ {asked}{where and ' AND ' + where}", words=asked, **more)


def _camera(pattern: str) -> dict[str, Any]:
    return {"where": "camera_id IN ({0})", "named": [("camera", pattern)]}


def _tagged(q: str, tag: str, where: str = "", **more: Any) -> Case:
    return Case(q, f"document @@ $$'={tag}'$$::tsquery{where and ' AND ' + where}", **more)


def _by(number: int) -> str:
    return f"owner_id = '00000000-0000-7000-8000-{number:012x}'"


def _taken(low: str, high: str, *others: str) -> str:
    """In a range of moments, and so are the `others`."""
    return " AND ".join(f"{column} >= '{low}' AND {column} < '{high}'" for column in ("taken_at", *others))


def _near(latitude: float, longitude: float, metres: float) -> str:
    reach = metres / _EARTH * 57.29577951308232
    across = f"sin(radians(gps_longitude - {longitude}) / 2) ^ 2"
    chord = (
        f"sin(radians(gps_latitude - {latitude}) / 2) ^ 2 + cos(radians({latitude})) * cos(radians(gps_latitude))"
        f" * {across}"
    )
    band = f"gps_latitude BETWEEN {latitude - reach} AND {latitude + reach}"
    return f"{_MINE} AND gps_latitude IS NOT NULL AND {band} AND {chord} <= sin({metres} / (2 * {_EARTH})) ^ 2"


_MINE: Final = f"owner_id = '{SOMEBODY}'"
_MANY_CANON: Final = _camera("(^| )canon")
_TAKEN_2013: Final = _taken("2013-01-01", "2014-01-01")
_PREFIXED: Final = f"'{COMMON}':*"


def _filters() -> list[Case]:
    return [
        Case("camera:canon", **_MANY_CANON),
        Case('camera:"canon eos r5"', **_camera("(^| )canon.* eos.* r5")),
        Case("make:nikon", **_camera("^nikon( |$)")),
        Case("camera_model:x100v", **_camera("(^| )x100v$")),
        Case("camera:polaroid", **_camera("(^| )polaroid")),
        Case("-camera:canon", "coalesce(camera_id, 0) NOT IN ({0})", named=[("camera", "(^| )canon")]),
        Case('lens:"50mm"', "lens_id IN ({0})", named=[("lens", "(^| )50mm")]),
        Case("f:2.8", "aperture BETWEEN 2.75 AND 2.85"),
        Case("f:>16", "aperture > 16"),
        Case("iso:100..400", "iso BETWEEN 100 AND 400"),
        Case("iso:>=12800", "iso >= 12800"),
        Case("mm:>=400", "focal_length >= 400"),
        Case("s:<1/2000", "exposure < 0.0005"),
        Case("taken:2013", _TAKEN_2013),
        Case("taken:2013", _TAKEN_2013, count=True),
        Case("taken:2022", _taken("2022-01-01", "2023-01-01")),
        Case("taken:2024", _taken("2024-01-01", "2025-01-01", "sort_at"), sort="taken"),
        Case("taken:2019", _taken("2019-01-01", "2020-01-01"), sort="popular"),
        Case("taken:2025", _taken("2025-01-01", "2026-01-01"), sort="oldest"),
        Case("taken:2012-07", _taken("2012-07-01", "2012-08-01")),
        Case("taken:2016-12-24", _taken("2016-12-24", "2016-12-25")),
        Case("by:person3", _by(3)),
        Case("by:person1500", _by(1500)),
        Case("source:generation", "source = 'generation'"),
        Case('model:"stable diffusion xl"', "model_id IN ({0})", named=[("model", "(^| )stable diffusion xl")]),
        Case("rating:explicit", "rating = 'explicit'"),
        Case("camera:canon iso:>=3200 taken:2021", f"{_MANY_CANON['where']} AND iso >= 3200 AND "
             + _taken("2021-01-01", "2022-01-01"), named=_MANY_CANON["named"]),
        Case("camera:pentax taken:2013 f:2.8", "camera_id IN ({0}) AND aperture BETWEEN 2.75 AND 2.85 AND "
             + _TAKEN_2013,
             named=[("camera", "(^| )pentax")]),
        Case("by:person3 taken:2019", f"{_by(3)} AND {_taken('2019-01-01', '2020-01-01')}"),
    ]  # fmt: skip


def _tags() -> list[Case]:
    return [
        _tagged(f"tag:{TAG}", TAG),
        _tagged(f'tag:"{SEEN_TAG}"', SEEN_TAG),
        _tagged(f"tag:{RARE_TAG}", RARE_TAG),
        _tagged(f"tag:{TAG} iso:>=1600", TAG, "iso >= 1600"),
        _tagged(f"tag:{TAG} taken:2013", TAG, _TAKEN_2013),
        Case(f"-tag:{TAG}", f"document @@ $$!'={TAG}'$$::tsquery"),
        Case(f"prompt:{COMMON}", f"document @@ to_tsquery('english', $$'{COMMON}':*D$$)"),
        Case(f"prompt:{RARE}", f"document @@ to_tsquery('english', $$'{RARE}':*D$$)"),
    ]


def _texts() -> list[Case]:
    both = f"'{COMMON}' & '{ALSO_COMMON}':*"
    return [
        _words(COMMON, _PREFIXED),
        _words(COMMON, _PREFIXED, page=2),
        _words(f"{COMMON} ", f"'{COMMON}'"),
        _words("near ", "'near'"),
        _words(f"{COMMON} {ALSO_COMMON}", both),
        _words(f"{THIRD} {MIDDLE}", f"'{THIRD}' & '{MIDDLE}':*"),
        _words(f"{MIDDLE} ", f"'{MIDDLE}'"),
        _words(RARE, f"'{RARE}':*"),
        _words(NAME, f"'{NAME}':*"),
        _words(f'"{COMMON} {ALSO_COMMON}"', f"'{COMMON}' <-> '{ALSO_COMMON}'"),
        _words(f"{THIRD} -{COMMON}", f"'{THIRD}' & !'{COMMON}'"),
        _words("con", "'con':*"),
        _words("gov", "'gov':*"),
        _words(f"{RARE[:3]}", f"'{RARE[:3]}':*"),
        _words(f"{THIRD} camera:canon", f"'{THIRD}'", **_and_camera("(^| )canon")),
        _words(f"{MIDDLE} camera:polaroid", f"'{MIDDLE}'", **_and_camera("(^| )polaroid")),
        _words(f"{COMMON} iso:>=12800", f"'{COMMON}'", "iso >= 12800"),
        _words(f"{COMMON} tag:{TAG}", f"'{COMMON}'", exact=f"'={TAG}'"),
        _words(f"{COMMON} taken:2013", f"'{COMMON}'", _TAKEN_2013),
        _words(COMMON, _PREFIXED, sort="newest"),
        _words(COMMON, _PREFIXED, sort="newest", page=2),
        _words(COMMON, _PREFIXED, sort="popular"),
        _words(f"{MIDDLE} ", f"'{MIDDLE}'", sort="taken"),
        _words(f"{COMMON} {ALSO_COMMON}", both, sort="oldest"),
        _words(f"{COMMON} {ALSO_COMMON}", both, sort="newest", count=True),
        _words("con", "'con':*", sort="newest"),
    ]


def _and_camera(pattern: str) -> dict[str, Any]:
    return {"where": "camera_id IN ({0})", "named": [("camera", pattern)]}


def _own() -> list[Case]:
    cases = [
        Case("", ""),
        Case("", "", sort="taken", page=2),
        Case("has:gps", f"{_MINE} AND gps_latitude IS NOT NULL"),
        Case("-has:gps by:me", f"{_MINE} AND gps_latitude IS NULL"),
        Case("near:46.95,7.45,10km", _near(46.95, 7.45, 10_000)),
        Case("near:46.95,7.45,2km taken:2023", f"{_near(46.95, 7.45, 2_000)} AND {_taken('2023-01-01', '2024-01-01')}"),
        Case("bbox:5.9,45.8,10.5,47.8", f"{_MINE} AND gps_latitude BETWEEN 45.8 AND 47.8 AND gps_longitude BETWEEN 5.9"
             " AND 10.5"),
        Case("visibility:private", "visibility = 'private'"),
        Case("by:me camera:canon", f"{_MINE} AND camera_id IN ({{0}})", named=_MANY_CANON["named"]),
        Case("by:me taken:2013", f"{_MINE} AND {_TAKEN_2013}"),
        Case("by:me", _MINE, sort="popular"),
        Case("camera:canon", **_MANY_CANON),
        _words(COMMON, _PREFIXED),
        _words(f"{MIDDLE} by:me", f"'{MIDDLE}'", _MINE),
        _words(f"{COMMON} visibility:private", f"'{COMMON}'", "visibility = 'private'"),
        _tagged(f"tag:{TAG} by:me", TAG, _MINE),
    ]  # fmt: skip
    return [_of_owner(case) for case in cases]


def _of_owner(case: Case) -> Case:
    return Case(
        case.q, case.where or "true", case.words, case.named, OWNER, case.sort, case.page, case.kind, case.count
    )


def _counts() -> list[Case]:
    asked = [
        Case(""),
        Case("camera:canon", **_MANY_CANON),
        Case("taken:2013", _TAKEN_2013),
        _words(f"{COMMON} ", f"'{COMMON}'"),
        _words(f"{THIRD} {MIDDLE}", f"'{THIRD}' & '{MIDDLE}':*"),
        _words(NAME, f"'{NAME}':*"),
        _of_owner(Case("by:me", _MINE)),
        _of_owner(Case("has:gps", f"{_MINE} AND gps_latitude IS NOT NULL")),
    ]
    return [
        Case(one.q, one.where, one.words, one.named, one.viewer, kind=kind)
        for kind in (Kind.FACETS, Kind.TIMELINE)
        for one in asked
    ]


def meaning_cases(image_id: UUID) -> list[Case]:
    """Questions that are answered by meaning or by looks too; nothing else asks for these words."""
    one, two, three, four = (_WORDS[rank] for rank in (5, 6, 400, 6_000))
    canon = {"named": _MANY_CANON["named"], "firm": _MANY_CANON["where"]}
    return [
        _meant(f"{one} {two}", f"'{one}' & '{two}':*"),
        _meant(f"{one} {two}", f"'{one}' & '{two}':*", viewer=OWNER),
        _meant(f"{three} ", f"'{three}'"),
        _meant(f"{four} ", f"'{four}'"),
        _meant("blorft ", "'blorft'"),
        _meant(f"{one} camera:canon", f"'{one}'", **canon),
        _meant(f"{one} camera:polaroid iso:>=3200", f"'{one}'", firm="camera_id IN ({0}) AND iso >= 3200",
               named=[("camera", "(^| )polaroid")]),
        _meant(f"{two} by:me", f"'{two}'", firm=_MINE, viewer=OWNER),
        Case(f"like:{image_id}", like=image_id),
        Case(f"like:{image_id} camera:canon", like=image_id, **canon),
        Case(f"like:{image_id} taken:2013", like=image_id, firm=_TAKEN_2013),
    ]  # fmt: skip


def _meant(q: str, words: str, firm: str = "true", **more: Any) -> Case:
    asked = _asked(words)
    text = " ".join(part for part in q.split() if ":" not in part)
    return Case(q, f"document @@ {asked} AND {firm}", words=asked, firm=firm, meant=text, **more)


def cases(connection: psycopg.Connection[dict[str, Any]]) -> list[Case]:
    """All of them; what must be there to be asked for is looked up."""
    listed = "deleted_at IS NULL AND status = 'ready' AND visibility = 'public'"
    row = connection.execute(
        "SELECT seed FROM generated_images JOIN images ON images.id = image_id"
        f" WHERE {listed} ORDER BY image_id LIMIT 1".encode()
    ).fetchone()
    seed = row["seed"] if row else 0
    made = f"id IN (SELECT image_id FROM generated_images WHERE seed = {seed})"
    placed = connection.execute(
        f"SELECT image_id FROM image_embeddings JOIN images ON id = image_id WHERE {listed} LIMIT 1".encode()
    ).fetchone()
    meant = meaning_cases(placed["image_id"]) if placed else []
    first = [Case(""), Case("", page=2), Case(f"seed:{seed}", made)]
    return [*first, *_filters(), *_tags(), *_texts(), *_own(), *meant, *_counts()]
