"""Statement import without a database: a file goes in, a verdict for every line comes out, or a preview of them.

``inspect`` is for the person who looks before anything is stored, ``verdicts`` for storing. Both raise BadInput with one
sentence where nothing of a file can be read; a single bad row never stops the others (rules.md, "Statement import").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_account
from liaison_desk.core.statements import Counts, Rejected, Row, Skip, Skipped, Verdict, Warned, Why
from liaison_desk.core.statements_cells import Unreadable, bare, free_account
from liaison_desk.core.statements_layout import (
    FIELD_WORDS,
    Columns,
    Fitter,
    Layout,
    named,
    shipped,
    unit_of_line,
)
from liaison_desk.core.words import Message, msg
from liaison_desk.exchange.statements_rows import Noticed, RowReader, account_in_title, is_blank, shown
from liaison_desk.exchange.statements_source import File, Opened, Progress, Sheet, digest, file_of, open_file

__all__ = [
    "Line",
    "Preview",
    "Statement",
    "Table",
    "UnknownLayout",
    "account_of",
    "inspect",
    "read",
    "verdicts",
]

CHINA = ZoneInfo("Asia/Shanghai")
_SEARCHED = 100
"""Lines that are not blank, among which the head must stand."""
_SHOWN = 200


class UnknownLayout(BadInput):
    """No known layout fits. ``heads`` are those of the most likely head row, ``unknown`` those not understood,
    ``missing`` the fields (keys of FIELD_WORDS) without which rows cannot be read: what a person maps."""

    def __init__(
        self, message: Message, heads: tuple[str, ...], unknown: tuple[str, ...], missing: tuple[str, ...]
    ) -> None:
        super().__init__(message, field="layout")
        self.heads = heads
        self.unknown = unknown
        self.missing = missing


@dataclass(frozen=True)
class Table:
    """One sheet that was read: its name, the line of its head, the layout, and each head with its field or ""."""

    sheet: str
    line: int
    layout: Layout
    heads: tuple[tuple[str, str], ...]


@dataclass
class Statement:
    """One reading of a file. ``verdicts`` is read once; ``tables`` fills while it is."""

    file: File
    kind: str
    encoding: str
    separator: str
    verdicts: Iterator[Verdict]
    tables: list[Table] = field(default_factory=list)
    accounts: dict[str, None] = field(default_factory=dict)
    """Accounts that lines above a table name: suggestions."""

    @property
    def layout(self) -> str:
        """The name of the layout of the first table, "" before it is found."""
        return self.tables[0].layout.name if self.tables else ""

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets that have a head, in order."""
        return list(dict.fromkeys(table.sheet for table in self.tables))


@dataclass(frozen=True)
class Line:
    """One line of a preview: what was decided and the words for it."""

    sheet: str
    line: int
    verdict: Verdict
    text: str


@dataclass(frozen=True)
class Preview:
    """What an import would do, before anything is stored. ``counts.duplicates`` is 0: only the office knows those.

    ``unknown_heads`` are kept with each row but mean nothing to the program; ``unknown_directions`` and
    ``unknown_states`` are the words to be answered once for this layout, each with its number of rows.
    """

    counts: Counts
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    kind: str
    encoding: str
    separator: str
    unknown_heads: tuple[str, ...]
    unknown_directions: dict[str, int]
    unknown_states: dict[str, int]
    accounts: tuple[str, ...]
    whole: bool
    """Whether the counts are those of the whole file."""


def read(
    source: Path | str | bytes,
    *,
    name: str = "",
    layout: Layout | str | None = None,
    known: Sequence[Layout] = (),
    account: str | None = None,
    encoding: str | None = None,
    zone: tzinfo = CHINA,
    progress: Progress | None = None,
) -> Statement:
    """Opens a file and finds its first head; rows are read as ``verdicts`` is taken.

    ``source`` is a path or the bytes of a file called ``name``; ``layout`` (a value or a name) excludes all others,
    ``known`` are the institution's remembered ones and go before the shipped; ``account`` is for rows that name none;
    ``zone`` is that of times without one. Raises BadInput (UnknownLayout where a person must map the heads).
    """
    file = file_of(source, name)
    layouts = _candidates(layout, known)
    fitter = Fitter(layouts)
    widest = fitter if layout is None else Fitter((*layouts, *shipped()))
    opened = open_file(file, widest.known, encoding=encoding, progress=progress)
    statement = Statement(file, opened.kind, opened.encoding, opened.separator, iter(()))
    reader = _Reader(statement, opened, fitter, zone, (account or "").strip())
    statement.verdicts = reader.begin()
    return statement


