"""Attachments: seen as notes are, given out through the log, voided with a reason, found when altered."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from liaison_desk.core.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from liaison_desk.desk.attachments import (
    AddAttachment,
    VoidAttachment,
    attachment_bytes,
    attachments,
)
from liaison_desk.desk.check import check
from liaison_desk.desk.details import leg_detail
from liaison_desk.desk.office import ChangeInstitution, institutions
from liaison_desk.store.chain import Access, Entry
from liaison_desk.store.content import Attachment, Content
from tests import given
from tests.desk.rows import refused, rows
from tests.given import Office
from tests.tampered import changed

PDF = b"%PDF-1.7 statement"


@pytest.fixture
def shared(sqlite_office: Office) -> Office:
    """A case with a leg each of ICBC and CCB, so that both banks see it."""
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    return sqlite_office


def names(office: Office, login: str) -> list[str]:
    return [row.name for row in office.door(login).read(attachments, 1)]


def test_seen_by_its_authors_institution_the_addressed_and_the_police(shared: Office) -> None:
    shared.icbc.do(AddAttachment(leg_id=1, name="工行流水.pdf", data=PDF))
    shared.ccb.do(AddAttachment(leg_id=2, name="给工行.pdf", data=b"%PDF-2", addressed=("ICBC",)))
    shared.officer.do(AddAttachment(case_id=1, name="笔录.pdf", data=b"%PDF-3"))
    assert names(shared, "liu") == ["给工行.pdf", "工行流水.pdf"]
    assert names(shared, "zhou") == ["给工行.pdf"]
    for login in ("zhao", "qian", "wang", "shen"):
        assert names(shared, login) == ["笔录.pdf", "给工行.pdf", "工行流水.pdf"]
    with pytest.raises(NotFound):
        shared.abc.read(attachments, 1)
    for id_, seen in ((1, False), (2, True), (3, False), (99, False)):
        if seen:
            assert shared.ccb.read(attachment_bytes, id_).data == b"%PDF-2"
        else:
            with pytest.raises(NotFound, match="This attachment"):
                shared.ccb.read(attachment_bytes, id_)


def test_the_request_shows_its_own_the_case_all(shared: Office) -> None:
    shared.icbc.do(AddAttachment(leg_id=1, name="a.pdf", data=PDF))
    shared.officer.do(AddAttachment(case_id=1, name="b.pdf", data=PDF))
    (row,) = shared.officer.read(attachments, leg_id=1)
    assert (row.name, row.media, row.size, row.who, row.institution, row.leg) == (
        "a.pdf",
        "application/pdf",
        18,
        "李工行",
        "ICBC",
        "ZF〔2026〕1",
    )
    assert [row.name for row in shared.officer.read(attachments, 1)] == ["b.pdf", "a.pdf"]
    assert len(rows(shared, Content)) == 1, "the same bytes are kept once"


def test_what_is_given_out_stands_in_the_access_log_first(shared: Office) -> None:
    shared.icbc.do(AddAttachment(leg_id=1, name="a.pdf", data=PDF))
    file = shared.officer.release(attachment_bytes, "attachment", 1)
    assert (file.name, file.data) == ("a.pdf", PDF)
    with shared.database.reading() as session:
        (text,) = session.scalars(select(Access.text).where(Access.way == "attachment")).all()
    assert json.loads(text)["details"] == {"query": "attachment_bytes", "with": {"args": [1]}}


def test_a_name_with_folders_is_kept_plain_even_when_it_was_altered(shared: Office) -> None:
    shared.icbc.do(AddAttachment(leg_id=1, name="..\\..\\Startup\\a.pdf", data=PDF))
    assert names(shared, "zhao") == ["a.pdf"]
    changed(shared, "UPDATE attachment SET name = '../../evil.sh'")
    assert names(shared, "zhao") == ["evil.sh"]
    assert shared.officer.read(attachment_bytes, 1).name == "evil.sh"


def test_an_empty_or_too_large_file_and_an_unknown_addressee_are_refused(shared: Office) -> None:
    refused(shared, shared.icbc, AddAttachment(leg_id=1, name="a.pdf", data=b""), BadInput)
    refused(
        shared, shared.icbc, AddAttachment(leg_id=1, name="a", data=bytes(20 * 1024 * 1024 + 1)), BadInput
    )
    refused(shared, shared.icbc, AddAttachment(leg_id=1, name="a", data=PDF, addressed=("NONE",)), BadInput)
    bank = next(row for row in shared.admin.read(institutions, all_of_them=True) if row.code == "ABC")
    shared.admin.do(
        ChangeInstitution(
            institution_id=bank.id, version=bank.version, name_zh="农行", name_en="ABC", active=False
        )
    )
    refused(shared, shared.icbc, AddAttachment(leg_id=1, name="a", data=PDF, addressed=("ABC",)), BadInput)


def test_voided_by_its_institution_or_the_police_and_then_given_to_no_bank(shared: Office) -> None:
    shared.icbc.do(AddAttachment(leg_id=1, name="a.pdf", data=PDF, addressed=("CCB",)))
    (seen,) = shared.ccb.read(attachments, 1)
    assert not seen.may_void
    refused(shared, shared.ccb, VoidAttachment(attachment_id=1, reason="不是我们的"), NotAllowed)
    refused(shared, shared.icbc, VoidAttachment(attachment_id=1, reason=" "), BadInput)
    shared.door("liu").do(VoidAttachment(attachment_id=1, reason="传错文件", version=1))
    (row,) = shared.icbc.read(attachments, leg_id=1)
    assert (row.voided, row.void_reason, row.may_void) == (True, "传错文件", False)
    with pytest.raises(Refused):
        shared.icbc.read(attachment_bytes, 1)
    assert shared.auditor.read(attachment_bytes, 1).data == PDF
    refused(shared, shared.icbc, VoidAttachment(attachment_id=1, reason="再来", version=1), Conflict)
    refused(shared, shared.officer, VoidAttachment(attachment_id=1, reason="再来"), Refused)


def test_the_timeline_tells_of_it_without_its_name_and_the_entry_without_its_bytes(shared: Office) -> None:
    shared.icbc.do(AddAttachment(leg_id=1, name="机密名单.pdf", data=PDF))
    shared.icbc.do(VoidAttachment(attachment_id=1, reason="传错"))
    said = [str(step.text) for step in shared.officer.read(leg_detail, 1).timeline]
    assert said[-2:] == ["Attachment added", "Attachment voided: 传错"]
    with shared.database.reading() as session:
        entry = session.scalar(select(Entry).where(Entry.command == "AddAttachment"))
    assert entry is not None
    assert json.loads(entry.text)["payload"]["data"].startswith("sha256:")
    assert {"attachment", "chunk", "content"} <= set(entry.kinds.split(","))


def test_check_names_the_attachment_whose_bytes_were_altered(office: Office) -> None:
    given.case(office)
    office.icbc.do(AddAttachment(leg_id=1, name="工行流水.pdf", data=PDF))
    office.icbc.do(AddAttachment(leg_id=1, name="另一份.pdf", data=b"%PDF-other"))
    assert check(office.database).findings == ()
    changed(office, "UPDATE chunk SET data = :other WHERE id = 1", other=b"%PDF-1.7 statemenT")
    findings = {(each.kind, each.where): str(each.message) for each in check(office.database).findings}
    assert set(findings) == {("content", "attachment 1"), ("row", "chunk 1 data")}
    assert "“工行流水.pdf”" in findings["content", "attachment 1"]
    with pytest.raises(Refused):
        office.officer.read(attachment_bytes, 1)
    assert office.officer.read(attachment_bytes, 2).data == b"%PDF-other"
    assert len(rows(office, Attachment)) == 2
