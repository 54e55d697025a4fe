"""The house rules that a machine can check: layers, names, lengths, translations, what commands may not do."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from liaison_desk.store import schema
from liaison_desk.store.database import Database
from tests.house import translations
from tests.house.migrations import differences

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "liaison_desk").rglob("*.py"))
LONGEST = 450
NOTHING_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
BULK_ALLOWED = {"demo"}
"""Modules (by prefix) that fill an empty database, and so may insert in bulk."""
LOOKS_PAST_THE_ORM = {"check", "replay"}
"""They hold the stored rows themselves to the chain, on connections that only read."""
CLIPBOARD = "data.setHtml("
"""Cells on their way to a spreadsheet, escaped one by one; never shown by Qt."""


def test_models_equal_migrations(empty_database: Database) -> None:
    schema.create(empty_database)
    assert differences(empty_database) == []
    with empty_database.plain_engine().connect() as connection:
        assert schema.missing_triggers(connection) == []


def test_import_contracts() -> None:
    run = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("layer", translations.LAYERS)
def test_translations_are_fresh_and_whole(layer: str) -> None:
    catalogue = translations.fresh(layer)
    assert translations.untranslated(catalogue) == []
    folder = ROOT / "resources" / "i18n" / "zh_CN"
    assert (folder / f"{layer}.po").read_bytes() == translations.as_po(catalogue)
    assert (folder / f"{layer}.mo").read_bytes() == translations.as_mo(catalogue)


@pytest.mark.parametrize("layer", translations.LAYERS)
def test_a_translation_has_the_places_of_its_message(layer: str) -> None:
    def places(text: str) -> set[str]:
        import string

        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for message in translations.fresh(layer):
        if message.id and str(message.id) not in ("{en}", "{en} {code}"):
            assert places(str(message.string)) <= places(str(message.id)), message.id


def test_modules_have_a_sentence_a_length_and_a_name() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), f"{path.name} opens without its sentence"
        assert len(text.splitlines()) <= LONGEST, f"{path.name} is too long to have one subject"
        assert path.stem not in NOTHING_NAMES, f"{path.name} is named for nothing"


def test_commands_do_not_escape_the_audit() -> None:
    for path in sorted((ROOT / "liaison_desk" / "desk").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.stem in LOOKS_PAST_THE_ORM:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr != "connection", f"{path.name}:{node.lineno} takes the raw connection"
            if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy":
                taken = {alias.name for alias in node.names}
                escaping = taken & {"text", "insert", "update", "delete"}
                assert not escaping or path.stem.split("_")[0] in BULK_ALLOWED, (
                    f"{path.name} takes {escaping} from sqlalchemy"
                )


def test_nothing_is_ignored_without_a_reason() -> None:
    for path in [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]:
        if path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for mark in ("# type: ignore", "# noqa"):
                if mark in line:
                    after = line.split(mark, 1)[1]
                    assert any(gap in after for gap in ("  ", " - ", " (")), (
                        f"{path.name}:{number}: {mark} without a reason"
                    )


def test_qt_words_are_plain_text() -> None:
    """User text is plain text everywhere: no label is told to show rich text."""
    for path in sorted((ROOT / "liaison_desk" / "ui").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert "RichText" not in text, path.name
        assert "setHtml(" not in text.replace(CLIPBOARD, ""), path.name
