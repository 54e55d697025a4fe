"""check: whatever was changed past the door is found and named, on both engines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from sqlalchemy import insert, select, text

from liaison_desk.core import roles
from liaison_desk.core.errors import BadInput, OfficeUnusable
from liaison_desk.core.papers import head_code
from liaison_desk.core.pinyin import search_tokens_of_name
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import replay
from liaison_desk.desk.cases import CorrectCase, WriteNote
from liaison_desk.desk.check import Report, check
from liaison_desk.desk.index import words_of_number
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.audit import canonical, link
from liaison_desk.store.chain import Entry
from liaison_desk.store.database import Database
from liaison_desk.store.models import Case, Note
from tests import given
from tests.given import Office
from tests.tampered import changed, tampering


def found(report: Report) -> set[tuple[str, str]]:
    return {(finding.kind, finding.where) for finding in report.findings}


@pytest.fixture
def busy(office: Office) -> Office:
    given.busy(office)
    return office


def entry_of(office: Office, command: str) -> Entry:
    with office.database.reading() as session:
        entry = session.scalar(
            select(Entry).where(Entry.command == command).order_by(Entry.id.desc()).limit(1)
        )
    assert entry is not None
    return entry


def hashes(office: Office) -> list[str]:
    with office.database.reading() as session:
        return list(session.scalars(select(Entry.hash).order_by(Entry.id)))


def test_an_honest_office_has_no_findings(busy: Office) -> None:
    report = check(busy.database)
    assert report.findings == ()
    assert report.entries == len(hashes(busy))
    assert report.head_code == head_code(hashes(busy)[-1])
    assert [str(warning) for warning in report.warnings] == [
        "No backup has been made yet. Make one with backup."
    ]


def test_an_edited_entry_is_named(busy: Office) -> None:
    entry = entry_of(busy, "OpenCase")
    changed(
        busy,
        "UPDATE entry SET text = :text WHERE id = :id",
        text=entry.text.replace("欧阳小明", "欧阳大明"),
        id=entry.id,
    )
    report = check(busy.database)
    assert ("entry", f"entry {entry.id}") in found(report)
    assert any("欧阳大明" in str(finding.message) for finding in report.findings if finding.kind == "row")


def test_an_altered_hash_is_named(busy: Office) -> None:
    entry = entry_of(busy, "AnswerRequest")
    changed(busy, "UPDATE entry SET hash = :hash WHERE id = :id", hash="f" * 64, id=entry.id)
    assert found(check(busy.database)) == {
        ("entry", f"entry {entry.id}"),
        ("entry", f"entry {entry.id + 1}"),
    }


@pytest.mark.parametrize(
    "column",
    ["at = at + 1", "person_id = 1", "command = 'WriteNote'", "doubted = NOT doubted", "kinds = ',,'"],
)
def test_an_entrys_columns_must_agree_with_its_text(busy: Office, column: str) -> None:
    entry = entry_of(busy, "AnswerRequest")
    changed(busy, f"UPDATE entry SET {column} WHERE id = :id", id=entry.id)
    report = check(busy.database)
    assert found(report) == {("entry", f"entry {entry.id}")}
    assert column.split(" ")[0] in str(report.findings[0].message)


def test_a_deleted_entry_is_named(busy: Office) -> None:
    entry = entry_of(busy, "AnswerRequest")
    with tampering(busy) as connection:
        connection.execute(text("DELETE FROM touch WHERE entry_id = :id"), {"id": entry.id})
        connection.execute(text("DELETE FROM entry WHERE id = :id"), {"id": entry.id})
    report = check(busy.database)
    assert ("entry", f"entry {entry.id + 1}") in found(report)
    assert f"Entries {entry.id} to {entry.id} are missing." in [str(each.message) for each in report.findings]


def test_an_inserted_entry_is_named(busy: Office) -> None:
    """A forged entry is squeezed in before a real one, with a right hash of its own."""
    with busy.database.reading() as session:
        rows = list(session.scalars(select(Entry).order_by(Entry.id)))
    place = rows[-2]
    content = json.loads(rows[-1].text) | {"id": place.id}
    forged = canonical(content)
    with tampering(busy) as connection:
        for row in reversed(rows[-2:]):
            connection.execute(text("UPDATE entry SET id = id + 1 WHERE id = :id"), {"id": row.id})
        connection.execute(
            text(
                "INSERT INTO entry (id, at, person_id, command, kinds, doubted, text, previous_hash, hash) "
                "SELECT :id, at, person_id, command, kinds, doubted, :text, :fake, :hash FROM entry WHERE id = :from"
            ),
            {
                "id": place.id,
                "text": forged,
                "fake": "e" * 64,
                "hash": link("e" * 64, forged),
                "from": rows[-1].id + 1,
            },
        )
    assert {("entry", f"entry {place.id}"), ("entry", f"entry {place.id + 1}")} <= found(check(busy.database))


def test_reordered_entries_are_named(busy: Office) -> None:
    last = check(busy.database).entries
    with tampering(busy) as connection:
        for before, after in ((last, 10_000), (last - 1, last), (10_000, last - 1)):
            connection.execute(
                text("UPDATE entry SET id = :after WHERE id = :before"), {"before": before, "after": after}
            )
    assert {("entry", f"entry {last - 1}"), ("entry", f"entry {last}")} <= found(check(busy.database))


def test_a_chain_that_was_cut_off_is_found(busy: Office) -> None:
    last = check(busy.database).entries
    with tampering(busy) as connection:
        connection.execute(text("DELETE FROM entry WHERE id = :id"), {"id": last})
    report = check(busy.database)
    # SQLite stops at the broken links; PostgreSQL, whose links were forced, at the logic behind them.
    assert found(report) & {("entry", f"entry {last}")} or all(
        each.kind == "file" for each in report.findings
    )
    assert not report.ok


def test_a_chain_cut_off_with_all_its_traces_misses_rows(busy: Office) -> None:
    last = check(busy.database).entries
    with tampering(busy) as connection:
        for table in ("touch", "passage"):
            connection.execute(text(f"DELETE FROM {table} WHERE entry_id = :id"), {"id": last})
        connection.execute(text("DELETE FROM entry WHERE id = :id"), {"id": last})
    report = check(busy.database)
    assert any(kind == "row" and where.startswith("case_file 2") for kind, where in found(report)), (
        "the second case stands there without an entry"
    )


def test_an_altered_row_is_named_with_its_column(busy: Office) -> None:
    changed(busy, "UPDATE leg SET asked = asked + 1 WHERE id = 2")
    report = check(busy.database)
    assert found(report) == {("row", "leg 2 asked")}
    assert str(report.findings[0].message) == "leg 2: “asked” is 3300001, but the entries recorded 3300000."


def test_an_altered_state_that_no_program_could_write_is_a_finding_not_a_crash(busy: Office) -> None:
    changed(busy, "UPDATE leg SET state = 'nonsense' WHERE id = 2")
    assert ("row", "leg 2 state") in found(check(busy.database))


def test_an_altered_password_is_named_without_being_shown(busy: Office) -> None:
    changed(busy, "UPDATE person SET password_hash = 'stolen' WHERE id = 1")
    report = check(busy.database)
    assert found(report) == {("row", "person 1 password_hash")}
    assert "stolen" not in str(report.findings[0].message)


def test_an_added_row_is_named(busy: Office) -> None:
    changed(
        busy,
        "INSERT INTO note (id, uid, case_id, author_id, institution_code, addressed, text, recorded_at) "
        "VALUES (99, :uid, 1, 2, 'POLICE', '', 'x', 1)",
        uid="0" * 32,
    )
    assert found(check(busy.database)) == {("row", "note 99")}


def test_a_row_that_is_gone_is_named(busy: Office) -> None:
    busy.officer.do(WriteNote(case_id=1, text="@ICBC 请回电"))
    changed(busy, "DELETE FROM note")
    assert ("row", "note 1") in found(check(busy.database))


def test_an_altered_ledger_row_is_named_by_its_row_and_its_hold(busy: Office) -> None:
    changed(busy, "UPDATE ledger_entry SET fen = fen - 100 WHERE id = 1")
    report = check(busy.database)
    assert found(report) == {("row", "ledger_entry 1 fen"), ("ledger", "hold 1")}


def test_a_bucket_moved_on_the_hold_is_named(busy: Office) -> None:
    changed(busy, "UPDATE hold SET stopped = 0, frozen = stopped WHERE id = 1")
    assert {("row", "hold 1 frozen"), ("row", "hold 1 stopped"), ("ledger", "hold 1")} <= found(
        check(busy.database)
    )


def test_a_number_gone_from_the_register_is_named(busy: Office) -> None:
    changed(busy, "DELETE FROM issued WHERE series = 'ZF' AND position = 1")
    kinds = found(check(busy.database))
    assert ("number", "ZF 2026") in kinds
    assert ("number", "ZF〔2026〕1") in kinds


def test_a_step_gone_from_the_counts_is_named(busy: Office) -> None:
    changed(busy, "DELETE FROM passage WHERE leg_id = 1 AND step = -1")
    assert ("passage", "leg 1") in found(check(busy.database))


def test_a_search_word_with_another_owner_is_named(busy: Office) -> None:
    """It would let an institution search what it may not see."""
    changed(busy, "UPDATE search_word SET owner = '*' WHERE owner = 'CCB' AND word LIKE '6217%'")
    assert found(check(busy.database)) == {("search", "case_file 1")}


def test_a_missing_lock_on_evidence_is_named(busy: Office) -> None:
    with busy.database.plain_engine().begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        connection.execute(text("DROP TRIGGER keep_entry_update" + ("" if sqlite else " ON entry")))
    assert found(check(busy.database)) == {("schema", "keep_entry_update")}


def test_an_altered_access_log_is_named(busy: Office) -> None:
    changed(busy, "UPDATE access SET text = replace(text, 'sign-in', 'sign-ou') WHERE id = 1")
    assert ("access", "access 1") in found(check(busy.database))


def test_a_chain_written_anew_is_found_by_a_printed_head(busy: Office) -> None:
    """Whoever holds the file can make everything agree, except with a code on paper."""
    code = check(busy.database).head_code
    assert check(busy.database, code).head_entry == check(busy.database).entries
    with tampering(busy) as connection:
        _rewrite(connection)
    report = check(busy.database)
    assert report.findings == ()
    assert found(check(busy.database, code)) == {("head", "")}


def _rewrite(connection: Any) -> None:
    connection.execute(text("UPDATE victim SET name = '王小明' WHERE name = '欧阳小明'"))
    connection.execute(
        text("DELETE FROM search_word WHERE case_id = 2 AND owner = 'POLICE' AND account_id = 0")
    )
    for word in search_tokens_of_name("王小明") | words_of_number("13812341234"):
        connection.execute(
            text(
                "INSERT INTO search_word (word, owner, case_id, account_id, leg_id) VALUES (:word, 'POLICE', 2, 0, 0)"
            ),
            {"word": word},
        )
    previous = "0" * 64
    rows = connection.execute(text("SELECT id, text FROM entry ORDER BY id")).all()
    connection.execute(text("UPDATE entry SET hash = 'h' || id, previous_hash = 'p' || id"))
    for row in rows:
        written = row.text.replace("欧阳小明", "王小明")
        new = link(previous, written)
        connection.execute(
            text("UPDATE entry SET text = :text, previous_hash = :previous, hash = :hash WHERE id = :id"),
            {"text": written, "previous": previous, "hash": new, "id": row.id},
        )
        previous = new


def test_a_head_code_says_its_entry_and_how_many_came_after(busy: Office) -> None:
    code = head_code(hashes(busy)[4])
    report = check(busy.database, code.lower().replace("-", " "))
    assert (report.head_entry, report.after_head, report.ok) == (5, report.entries - 5, True)


@pytest.mark.parametrize("code", ["", "1234", "ABCD-EFGH-JKMN-PQRU"])
def test_what_cannot_be_a_head_code_is_refused(sqlite_office: Office, code: str) -> None:
    with pytest.raises(BadInput, match="is not a head code"):
        check(sqlite_office.database, code)


def test_a_damaged_page_is_a_finding(sqlite_office: Office) -> None:
    given.busy(sqlite_office)
    with sqlite_office.database.reading() as session:
        page = session.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'ix_leg_answered_at'"))
    sqlite_office.database.close()
    path = sqlite_office.database.path
    with path.open("rb+") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(b"\xa5" * 64)
    report = check(Database(path))
    assert {finding.kind for finding in report.findings} == {"file"}


def test_a_file_that_is_no_office_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "office.db"
    path.write_bytes(b"this is a letter, not an office" * 200)
    with pytest.raises(OfficeUnusable, match="damaged or not an office database"):
        check(Database(path))


# --- rows seeded in bulk


@dataclass(frozen=True, kw_only=True)
class SeedNotes(Command[None]):
    """As the demo office does it: rows in bulk, digests in the entry."""

    title: ClassVar[Message] = msg("Seed")
    seeds: ClassVar[bool] = True

    def carry_out(self, work: Work) -> None:
        work.session.execute(
            insert(Note),
            [
                {
                    "uid": f"{n:032d}",
                    "case_id": 1,
                    "author_id": 2,
                    "institution_code": "POLICE",
                    "addressed": "",
                    "text": f"第{n}条",
                    "recorded_at": work.now,
                }
                for n in range(1, 1201)
            ],
        )
        work.session.flush()
        work.extra["seed"] = replay.seed_digests(work.session)


@pytest.fixture
def seeded(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Rows seeded in bulk, one of them changed later by a command, one added."""
    given.case(office)
    monkeypatch.setitem(roles.RIGHTS, "SeedNotes", frozenset({roles.Role.SYSTEM}))
    office.system.do(SeedNotes())
    with office.database.reading() as session:
        case = session.get(Case, 1)
    assert case is not None
    office.officer.do(
        CorrectCase(case_id=1, version=case.version, fraud_type="loan", summary="更正", reason="录入有误")
    )
    office.officer.do(WriteNote(case_id=1, text="后来的一条"))
    return office


def test_seeded_rows_are_judged_with_later_entries_undone(seeded: Office) -> None:
    assert check(seeded.database).findings == ()


def test_an_altered_seeded_row_is_found_by_its_tables_digest(seeded: Office) -> None:
    changed(seeded, "UPDATE note SET text = '改了' WHERE id = 700")
    assert found(check(seeded.database)) == {("row", "note")}


def test_a_seeded_row_that_is_gone_is_found(seeded: Office) -> None:
    changed(seeded, "DELETE FROM note WHERE id = 1200")
    report = check(seeded.database)
    assert found(report) == {("row", "note")}
    assert "1200 rows" in str(report.findings[0].message)
    assert "1199 found" in str(report.findings[0].message)


def test_a_seeded_row_changed_later_must_be_what_its_entry_says(seeded: Office) -> None:
    changed(seeded, "UPDATE case_file SET summary = '又改' WHERE id = 1")
    assert found(check(seeded.database)) == {("row", "case_file 1 summary")}
