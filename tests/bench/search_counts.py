"""The floor of counting: facets and months by SQL written by hand, of all that matches or of a sample of it."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from tests.bench.search_floors import Connection, Wanted, branches, seconds, seen, with_names

Counts = dict[tuple[str, str], float]

_SAMPLED: Final = (16_000, 24_000, 32_000, 40_000)
_ENOUGH: Final = 4_000
_INSTRUMENTS: Final = ("camera", "lens", "model")


@dataclass(frozen=True, slots=True)
class CountFloor:
    """One way to count, that can be timed: of all pictures, or of `percent` of them."""

    wanted: Wanted
    months: bool
    percent: float | None = None
    one_by_one: bool = False

    def counts(self, connection: Connection) -> Counts:
        """How many, by (facet or `month`, value), written as JSON on the way."""
        (statement,) = with_names(connection, self.wanted, self._months() if self.months else self._facets())
        rows = connection.execute(statement.encode()).fetchall()
        json.dumps(rows, default=str)
        scale = 100 / self.percent if self.percent else 1
        return {(row["facet"], str(row["value"])): row["n"] * scale for row in rows}

    def _from(self) -> str:
        sample = f" TABLESAMPLE SYSTEM ({self.percent})" if self.percent else ""
        return f"FROM images{sample} WHERE ({seen(self.wanted)}) AND {self.wanted.where}"

    def _months(self) -> str:
        if self.one_by_one:
            return _each_month(self.wanted)
        return (
            "SELECT 'month' AS facet, to_char(month, 'YYYY-MM') AS value, n FROM (SELECT date_trunc('month', sort_at)"
            f" AS month, count(*) AS n {self._from()} GROUP BY 1) AS grouped ORDER BY month DESC"
        )

    def _facets(self) -> str:
        top = "GROUP BY 1 ORDER BY n DESC, 1 LIMIT 20"
        parts = [
            f"SELECT '{kind}', folded, n FROM (SELECT {kind}_id AS one, count(*) AS n FROM found"
            f" WHERE {kind}_id IS NOT NULL {top}) AS {kind} JOIN instruments ON instruments.id = one"
            for kind in _INSTRUMENTS
        ]
        looked_at = "(SELECT id FROM found LIMIT 4000) AS looked_at" if self.percent else "found AS looked_at"
        parts += [
            "SELECT * FROM (SELECT 'source', source::text, count(*) AS n FROM found GROUP BY 2) AS sources",
            "SELECT * FROM (SELECT 'year', to_char(year, 'YYYY'), n FROM (SELECT date_trunc('year', taken_at) AS year,"
            f" count(*) AS n FROM found WHERE taken_at IS NOT NULL {top}) AS y) AS years",
            f"SELECT 'tag', name, n FROM (SELECT tag_id, count(*) AS n FROM {looked_at} JOIN image_tags"
            f" ON image_id = looked_at.id {top}) AS tagged JOIN tags ON tags.id = tag_id",
        ]
        found = f"SELECT id, camera_id, lens_id, model_id, source, taken_at {self._from()}"
        total = "SELECT 'total' AS facet, NULL AS value, count(*) AS n FROM found"
        return f"WITH found AS MATERIALIZED ({found}) {total} UNION ALL " + " UNION ALL ".join(parts)


def _each_month(wanted: Wanted) -> str:
    parts = [
        f"SELECT month, (SELECT count(*) FROM images WHERE {branch} AND sort_at >= month AND sort_at < month"
        f" + interval '1 month') AS n FROM (SELECT generate_series(date_trunc('month', min(sort_at)),"
        f" date_trunc('month', max(sort_at)), '1 month') AS month FROM images WHERE {branch}) AS months"
        for branch in branches(wanted)
    ]
    return (
        f"WITH counted AS MATERIALIZED ({' UNION ALL '.join(parts)}) SELECT 'month' AS facet,"
        " to_char(month, 'YYYY-MM') AS value, sum(n) AS n FROM counted GROUP BY month HAVING sum(n) > 0"
        " ORDER BY month DESC"
    )


def best_count_floor(connection: Connection, wanted: Wanted, expected: Counts, *, months: bool, exact: bool) -> Any:
    """The quickest way that counts the same; where the gallery counts a sample, one of the same size will do."""
    row = connection.execute("SELECT reltuples AS n FROM pg_class WHERE oid = 'images'::regclass").fetchone()
    rows = max(1.0, row["n"] if row else 1)
    matching = sum(n for (facet, _), n in expected.items() if facet in ("month", "source"))
    sampled = next((some for some in _SAMPLED if some * matching >= _ENOUGH * rows), _SAMPLED[-1])
    ways = [CountFloor(wanted, months)]
    if not exact:
        ways.append(CountFloor(wanted, months, round(100 * sampled / rows, 1)))
    if months and wanted.where == "true":
        ways.append(CountFloor(wanted, months, one_by_one=True))
    times: list[tuple[float, CountFloor]] = []
    for floor in ways:
        taken = seconds(connection, partial(_agrees, floor, connection, expected, exact=exact))
        if taken is not None:
            times.append((taken, floor))
    return min(times, key=lambda time: time[0])[1] if times else None


def _agrees(floor: CountFloor, connection: Connection, expected: Counts, *, exact: bool) -> bool:
    """The same numbers; where they are of a sample, those of the largest together within a third of one another."""
    found = floor.counts(connection)
    if exact:
        return {key: int(n) for key, n in found.items() if key[0] != "total"} == {
            key: int(n) for key, n in expected.items() if key[0] != "total"
        }
    largest = [key for key in sorted(found, key=lambda key: -found[key])[:10] if key in expected]
    return 0.67 < sum(found[key] for key in largest) / max(1, sum(expected[key] for key in largest)) < 1.5
