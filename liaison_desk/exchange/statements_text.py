"""Text statements: the encoding found, the separator found, rows streamed with the physical line where each starts.

Detection asks which reading makes known heads appear. A byte that is no character in the encoding becomes a mark that
rejects its row; a quote that is never closed swallows nothing.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from liaison_desk.core.errors import BadInput
from liaison_desk.core.statements_cells import Cell
from liaison_desk.core.words import msg
from liaison_desk.exchange.statements_html import html_rows
from liaison_desk.exchange.statements_source import File, Opened, Progress, Sheet

SAMPLE = 262_144
LONGEST_LINE = 1_000_000
SEPARATORS = (",", "\t", ";", "|")
_HEAD_LINES = 100
_MOST_JOINED = 60
_STEP = 4_000
_BROKEN = "\udcff"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = ("gb18030", "utf-8", "big5", "utf-16-le", "utf-16-be")
_META = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:html|table|!doctype|\?xml|(?:\w+:)?workbook)\b", re.IGNORECASE)


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _BROKEN, max(error.end, error.start + 1)


codecs.register_error("statement-mark", _mark)

Known = Callable[[Sequence[str]], int]


def open_text(file: File, known: Known, *, encoding: str | None, progress: Progress | None) -> Opened:
    """Text or HTML as one sheet. Raises BadInput: an encoding that does not exist, bytes that are no text."""
    with file.open() as stream:
        sample = stream.read(SAMPLE)
    codec = _codec(encoding) if encoding else _detected(file, sample, known)
    text = _decoded(sample, codec)
    if text.count("\0") * 50 > len(text):
        raise BadInput(
            msg(
                "{file} is not a table that can be read: neither text nor a workbook. Nothing was imported.",
                file=file.name,
            ),
            field="file",
        )
    shown = "utf-8" if codec == "utf-8-sig" else codec
    if _MARKUP.match(text.lstrip("\ufeff \t\r\n")) or "<table" in text[:65_536].lower():
        return Opened("html", shown, "", iter((Sheet(file.stem, html_rows(_chunks(file, codec, progress))),)))
    separator = _separator(text, known)
    rows = _Rows(file, codec, separator, progress)
    rows.sheet = Sheet(file.stem, iter(rows), expect=rows.expect)
    return Opened("text", shown, separator, iter((rows.sheet,)))


# --- encodings --------------------------------------------------------------------------------


def _codec(name: str) -> str:
    plain = "gb18030" if name.lower().replace("_", "-") in ("gb2312", "gbk", "cp936", "gb-2312") else name
    try:
        found = codecs.lookup(plain)
        "".encode(plain).decode(plain)
    except (LookupError, ValueError, TypeError) as error:
        raise BadInput(
            msg("There is no encoding {name}; try gb18030 or utf-8. Nothing was imported.", name=name),
            field="encoding",
        ) from error
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _decoded(data: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)("statement-mark").decode(data)


def _detected(file: File, sample: bytes, known: Known) -> str:
    for bom, codec in _BOMS:
        if sample.startswith(bom):
            return codec
    begin = sample[:4096]
    if begin.count(0) * 10 > len(begin):
        return "utf-16-le" if begin[1::2].count(0) >= begin[::2].count(0) else "utf-16-be"
    try:
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(sample)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8-sig" if not text.isascii() or _utf8_to_the_end(file) else "gb18030"
    meta = _META.search(sample[:4096])
    if meta:
        try:
            return _codec(meta.group(1).decode("ascii"))
        except BadInput:
            pass
    scores: dict[str, tuple[int, int]] = {}
    for codec in _GUESSES:
        text = _decoded(sample[:65_536], codec)
        scores[codec] = (_best(text, known)[0], -text.count(_BROKEN))
    best = max(_GUESSES, key=lambda codec: scores[codec])
    if scores[best][0]:
        return "utf-8-sig" if best == "utf-8" else best
    from charset_normalizer import from_bytes

    guess = from_bytes(sample[:65_536]).best()
    return _codec(guess.encoding) if guess is not None else "gb18030"


def _utf8_to_the_end(file: File) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with file.open() as stream:
        try:
            while block := stream.read(1 << 20):
                decoder.decode(block)
        except UnicodeDecodeError:
            return False
    return True


# --- separators -------------------------------------------------------------------------------


def _best(text: str, known: Known) -> tuple[int, str]:
    """The most known heads in one of the first lines, and the separator that shows them."""
    best = (0, "")
    for line in re.split(r"\r\n|\n|\r", text)[:_HEAD_LINES]:
        for separator in SEPARATORS:
            if separator in line:
                score = known(line[:20_000].split(separator))
                if score > best[0]:
                    best = (score, separator)
    return best


def _separator(text: str, known: Known) -> str:
    score, separator = _best(text, known)
    if score:
        return separator
    lines = re.split(r"\r\n|\n|\r", text)[:_HEAD_LINES]
    return max(SEPARATORS, key=lambda mark: sum(mark in line for line in lines))


# --- rows -------------------------------------------------------------------------------------


class _Feed:
    """One line for the CSV reader, once: a quote left open must not fetch the next."""

    def __init__(self) -> None:
        self.line: str | None = None

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self.line
        if line is None:
            raise StopIteration
        self.line = None
        return line


class _Rows:
    """The rows of a text file; ``expect`` tells how many cells the head has."""

    def __init__(self, file: File, codec: str, separator: str, progress: Progress | None) -> None:
        self._file, self._codec, self._separator, self._progress = file, codec, separator, progress
        self.sheet: Sheet | None = None
        self._width = 0
        self._feed = _Feed()
        self._reader = csv.reader(self._feed, delimiter=separator, skipinitialspace=True)
        csv.field_size_limit(LONGEST_LINE * 2)

    def expect(self, width: int) -> None:
        self._width = width

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        separator = self._separator
        waiting: deque[str] = deque()
        number = 0
        total = self._file.size
        with self._file.open() as raw:
            stream = io.TextIOWrapper(raw, self._codec, errors="statement-mark", newline="")
            readline = stream.readline
            while True:
                line = waiting.popleft() if waiting else readline(LONGEST_LINE)
                if not line:
                    return
                number += 1
                if line[-1] not in "\r\n" and self.sheet is not None:
                    self.sheet.unfinished = number
                if self._progress is not None and not number % _STEP:
                    self._progress(min(raw.tell(), total), total)
                cells: list[Cell]
                if '"' not in line:
                    cells = line.rstrip("\r\n").split(separator)  # type: ignore[assignment]  # texts are cells
                    if len(line) >= LONGEST_LINE:
                        raise self._too_long(number)
                    yield number, cells
                    continue
                if len(line) >= LONGEST_LINE:
                    raise self._too_long(number)
                if not line.count('"') & 1:
                    yield number, self._quoted(line)
                    continue
                joined = self._joined(line, waiting, readline)
                if joined is None:
                    yield number, list[Cell](line.rstrip("\r\n").split(separator))
                    continue
                yield number, joined[0]
                number += joined[1]

    def _too_long(self, number: int) -> BadInput:
        return BadInput(
            msg(
                "{file}: line {line} is far too long for a row; this is not a table. Nothing was imported.",
                file=self._file.name,
                line=number,
            ),
            field="file",
        )

    def _quoted(self, line: str) -> list[Cell]:
        plain = line.rstrip("\r\n")
        if self._separator != "\t" and "\t" in plain:
            plain = plain.replace("\t", " ")  # padding before a quote would make it an ordinary character
        self._feed.line = plain
        try:
            return list[Cell](next(self._reader))
        except (csv.Error, StopIteration):
            return list[Cell](plain.split(self._separator))

    def _joined(
        self, line: str, waiting: deque[str], readline: Callable[[int], str]
    ) -> tuple[list[Cell], int] | None:
        """The row that goes on over further lines, and how many; None where the quote is only a stray one."""
        taken: list[str] = []
        quotes = line.count('"')
        while quotes & 1 and len(taken) < _MOST_JOINED:
            following = waiting[len(taken)] if len(taken) < len(waiting) else readline(LONGEST_LINE)
            if not following:
                break
            if len(taken) == len(waiting):
                waiting.append(following)
            taken.append(following)
            quotes += following.count('"')
            if quotes & 1 and self._width and following.count(self._separator) >= self._width - 1:
                return None  # a whole row: the quote above was never meant to hold it
        if quotes & 1:
            return None
        whole = (line + "".join(taken)).rstrip("\r\n")
        if self._separator != "\t":
            whole = whole.replace("\t", " ")
        try:
            rows = list(
                csv.reader(
                    io.StringIO(whole, newline=""),
                    delimiter=self._separator,
                    strict=True,
                    skipinitialspace=True,
                )
            )
        except csv.Error:
            return None
        if len(rows) != 1 or (self._width and len(rows[0]) != self._width):
            return None
        for _ in taken:
            waiting.popleft()
        return list[Cell](rows[0]), len(taken)


def _chunks(file: File, codec: str, progress: Progress | None) -> Iterator[str]:
    total = file.size
    with file.open() as raw:
        stream = io.TextIOWrapper(raw, codec, errors="statement-mark")
        while text := stream.read(1 << 18):
            if progress is not None:
                progress(min(raw.tell(), total), total)
            yield text
