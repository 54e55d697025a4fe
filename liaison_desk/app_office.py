"""What the window's way into an office asks of the place before anybody has signed in.

Whether a file is damaged, and which people of a demo are offered with a click.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison_desk.core.roles import Role
from liaison_desk.ui.signin import DemoPerson

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from liaison_desk.store.database import Database

QUICK_CHECK_BYTES = 64 * 1024 * 1024
"""Files up to this size are looked through for damage at each start; larger ones by backups and check."""
DEMO_ORDER = (
    (Role.OFFICER, ""),
    (Role.REPRESENTATIVE, "bank"),
    (Role.REPRESENTATIVE, "carrier"),
    (Role.LEAD, ""),
    (Role.ADMINISTRATOR, ""),
    (Role.AUDITOR, ""),
)
"""For which roles the demo offers a click, in this order; representatives one of each kind."""


def damaged(database: Database) -> bool:
    """Whether the file is no database or has broken pages (large files: only what is read first)."""
    if not database.sqlite or not database.exists():
        return False
    import sqlite3

    try:
        connection = sqlite3.connect(f"{database.path.as_uri()}?mode=ro", uri=True, timeout=2)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if database.path.stat().st_size <= QUICK_CHECK_BYTES:
                found = connection.execute("PRAGMA quick_check(1)").fetchone()
                return found is not None and found[0] != "ok"
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        # Locked, read-only or gone is another trouble, and is said as such by opening it.
        return "malformed" in str(error)
    except sqlite3.DatabaseError:
        return True
    return False


def demo_people(session: Session) -> tuple[DemoPerson, ...]:
    """One person for each role, representatives of a bank and of a carrier."""
    from sqlalchemy import select

    from liaison_desk.store.models import Institution, Person

    rows = session.execute(
        select(Person, Institution)
        .join(Institution, Institution.code == Person.institution_code)
        .where(Person.active.is_(True), Institution.active.is_(True))
        .order_by(Person.id)
    ).all()
    found = []
    for role, kind in DEMO_ORDER:
        for person, institution in rows:
            if person.role is role and kind in ("", institution.kind.value):
                found.append(DemoPerson(person.login, person.name, role, institution.name_zh))
                break
    return tuple(found)
