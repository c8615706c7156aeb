"""The one table: what each benchmark measured, its limit or peer in the same run, its goal, and whether it is met.

A figure that a run did not give is a dash and decides nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from typing import Any

COLUMNS = ("benchmark", "size", "measured", "limit in the same run", "ratio", "goal", "met")
Figures = dict[str, Any]
DASH = "-"


@dataclass(frozen=True)
class Line:
    """One row. `met` is None where a figure is missing or there is no goal."""

    benchmark: str
    size: str
    measured: str
    limit: str = DASH
    ratio: float | None = None
    goal: str = DASH
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        met = DASH if self.met is None else "yes" if self.met else "no"
        ratio = DASH if self.ratio is None else f"{self.ratio:.3g}"
        return (*astuple(self)[:4], ratio, self.goal, met)


def pick(figures: Figures, *path: str) -> Any:
    """The figure at a path of keys, or None."""
    found: Any = figures
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def text(value: Any, unit: str = "") -> str:
    if value is None:
        return DASH
    shown = f"{value:,.0f}" if isinstance(value, int) or abs(value) >= 100 else f"{value:,.3g}"
    return f"{shown}{unit}"


def ratio(part: Any, whole: Any) -> float | None:
    return part / whole if part is not None and whole else None


def most(value: Any, goal: float) -> bool | None:
    """Whether the goal "at most" is met."""
    return None if value is None else value <= goal


def least(value: Any, goal: float) -> bool | None:
    return None if value is None else value >= goal


def both(*answers: bool | None) -> bool | None:
    return None if None in answers else all(answers)


def check_in(figures: Figures) -> Iterator[Line]:
    insert = pick(figures, "http", "one_insert_view", "per_second")
    goals = figures.get("goals", {})
    lost, doubled = goals.get("lost"), goals.get("doubled")
    exact = f"{text(lost)} lost, {text(doubled)} doubled"
    for name in sorted(key for key in figures.get("http", {}) if key.startswith("check_in_")):
        one, size = figures["http"][name], name.removeprefix("check_in_")
        share = ratio(one.get("per_second"), insert)
        rate = f"{text(one.get('per_second'), '/s')}, p50 {text(one.get('p50_ms'), ' ms')}"
        yield Line(
            "B1 check-ins", size, rate, f"one-insert view {text(insert, '/s')}", share, ">= 0.45", least(share, 0.45)
        )
        late = f"p99 {text(one.get('p99_ms'), ' ms')}, {exact}"
        good = None if lost is None else lost == doubled == 0
        yield Line(
            "B1 check-ins", size, late, goal="< 150 ms, exactly once", met=both(most(one.get("p99_ms"), 150), good)
        )
    peer = goals.get("times_the_peer")
    yield Line("B1 beside the peer", DASH, text(peer, "x"), "22.2/s, measured before", peer, ">= 25", least(peer, 25))
    batch = pick(figures, "batch_rows_per_second", "check_in_many")
    bare = pick(figures, "batch_rows_per_second", "bare_unnest_same_table")
    yield Line(
        "B1 batch of check-ins",
        DASH,
        text(batch, " rows/s"),
        f"bare unnest {text(bare, ' rows/s')}",
        ratio(bare, batch),
        ">= 20,000 rows/s, <= 3.5",
        both(least(batch, 20_000), most(ratio(bare, batch), 3.5)),
    )


def roster_import(figures: Figures) -> Iterator[Line]:
    size = f"{text(figures.get('rows'))} x {text(figures.get('columns'))}"
    seconds, limit = pick(figures, "import", "seconds"), pick(figures, "limit", "seconds")
    share, memory = ratio(seconds, limit), pick(figures, "import", "megabytes", "program")
    yield Line(
        "B2 roster import",
        size,
        f"{text(seconds, ' s')}, {text(memory, ' MB')}",
        f"calamine + COPY {text(limit, ' s')}",
        share,
        "<= 2.5, 400 MB",
        both(most(share, 2.5), most(memory, 400)),
    )
    for name, goal in (("default", 60), ("bulk", 16)):
        peer = pick(figures, "peer", name, "seconds")
        times = ratio(peer, seconds)
        yield Line(
            f"B2 beside django-import-export, {name}",
            size,
            text(seconds, " s"),
            DASH if peer is None else f"{text(peer, ' s')}, from {text(figures['peer'].get('rows_measured'))} rows",
            times,
            f">= {goal}",
            least(times, goal),
        )


def year_close(figures: Figures) -> Iterator[Line]:
    size = f"{text(figures.get('members'))} members, {text(figures.get('postings'))} postings"
    best = pick(figures, "seconds", "best_statement")
    limit, memory = f"best statement {text(best, ' s')}", text(pick(figures, "megabytes", "program"), " MB")
    for name, title, goal in (("from_scratch", "from scratch", 1.5), ("rollup_close", "from the kept roll-up", 0.2)):
        seconds = pick(figures, "seconds", name)
        share = ratio(seconds, best)
        by_cpu = ratio(pick(figures, "cpu_seconds", name), pick(figures, "cpu_seconds", "best_statement"))
        yield Line(
            f"B3 year close {title}",
            size,
            f"{text(seconds, ' s')}, {memory}; by processor time {text(by_cpu, 'x')}",
            limit,
            share,
            f"<= {goal}",
            most(share, goal),
        )


def matching_store(figures: Figures) -> Iterator[Line]:
    size = f"{text(figures.get('members'))} x {text(figures.get('households'))}"
    for name, bare, title, goal, most_mb in (
        ("whole", "bare", "whole district", 1.2, 1024),
        ("communities", "bare_communities", "community by community", 2.0, None),
    ):
        seconds, limit = pick(figures, name, "seconds"), pick(figures, bare, "seconds")
        memory, kept = pick(figures, name, "megabytes"), pick(figures, name, "left_out")
        small = True if most_mb is None else most(memory, most_mb)
        yield Line(
            f"B4 from the database, {title}",
            size,
            f"{text(seconds, ' s')}, {text(memory, ' MB')}, left out {text(kept)}",
            f"bare solver {text(limit, ' s')}, left out {text(pick(figures, bare, 'left_out'))}",
            ratio(seconds, limit),
            f"<= {goal:g}" + (", 1 GB" if most_mb else ""),
            both(most(ratio(seconds, limit), goal), small),
        )


def matching(figures: Figures) -> Iterator[Line]:
    size = f"{text(figures.get('members'))} x {text(figures.get('households'))}"
    for name, bare, title, goal, most_mb in (
        ("whole", "bare", "whole district", 1.2, 1024),
        ("communities", "bare_communities", "community by community", 2.0, None),
    ):
        seconds, limit = pick(figures, name, "seconds"), pick(figures, bare, "seconds")
        by_cpu = ratio(pick(figures, name, "cpu_seconds"), pick(figures, bare, "cpu_seconds"))
        memory = pick(figures, name, "megabytes")
        small = True if most_mb is None else most(memory, most_mb)
        yield Line(
            f"B4 matching, {title}",
            size,
            f"{text(seconds, ' s')}, {text(memory, ' MB')}; by processor time {text(by_cpu, 'x')}",
            f"bare solver {text(limit, ' s')}",
            ratio(seconds, limit),
            f"<= {goal:g}" + (", 1 GB" if most_mb else ""),
            both(most(ratio(seconds, limit), goal), small),
        )
        ours, best = pick(figures, name, "by_solver"), figures.get(bare, {})
        same = None if ours is None else all(ours[key] == best.get(key) for key in ("points", "left_out"))
        yield Line(
            f"B4 points, {title}",
            size,
            f"{text(pick(figures, name, 'by_solver', 'points'))}, left out {text(pick(figures, name, 'left_out'))}",
            f"optimum {text(best.get('points'))}, left out {text(best.get('left_out'))}",
            goal="the optimum",
            met=same,
        )
    greedy, kept = pick(figures, "greedy", "left_out"), pick(figures, "whole", "left_out")
    fewer = None if kept is None else most(kept, pick(figures, "bare", "left_out"))
    yield Line("B4 left out", size, text(kept), f"greedy {text(greedy)}", goal="0 the optimum serves", met=fewer)


def tree(figures: Figures) -> Iterator[Line]:
    nodes = text(pick(figures, "import", "nodes"))
    seconds, limit = pick(figures, "import", "seconds"), pick(figures, "limit", "seconds")
    yield Line(
        "B5 import of a country",
        f"{nodes} nodes",
        text(seconds, " s"),
        f"parse + COPY {text(limit, ' s')}",
        ratio(seconds, limit),
        "< 13 s",
        most(seconds, 13),
    )
    for row in figures.get("counts", []):
        kept, read = row.get("roll_up_ms"), row.get("under_ms")
        yield Line(
            f"B5 count below a {row['level']}",
            f"{text(row.get('nodes'))} nodes",
            text(kept, " ms"),
            f"range look-up {text(read, ' ms')}",
            ratio(kept, read),
            "<= 1 ms",
            most(kept, 1),
        )
    taken = pick(figures, "dashboard", "ms")
    yield Line(
        "B5 dashboard",
        f"{text(pick(figures, 'dashboard', 'children'))} children",
        text(taken, " ms"),
        goal="<= 10 ms",
        met=most(taken, 10),
    )


def pages(figures: Figures) -> Iterator[Line]:
    size = f"{text(figures.get('nodes'))} nodes, {text(figures.get('members'))} members"
    seconds = figures.get("seed_seconds")
    yield Line(
        "B5 seed",
        f"{size}, {text(figures.get('entries'))} entries",
        text(seconds, " s"),
        goal="< 120 s",
        met=most(seconds, 120),
    )
    for row in figures.get("pages", []):
        for asked in filter(None, (row, row.get("wide"))):
            same = row.get("wide") is None or row["wide"].get("queries") == row.get("queries")
            shown = f"p50 {text(asked.get('p50_ms'), ' ms')}, p95 {text(asked.get('p95_ms'), ' ms')}"
            yield Line(
                f"B5 {row['page']} ({asked.get('who')})",
                size,
                f"{shown}, {text(asked.get('queries'))} statements",
                goal="p95 < 60 ms, statements do not grow",
                met=both(most(asked.get("p95_ms"), 60), same),
            )


def cases(figures: Figures) -> Iterator[Line]:
    size = f"{text(figures.get('cases'))} requests, {text(figures.get('communities'))} communities"
    for row in figures.get("pages", []):
        shown = f"p50 {text(row.get('p50_ms'), ' ms')}, p95 {text(row.get('p95_ms'), ' ms')}"
        yield Line(
            f"B6 {row['page']} ({row.get('who')})",
            size,
            f"{shown}, p99 {text(row.get('p99_ms'), ' ms')}, {text(row.get('queries'))} statements",
            goal="p95 < 80 ms",
            met=most(row.get("p95_ms"), 80),
        )
    taken = figures.get("intake", {})
    asked, lost = taken.get("asked_rate"), taken.get("lost")
    kept_up = None if asked is None else taken["answered"] == taken["sent"] == taken["accepted"]
    yield Line(
        "B6 intake",
        f"{text(taken.get('sent'))} requests",
        f"{text(taken.get('per_second'), '/s')} of {text(asked, '/s')}, p99 {text(taken.get('p99_ms'), ' ms')}, "
        f"{text(lost)} lost, {text(taken.get('numbers_twice'))} numbers twice",
        goal="200/s for 30 s, nothing lost",
        met=both(kept_up, None if lost is None else lost == taken["numbers_twice"] == 0, steady(taken)),
    )
    guessed = figures.get("guessing", {})
    apart, spread = guessed.get("median_difference_ms"), guessed.get("spread_ms")
    yield Line(
        "B6 codes tried",
        f"{text(guessed.get('tries'))} of each kind",
        f"medians {text(apart, ' ms')} apart, {text(guessed.get('answers'))} kind of answer",
        f"half of the times lie within {text(spread, ' ms')}",
        ratio(apart, spread),
        "one answer, medians closer than half the spread",
        both(None if spread is None else apart <= spread / 2, most(guessed.get("answers"), 1)),
    )


def steady(taken: Figures) -> bool | None:
    """Whether the rate was held to the end: at most a second later than the last one was due."""
    if "sent" not in taken:
        return None
    return bool(taken["seconds"] <= taken["sent"] / taken["asked_rate"] + 1)


LINES: dict[str, Callable[[Figures], Iterator[Line]]] = {
    "check_in": check_in,
    "roster_import": roster_import,
    "year_close": year_close,
    "matching": matching,
    "matching_store": matching_store,
    "tree": tree,
    "pages": pages,
    "cases": cases,
}


def lines(measured: dict[str, Figures]) -> list[Line]:
    """The rows of everything measured; a benchmark that failed is one row that says so."""
    found: list[Line] = []
    for name, figures in measured.items():
        if "error" in figures:
            found.append(Line(name, DASH, f"failed: {figures['error']}", met=False))
        else:
            found += LINES[name](figures)
    return found
