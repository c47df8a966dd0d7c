"""What the screen shows, as pictures of rich's. Pure: arguments alone decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli import report_view
from cli.exits import Thing
from cli.next.ahead import Known
from cli.next.pile import Entry, Pile
from cli.output import clean
from cli.render import age, build_name, facts, label, one_line, styled
from cli.sentences import count


def head(pile: Pile, *, more: bool, now: datetime) -> RenderableType:
    """Three lines: which report and where in the queue; what it is; what became of it."""
    entry = pile.current
    if entry is None:
        words = "Fetching what comes next …" if more else "The end of the queue"
        return Group(_beside(Text(words, style="bold"), _where(pile, more)), "", "")
    report = entry.report
    title = Text.assemble((clean(entry.id), "bold cyan"), "  ", one_line(report.get("title")))
    waits = report.get("waiting_since")
    return Group(
        _beside(title, _where(pile, more)),
        _cut(
            facts(
                styled(report.get("severity")),
                styled(report.get("status")),
                label(report.get("module")),
                build_name(report),
                f"waits {age(waits, now)}" if waits else "does not wait",
                f"{report['affected']} more affected" if report.get("affected") else "",
                Text("private", style="yellow") if report.get("private") else "",
            )
        ),
        _cut(
            facts(
                Text(f"✓ {entry.done}", style="green") if entry.done else "",
                Text("✓ marked", style="bold yellow") if entry.id in pile.marked else "",
                label(report["proposal"]) if report.get("proposal") else "no proposal",
                f"owner {report['owner']}" if report.get("owner") else "no owner",
                Text(clean(", ".join(report.get("labels") or ())), style="magenta"),
                f"by {report.get('reporter')}",
                label(report.get("kind")),
                label(report.get("frequency")),
            )
        ),
    )


def _where(pile: Pile, more: bool) -> Text:
    place = min(pile.at + 1, len(pile.entries))
    plus = "+" if more else ""
    parts = [f"{place} of {len(pile.entries)}{plus}", f"{pile.left}{plus} left"]
    if pile.marked:
        parts.append(f"{len(pile.marked)} marked")
    return Text(" · ".join(parts), style="dim", no_wrap=True)


def _beside(left: Text, right: Text) -> Table:
    table = Table.grid(expand=True, padding=(0, 1, 0, 0))
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True)
    table.add_row(left, right)
    return table


def _cut(text: Text) -> Text:
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def body(entry: Entry | None, known: Known | None, pile: Pile) -> RenderableType:
    """What its reporter wrote, what was said, and what happened; all there is at the end."""
    if entry is None:
        return end(pile)
    if known is None:
        text = clean(entry.report.get("body") or "").strip()
        return Group(Text(text), Text(), Text("fetching the conversation …", style="dim"))
    return Group(*report_view.content(known.report))


def end(pile: Pile) -> RenderableType:
    """What was done, counted, and what can be done now."""
    done: dict[str, int] = {}
    for entry in pile.entries:
        if entry.done:
            # "linked to P-3" and "linked to P-4" are the same deed.
            deed = entry.done.split()[0]
            done[deed] = done.get(deed, 0) + 1
    lines = [Text(f"{number:>5}  {deed}") for deed, number in sorted(done.items())]
    if pile.left:
        lines.append(Text(f"{pile.left:>5}  skipped: n goes through them again", style="yellow"))
    if not lines:
        lines = [Text("Nothing waits here.")]
    return Group(*lines, Text(), Text("R fetches what came since · u takes the last back · q ends"))


def alike(known: Known | None) -> RenderableType:
    """Candidates, two lines each, by the digit that shows them."""
    parts: list[RenderableType] = [Text("Alike", style="bold")]
    if known is None:
        return Group(*parts, Text("…", style="dim"))
    if not known.alike:
        return Group(*parts, Text("nothing", style="dim"))
    for digit, one in enumerate(known.alike, start=1):
        parts += [
            _cut(
                Text.assemble(
                    (f"{digit} ", "bold"),
                    (clean(one["id"]), "cyan"),
                    f" {one['score']:.0%} ",
                    styled(one["status"]),
                    f" {clean(one['proposal'])}"
                    if one["proposal"] not in (None, one["id"])
                    else "",
                )
            ),
            Text.assemble("  ", one_line(one["title"]), no_wrap=True, overflow="ellipsis"),
        ]
        if one["fixed_in"]:
            parts.append(_cut(Text(f"  fixed in {clean(one['fixed_in'])}", style="green")))
    return Group(*parts)


def queue_line(entry: Entry, pile: Pile, now: datetime) -> Text:
    """One report of the list: its mark, number, severity, age, title, and what was done."""
    report = entry.report
    return _cut(
        Text.assemble(
            ("✓ " if entry.id in pile.marked else "  ", "bold yellow"),
            (f"{clean(entry.id):<8}", "cyan"),
            (f"{label(report.get('severity')):<10}", styled(report.get("severity")).style),
            f"{label(report.get('module')):<12.12} ",
            f"{age(report.get('waiting_since') or report.get('filed_at'), now):>6}  ",
            one_line(report.get("title")),
            (f"  {entry.done}" if entry.done else "", "green"),
        )
    )


def act(one: Thing, now: datetime) -> list[RenderableType]:
    """What was done, and what taking it back does to each thing; or why it cannot be."""
    undoing = one["undoing"]
    done = Text(f"{one['id']}  {clean(one['text']['en'])}, {age(one['at'], now)} ago", style="bold")
    rows = undoing["steps"] if undoing["possible"] else undoing["obstacles"]
    named = [Text(f"  {row['thing']:<8}{clean(row['text']['en'])}") for row in rows[:6]]
    if len(rows) > 6:
        named.append(Text(f"  … {count(one['count'], 'thing')} in all"))
    if not undoing["possible"]:
        others = Text("triage undo A-… takes back another one; triage log lists them", style="dim")
        return [done, Text("It cannot be taken back:", style="yellow"), *named, others]
    told = undoing["told"]
    heard = f"{count(told, 'tester')} heard of it and will get a correction."
    return [done, *named, Text(heard if told else "Nobody was told of it.")]


def score(found: Thing) -> RenderableType:
    place = found.get("place")
    return Group(
        Text(f"Number {place} of the queue" if place else "Not in the queue", style="bold"),
        *(
            Text(f"  {clean(one['name']):<11}{clean(one['text']['en'])}")
            for one in found["factors"]
        ),
    )


def keys(rows: Iterable[tuple[str, str]]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    for key, words in rows:
        table.add_row(Text(key, style="bold cyan"), Text(words))
    return table


def by_others(before: Thing, now: Thing, *, me: Thing) -> str:
    """What others did to a report between two looks at it, the latest last; nothing: nobody did."""
    words = {
        (one["at"], one["author_name"]): f"wrote: {' '.join(one['text'].split())}"
        for one in now.get("messages", ())
    }
    since = [
        one
        for one in now.get("timeline", ())
        if one["revision"] > before["revision"] and one["actor"] != me["display_name"]
    ]
    return ", then ".join(
        clean(
            f"{one['actor'] or 'a release or rule'}"
            f" {words.get((one['at'], one['actor']), one['text']['en'])}"
        )
        for one in since[-2:]
    )


def named(reports: Sequence[Thing], most: int = 4) -> str:
    """`R-1 R-2 R-3 R-4 +2`."""
    names = [str(one["id"]) for one in reports]
    more = f" +{len(names) - most}" if len(names) > most else ""
    return " ".join(names[:most]) + more
