"""Extract messages, refresh resources/i18n/*/<layer>.po and compile the .mo beside it.

``python -m tests.house.translations`` refreshes; ``--check`` only says what is stale or untranslated;
``--layer NAME`` works on one catalogue.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "liaison_desk"
LAYERS = ("core", "store", "desk", "exchange", "reports", "ui", "cli")


def _sources(layer: str) -> list[Path]:
    if layer == "cli":
        return sorted(PACKAGE.glob("*.py"))
    return sorted((PACKAGE / layer).rglob("*.py"))


def extract(path: Path) -> Iterator[tuple[int, str]]:
    """Every literal first argument of ``msg(...)`` and ``say(...)``, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if name == "msg" and not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            raise SystemExit(f"{path}:{node.lineno}: msg() needs a literal text")
        if name in ("msg", "say") and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield node.lineno, first.value


def fresh(layer: str) -> Catalog:
    """The layer's catalogue as the source code and the present translations give it."""
    path = ROOT / "resources" / "i18n" / "zh_CN" / f"{layer}.po"
    old = read_po(path.open("rb"), locale="zh_CN") if path.exists() else Catalog(locale="zh_CN")
    new = Catalog(locale="zh_CN", project="Liaison Desk", version="1", charset="utf-8", fuzzy=False)
    for key in ("PO-Revision-Date", "POT-Creation-Date"):
        new.mime_headers = [(k, v) for k, v in new.mime_headers if k != key]
    found: dict[str, None] = {}
    for source in _sources(layer):
        for _, text in extract(source):
            found[text] = None
    for text in sorted(found):
        if not text:
            continue
        before = old.get(text)
        new.add(text, before.string if before is not None else "")
    return new


def as_po(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, omit_header=False, width=0, sort_output=True)
    lines = out.getvalue().decode().splitlines()
    kept = [
        line
        for line in lines
        if not line.startswith(('"PO-Revision-Date', '"POT-Creation-Date', '"Generated-By'))
    ]
    return ("\n".join(kept) + "\n").encode()


def as_mo(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    dated = read_po(io.BytesIO(as_po(catalogue)), locale="zh_CN")
    dated.creation_date = dated.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write_mo(out, dated)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    return [str(message.id) for message in catalogue if message.id and not message.string]


def main() -> int:
    check = "--check" in sys.argv
    layers = [sys.argv[sys.argv.index("--layer") + 1]] if "--layer" in sys.argv else list(LAYERS)
    bad = 0
    folder = ROOT / "resources" / "i18n" / "zh_CN"
    for layer in layers:
        catalogue = fresh(layer)
        po, mo = as_po(catalogue), as_mo(catalogue)
        for text in untranslated(catalogue):
            bad += 1
            print(f"{layer}: no Chinese for {text!r}")
        for suffix, content in ((".po", po), (".mo", mo)):
            target = folder / f"{layer}{suffix}"
            if check and (not target.exists() or target.read_bytes() != content):
                bad += 1
                print(f"{target.name} is stale")
            if not check:
                target.write_bytes(content)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