def verdicts(
    source: Path | str | bytes,
    layout: Layout | str | None = None,
    *,
    name: str = "",
    known: Sequence[Layout] = (),
    account: str | None = None,
    encoding: str | None = None,
    zone: tzinfo = CHINA,
    progress: Progress | None = None,
) -> Iterator[Verdict]:
    """Every line's verdict in the order of the file; see ``read``."""
    return read(
        source,
        name=name,
        layout=layout,
        known=known,
        account=account,
        encoding=encoding,
        zone=zone,
        progress=progress,
    ).verdicts


def inspect(
    source: Path | str | bytes,
    *,
    name: str = "",
    layout: Layout | str | None = None,
    known: Sequence[Layout] = (),
    account: str | None = None,
    encoding: str | None = None,
    zone: tzinfo = CHINA,
    progress: Progress | None = None,
    first: int = _SHOWN,
    most: int | None = None,
) -> Preview:
    """The preview of a file: its first lines with their verdicts, every refused one among them, and the counts.

    ``first`` lines are kept, and as many refused ones; ``most`` ends the reading after that many verdicts. See ``read``.
    """
    statement = read(
        source,
        name=name,
        layout=layout,
        known=known,
        account=account,
        encoding=encoding,
        zone=zone,
        progress=progress,
    )
    counts = Counts()
    lines: list[Line] = []
    refused = 0
    directions: dict[str, int] = {}
    states: dict[str, int] = {}
    whole = True
    for seen, verdict in enumerate(statement.verdicts):
        if most is not None and seen >= most:
            whole = False
            break
        counts.add(verdict)
        odd = isinstance(verdict, (Rejected, Warned))
        if len(lines) - refused < first or (odd and refused < first):
            refused += odd
            lines.append(Line(verdict.sheet, verdict.line, verdict, _text(verdict)))
        if isinstance(verdict, Rejected) and verdict.word and verdict.why in (Why.DIRECTION, Why.STATE):
            words = directions if verdict.why is Why.DIRECTION else states
            words[verdict.word] = words.get(verdict.word, 0) + 1
    counts.layout, counts.sheets = statement.layout, statement.sheets
    counts.file_sha256 = digest(statement.file)
    heads = dict.fromkeys(head for table in statement.tables for head, what in table.heads if not what)
    return Preview(
        counts,
        tuple(lines),
        tuple(statement.tables),
        statement.kind,
        statement.encoding,
        statement.separator,
        tuple(heads),
        directions,
        states,
        tuple(statement.accounts),
        whole,
    )


def account_of(text: str, *, free: bool = False) -> str:
    """The account a file is about, as a person names it; ``free`` where it may be a wallet's name. Raises BadInput."""
    if not free:
        return clean_account(text).value
    try:
        return free_account(text)[0]
    except Unreadable as trouble:
        raise BadInput(trouble.reason, field="account") from None


def _candidates(layout: Layout | str | None, known: Sequence[Layout]) -> tuple[Layout, ...]:
    if isinstance(layout, Layout):
        return (layout,)
    if layout:
        return (named(layout, known),)
    return (*known, *shipped())


def _text(verdict: Verdict) -> str:
    return getattr(verdict, "text", "")


