"""Mutated statement files: no crash, no line lost silently, a line and a reason for every refusal.

``python -m tests.bench.fuzz_statements [--runs N] [--seed N] [--keep FOLDER]``. Every run takes one of the invented
files and changes bytes, cells, lines, the encoding or the parts of a workbook; the seed and the number of a run say
which. The exit code is 1 when an invariant broke; the broken files are kept in FOLDER.
"""

from __future__ import annotations

import argparse
import collections
import io
import json
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from liaison_desk.core.errors import BadInput
from liaison_desk.core.statements import Counts, Failed, Rejected, Row, Skipped, Warned
from liaison_desk.exchange import statements
from liaison_desk.exchange.statements_books import kept_unpacking
from liaison_desk.exchange.statements_rows import is_blank
from liaison_desk.exchange.statements_source import Opened, Sheet
from tests.exchange.given_statements import SAMPLES, A

TOO_LARGE = {"bomb.xlsx", "blank.xlsx", "corner.xlsx"}
NASTY = (
    "", " ", "\t", "0", "-1", "1E+18", "6.22203E+18", "=1+1", '="123', "'", '"', '""', '"a\nb"', "１２３，４５６．７８", "1,00.00", "--",
    "\x00", "\x1b", "\ufeff", "\u202e123", "\ud83d\ude00", "𠮷㼆", "99999999999999999999", "0.001", "1e999", "nan", "inf", "-0.00",
    "2026-02-30", "9999-12-31 23:59:59", "0001-01-01", "20261121250607", "46347.99999999", "24:00:00", "1900-01-00", "2026-11-21T15:06:07Z",
    "进", "出", "借", "不计收支", "/", "成功", "否", "合计", "总计", "交易时间", "收付标志", "卡号", "单位:万元", "金额(分)", A, A[:-1] + "0", "6222020200183500000",
    "4518100000000000", "6222****1234", "<b>x</b>", "&#0;", "&lt;", "</td><td>", "CNY", "USD", "冲正", "1" * 4000, "（５０．００）", "+86 138", "¥1.00元", "1.00 元",
    "2026年11月21日", "15:06", "TRUE", "#N/A", "\u3000\u3000", "100.00-", "(1", "1)", "١٢٣", "²", "½", "Ⅷ",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5", "latin-1", "utf-32")
SEEN_ENCODINGS = ("utf-8-sig", "gb18030", "utf-16-le", "utf-16-be")


class Broken(AssertionError):
    """An invariant does not hold."""


def originals() -> dict[str, bytes]:
    """The invented files as bytes, but those that are large by intent."""
    found: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for sample in SAMPLES:
            if sample.file not in TOO_LARGE and (
                not sample.refused or sample.file in ("protected.xlsx", "payment_nobody.csv")
            ):
                path = Path(folder) / sample.file
                sample.make(path)
                found[sample.file] = path.read_bytes()
    return found


# --- mutations --------------------------------------------------------------------------------


def flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    begin = chance.randrange(len(data) + 1)
    end = min(len(data), begin + chance.choice((1, 3, 30, 300, len(data))))
    return data[:begin] + data[end:]


def double(data: bytes, chance: random.Random) -> bytes:
    begin = chance.randrange(len(data) + 1)
    end = min(len(data), begin + chance.choice((1, 3, 30, 300)))
    return data[:end] + data[begin:end] * chance.choice((1, 2, 50)) + data[end:]


def insert(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    what = chance.choice(
        (b"\x00", b'"', b"\n", b"\r", b",", b"\t", b"\xff\xfe", b"\x80", b"<", b"\x1a", b"PK\x03\x04")
    )
    return data[:place] + what * chance.choice((1, 1, 3, 1000)) + data[place:]


def _text(data: bytes) -> str:
    for encoding in SEEN_ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return data.decode("latin-1")


def cells(data: bytes, chance: random.Random) -> bytes:
    """Cells, lines and the encoding of a text; for a workbook, texts inside its XML."""
    if data.startswith(b"PK"):
        return _inside(data, chance, _mutate_xml)
    if data.startswith(b"\xd0\xcf"):
        return flip(data, chance)
    text = _text(data)
    lines = text.splitlines(keepends=True)
    for _ in range(chance.choice((1, 1, 2, 5))):
        if not lines:
            break
        place = chance.randrange(len(lines))
        kind = chance.randrange(6)
        if kind == 0:
            lines.insert(place, lines[chance.randrange(len(lines))])
        elif kind == 1:
            del lines[place]
        elif kind == 2:
            lines[place] = lines[place].rstrip("\r\n") + chance.choice(
                ("\r", "\n", "", "\r\n\r\n", ",,,\n", "\x0b\n")
            )
        else:
            separator = next((mark for mark in "\t;," if mark in lines[place]), ",")
            parts = lines[place].rstrip("\r\n").split(separator)
            parts[chance.randrange(len(parts))] = chance.choice(NASTY)
            if kind == 5:
                parts.insert(chance.randrange(len(parts) + 1), chance.choice(NASTY))
            lines[place] = separator.join(parts) + "\r\n"
    encoding = chance.choice(ENCODINGS) if chance.random() < 0.2 else "gb18030"
    return "".join(lines).encode(encoding, "surrogatepass" if "utf" in encoding else "replace")


def _inside(
    data: bytes, chance: random.Random, change: Callable[[str, bytes, random.Random], bytes]
) -> bytes:
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, change(name, old.read(name), chance))
    except Exception:  # what is no archive any more is changed byte by byte
        return flip(data, chance)
    return out.getvalue()


def _mutate_xml(name: str, xml: bytes, chance: random.Random) -> bytes:
    if not name.endswith((".xml", ".rels")) or chance.random() < 0.4:
        return xml
    if chance.random() < 0.3:
        return chance.choice((flip, cut, double, insert))(xml, chance)
    text = xml.decode("utf-8", "replace")
    for _ in range(chance.choice((1, 2, 5))):
        begin = text.find(">", chance.randrange(len(text) + 1)) + 1
        end = text.find("<", begin)
        if 0 < begin <= end:
            value = chance.choice(NASTY).replace("\x00", "").replace("<", "&lt;")
            text = text[:begin] + value + text[end:]
    if chance.random() < 0.2:
        text = text.replace('t="s"', chance.choice(('t="n"', 't="b"', 't="e"', 't="d"', 't="str"', "")))
    if chance.random() < 0.1:
        text = text.replace("?>", '?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', 1)
    if chance.random() < 0.1:
        text = text.replace(' r="', f' r="{chance.choice(("ZZ", "0", "-", "A99999999"))}', 1)
    return text.encode("utf-8", "replace")


MUTATIONS = (flip, cut, double, insert, cells, cells, cells, cells)


def mutated(seed: int, run: int, files: dict[str, bytes]) -> tuple[str, bytes]:
    """The file of one run: its name and its bytes, always the same for the same seed and run."""
    chance = random.Random(f"{seed}:{run}")
    name = chance.choice(sorted(files))
    data = files[name]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = chance.choice(MUTATIONS)(data, chance)
    if chance.random() < 0.05:
        name = chance.choice(("x.csv", "x.txt", "x.xls", "x.xlsx"))
    return name, data


# --- invariants -------------------------------------------------------------------------------


def _watched(lines: dict[str, list[int]]) -> Callable[..., Opened]:
    """Opens a file as ever, and notes which lines of each sheet hold anything."""

    def opened(*args: object, **options: object) -> Opened:
        found = _OPEN(*args, **options)  # type: ignore[arg-type]  # handed through as it came

        def rows(sheet: Sheet) -> Iterator[tuple[int, list[statements.Cell]]]:
            for line, row in read.pop(id(sheet)):
                if not is_blank(row):
                    lines[sheet.name].append(line)
                yield line, row

        read: dict[int, Iterator[tuple[int, list[statements.Cell]]]] = {}

        def sheets() -> Iterator[Sheet]:
            for sheet in found.sheets:
                read[id(sheet)] = sheet.rows
                sheet.rows = rows(sheet)
                yield sheet

        return Opened(found.kind, found.encoding, found.separator, sheets())

    return opened


_OPEN = statements.open_file


def check(name: str, data: bytes) -> str:
    """Reads one file; ``refused``, ``empty`` or ``read``. Raises Broken, or whatever the reader lets fall."""
    lines: dict[str, list[int]] = collections.defaultdict(list)
    statements.open_file = _watched(lines)
    told: dict[str, list[int]] = collections.defaultdict(list)
    counts = Counts()
    last: dict[str, int] = {}
    try:
        statement = statements.read(data, name=name, account=A)
        for verdict in statement.verdicts:
            counts.add(verdict)
            if verdict.line < 1:
                raise Broken(f"line {verdict.line}")
            if isinstance(verdict, Warned):
                if not str(verdict.reason):
                    raise Broken(f"a warning without a reason in line {verdict.line}")
                continue
            if verdict.line <= last.get(verdict.sheet, 0):
                raise Broken(f"line {verdict.line} after line {last[verdict.sheet]}")
            last[verdict.sheet] = verdict.line
            told[verdict.sheet].append(verdict.line)
            _check_verdict(verdict)
    except BadInput as error:
        if "Nothing was imported." not in str(error):
            raise Broken(f"a refusal does not say what was kept: {error}") from error
        return "refused"
    finally:
        statements.open_file = _OPEN
    if counts.rows != counts.stored + counts.failed + len(counts.rejected):
        raise Broken(f"{counts.rows} rows do not add up")
    for sheet in statement.sheets:
        lost = set(lines[sheet]) - set(told[sheet])
        if lost:
            raise Broken(f"lines lost in {sheet}: {sorted(lost)[:5]}")
    json.dumps(counts.as_json(statements_say()), ensure_ascii=False)
    return "read" if counts.rows else "empty"


def statements_say() -> Callable[..., str]:
    from liaison_desk.core.words import Say

    return Say()


def _check_verdict(verdict: Row | Failed | Rejected | Skipped) -> None:
    if isinstance(verdict, Rejected) and not str(verdict.reason):
        raise Broken(f"a refusal without a reason in line {verdict.line}")
    if isinstance(verdict, Row):
        if verdict.fen <= 0 or not verdict.account or verdict.at.tzinfo is None:
            raise Broken(f"line {verdict.line}: {verdict}")
        for text in (
            verdict.account,
            verdict.counterparty,
            verdict.remark,
            verdict.serial,
            *verdict.more.values(),
        ):
            text.encode("utf-8")
            if "\0" in text:
                raise Broken(f"line {verdict.line} holds a NUL")


def run(runs: int, seed: int, keep: Path | None = None) -> dict[str, object]:
    """Figures of ``runs`` mutations: how many were read, refused, without rows; what broke; the slowest."""
    files = originals()
    ends: collections.Counter[str] = collections.Counter()
    broken: list[str] = []
    with kept_unpacking():
        slowest = _runs(runs, seed, files, keep, ends, broken)
    return {
        "runs": runs,
        "seed": seed,
        "ends": dict(ends),
        "broken": broken,
        "slowest_seconds": round(slowest[0], 2),
        "slowest": slowest[1],
    }


def _runs(
    runs: int,
    seed: int,
    files: dict[str, bytes],
    keep: Path | None,
    ends: collections.Counter[str],
    broken: list[str],
) -> tuple[float, str]:
    slowest = (0.0, "")
    for number in range(runs):
        name, data = mutated(seed, number, files)
        begin = time.perf_counter()
        try:
            ends[check(name, data)] += 1
        except Exception as error:  # whatever falls is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            broken.append(
                f"run {number} ({name}): {type(error).__name__}: {error} at {where.name}:{where.lineno}"
            )
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{number}-{name}").write_bytes(data)
        taken = time.perf_counter() - begin
        slowest = max(slowest, (taken, f"run {number} ({name})"))
    return slowest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    found = run(asked.runs, asked.seed, asked.keep)
    print(json.dumps(found, indent=1, ensure_ascii=False))
    return 1 if found["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
