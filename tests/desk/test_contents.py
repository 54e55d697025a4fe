"""Files kept by their hash: stored once, given back whole, and a changed chunk is found and named."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import func, select

from liaison_desk.core import roles
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.check import check
from liaison_desk.desk.contents import MEGABYTE, content_bytes, store_content
from liaison_desk.desk.office import ChangeSetting
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.content import CHUNK, Chunk, Content
from tests.desk.rows import row
from tests.given import Office
from tests.tampered import changed

NOISE = random.Random(7).randbytes(2 * CHUNK + 1)
"""Three chunks that no compression makes smaller."""
WORDS = "止付通知书\n".encode() * 60_000
"""Nearly a megabyte that fits into one chunk when compressed."""


@dataclass(frozen=True, kw_only=True)
class KeepFile(Command[int]):
    title: ClassVar[Message] = msg("Keep a file")
    data: bytes
    limited: bool = True

    def carry_out(self, work: Work) -> int:
        return store_content(work, self.data, limited=self.limited).id


@pytest.fixture(autouse=True)
def _may_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    officers = frozenset({roles.Role.OFFICER})
    monkeypatch.setitem(roles.RIGHTS, "KeepFile", officers)
    monkeypatch.setitem(roles.READS, "content_bytes", officers)


def chunks(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Chunk)) or 0


@pytest.mark.parametrize(("data", "packed", "parts"), [(NOISE, False, 3), (WORDS, True, 1)])
def test_what_is_stored_comes_back_whole(data: bytes, packed: bool, parts: int, office: Office) -> None:
    id_ = office.officer.do(KeepFile(data=data))
    content = row(office, Content, id_)
    assert (content.sha256, content.size, content.packed) == (
        hashlib.sha256(data).hexdigest(),
        len(data),
        packed,
    )
    assert chunks(office) == parts
    assert office.officer.read(content_bytes, id_) == data
    assert check(office.database).findings == ()


def test_the_same_bytes_are_stored_once(sqlite_office: Office) -> None:
    first = sqlite_office.officer.do(KeepFile(data=NOISE))
    assert sqlite_office.door("qian").do(KeepFile(data=NOISE)) == first
    assert chunks(sqlite_office) == 3


def test_the_limit_is_the_offices(sqlite_office: Office) -> None:
    sqlite_office.lead.do(ChangeSetting(key="file_megabytes", value=1))
    at_most, one_more = bytes(MEGABYTE), bytes(MEGABYTE + 1)
    sqlite_office.officer.do(KeepFile(data=at_most))
    with pytest.raises(BadInput, match="The file has 2 MB; at most 1 MB are kept"):
        sqlite_office.officer.do(KeepFile(data=one_more))
    sqlite_office.officer.do(KeepFile(data=one_more, limited=False))
    with pytest.raises(BadInput, match="The file is empty"):
        sqlite_office.officer.do(KeepFile(data=b""))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE chunk SET data = :other WHERE position = 1",
        "DELETE FROM chunk WHERE position = 2",
        "UPDATE chunk SET position = 9 WHERE position = 2",
    ],
)
def test_a_changed_chunk_is_named_and_not_given_out(damage: str, office: Office) -> None:
    id_ = office.officer.do(KeepFile(data=NOISE))
    given = {"other": b"x" * CHUNK} if ":other" in damage else {}
    changed(office, damage, **given)
    with pytest.raises(Refused, match="The file is damaged"):
        office.officer.read(content_bytes, id_)
    findings = check(office.database).findings
    assert ("content", f"content {id_}") in {(each.kind, each.where) for each in findings}
    assert any(each.kind == "row" and each.where.startswith("chunk ") for each in findings), (
        "the chain has the digest of each chunk"
    )


def test_a_packed_file_cannot_swell_beyond_its_size(sqlite_office: Office) -> None:
    """Chunks put there by hand that would unpack to gigabytes are refused after the size that was stored."""
    import zlib

    id_ = sqlite_office.officer.do(KeepFile(data=WORDS))
    changed(sqlite_office, "UPDATE chunk SET data = :bomb", bomb=zlib.compress(bytes(50 * MEGABYTE)))
    with pytest.raises(Refused):
        sqlite_office.officer.read(content_bytes, id_)