class _Reader:
    """Walks through the sheets: titles, the head, the rows, the next head."""

    def __init__(
        self, statement: Statement, opened: Opened, fitter: Fitter, zone: tzinfo, account: str
    ) -> None:
        self._statement = statement
        self._opened = opened
        self._fitter = fitter
        self._zone = zone
        self._account = account
        self._noticed = Noticed()
        self._likely: tuple[int, tuple[str, ...]] = (0, ())
        """The row that most looks like a head, where none fits."""

    def begin(self) -> Iterator[Verdict]:
        """The verdicts, with everything up to the first row already read, so that refusals come at once."""
        found = self._sheets()
        early: list[Verdict] = []
        for verdict in found:
            early.append(verdict)
            if self._statement.tables:
                break
        else:
            if not self._statement.tables:
                raise self._unknown()

        def all_of() -> Iterator[Verdict]:
            yield from early
            early.clear()
            yield from found

        return all_of()

    def _sheets(self) -> Iterator[Verdict]:
        names: set[str] = set()
        for sheet in self._opened.sheets:
            name, again = sheet.name, 1
            while sheet.name in names:  # a damaged workbook may name two sheets alike
                again += 1
                sheet.name = f"{name} ({again})"
            names.add(sheet.name)
            yield from self._sheet(sheet)

    def _sheet(self, sheet: Sheet) -> Iterator[Verdict]:
        above: list[Skipped] = []
        unit: str | None = None
        searched = 0
        columns: Columns | None = None
        rows = sheet.rows
        for line, cells in rows:
            if is_blank(cells):
                above.append(Skipped(sheet.name, line, Skip.BLANK, ""))
                continue
            texts = [bare(cell) for cell in cells]
            columns = self._fit(texts)
            if columns is not None:
                yield from above
                yield Skipped(sheet.name, line, Skip.HEAD, shown(cells))
                break
            text = shown(cells)
            unit = unit_of_line(text) or unit
            account = account_in_title(text)
            if account:
                self._statement.accounts[account] = None
            above.append(Skipped(sheet.name, line, Skip.TITLE, text))
            searched += 1
            if searched >= _SEARCHED:
                break
        if columns is None:
            yield from self._unread(sheet, above)
            return
        yield from self._rows(sheet, columns, unit, line)

    def _unread(self, sheet: Sheet, above: Sequence[Skipped]) -> Iterator[Verdict]:
        """A sheet without a head: said once, if anything stands in it."""
        first = next((each for each in above if each.kind is Skip.TITLE), None)
        if first is not None:
            reason = msg(
                "The sheet {sheet} has no head that is known; nothing of it is read.", sheet=sheet.name
            )
            yield Warned(sheet.name, first.line, Why.UNREAD, reason)

    def _fit(self, texts: Sequence[str]) -> Columns | None:
        columns = self._fitter.fit(texts)
        if columns is None:
            known = self._fitter.known(texts)
            words = [text for text in texts if text and len(text) <= 30 and not re.search(r"[0-9]{3}", text)]
            score = known * 1000 + (len(words) if len(words) > 1 else 0)
            if score > self._likely[0]:
                self._likely = (score, tuple(texts))
        return columns

    def _reader(self, sheet: Sheet, columns: Columns, unit: str | None, line: int) -> RowReader:
        layout = columns.layout
        if "card" not in columns.places and "number" not in columns.places and not self._account:
            raise BadInput(
                msg(
                    "No row of {file} says whose account it is; name the account that the file is about (--account). "
                    "Nothing was imported.",
                    file=self._statement.file.name,
                ),
                field="account",
            )
        account = account_of(self._account, free=layout.free_accounts) if self._account else ""
        by_place = {place: what for what, place in columns.places.items()}
        heads = dict(columns.others)
        names = {place: head for head, place in heads.items()}
        self._statement.tables.append(
            Table(
                sheet.name,
                line,
                layout,
                tuple(
                    (columns.heads[place] if place in by_place else names[place], by_place.get(place, ""))
                    for place in range(columns.width)
                    if place in by_place or place in names
                ),
            )
        )
        sheet.expect(columns.width)
        return RowReader(sheet, columns, self._noticed, zone=self._zone, unit=unit, account=account)

    def _rows(self, sheet: Sheet, columns: Columns, unit: str | None, head: int) -> Iterator[Verdict]:
        reader = self._reader(sheet, columns, unit, head)
        blanks: list[int] = []
        read, warnings = reader.read, reader.warnings
        for line, cells in sheet.rows:
            verdict = read(line, cells)
            if type(verdict) is Row and not blanks and not warnings:
                yield verdict
                continue
            if type(verdict) is Rejected and not re.search(r"[0-9]", verdict.text):
                again = self._again([bare(cell) for cell in cells])
                if again is not None:
                    reader = self._reader(sheet, again, unit, line)
                    read, warnings = reader.read, reader.warnings
                    verdict = Skipped(sheet.name, line, Skip.HEAD, verdict.text)
            if type(verdict) is Skipped and verdict.kind is Skip.BLANK:
                blanks.append(line)  # told when something follows: those at the end are no part of the table
                continue
            if blanks:
                for blank in blanks:
                    yield Skipped(sheet.name, blank, Skip.BLANK, "")
                blanks.clear()
            if warnings:
                yield from warnings
                warnings.clear()
            yield verdict

    def _again(self, texts: Sequence[str]) -> Columns | None:
        """Another head further down, where it is one without doubt."""
        try:
            return self._fitter.fit(texts)
        except BadInput:
            return None

    def _unknown(self) -> BadInput:
        heads = tuple(text for text in self._likely[1] if text)
        name = self._statement.file.name
        if not heads:
            return UnknownLayout(msg("{file} holds no table. Nothing was imported.", file=name), (), (), ())
        nearest = self._fitter.nearest(self._likely[1])
        unknown = tuple(head for head, _ in nearest.others) if nearest is not None else heads
        missing = nearest.missing if nearest is not None else ()
        if unknown:
            message = msg(
                "{file}: no known layout fits. Heads not understood: {heads}. Map them once, or choose a layout. "
                "Nothing was imported.",
                file=name,
                heads=", ".join(head[:30] for head in unknown[:40]),
            )
        else:
            message = msg(
                "{file}: no known layout fits; a column is missing: {missing}. Nothing was imported.",
                file=name,
                missing=FIELD_WORDS[missing[0]] if missing else "",
            )
        return UnknownLayout(message, heads, unknown, missing)
