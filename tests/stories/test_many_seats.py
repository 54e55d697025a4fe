"""Many seats at once: claims are compare-and-set, numbers gap-free, the chain one line; nothing said is lost."""

from __future__ import annotations

import multiprocessing
import random
import select
import subprocess
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sqlalchemy import func
from sqlalchemy import select as sql_select

from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.roles import Role
from liaison_desk.desk.check import check
from liaison_desk.desk.people import AddPerson
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Issued, Leg, Note, Person
from tests import given
from tests.given import Office
from tests.stories.seats import claim_all

SEATS = 8
LEGS = 200


def test_eight_processes_claim_the_same_two_hundred_requests(office: Office) -> None:
    for i in range(SEATS):
        office.admin.do(
            AddPerson(
                login=f"rep{i}",
                name=f"驻点{i}",
                role=Role.REPRESENTATIVE,
                institution="ICBC",
                password="password-2",
            )
        )
    legs = [
        leg for i in range(LEGS // 4) for leg in given.case(office, [("ICBC", 1000 + i)] * 4, n=i).leg_ids
    ]
    assert len(legs) == LEGS
    fresh = Office(office.database, office.clock)
    actors = [fresh.door(f"rep{i}").actor for i in range(SEATS)]
    url = office.database.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(SEATS, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [
            pool.submit(claim_all, url, actor, legs, seed, office.clock.now)
            for seed, actor in enumerate(actors)
        ]
        told = [future.result(timeout=240) for future in waiting]

    with office.database.reading() as session:
        owners = {
            row.id: row.login
            for row in session.execute(
                sql_select(Leg.id, Person.login).join(Person, Person.id == Leg.claimed_by)
            )
        }
        states = Counter(session.scalars(sql_select(Leg.state)))
        claims = session.scalar(
            sql_select(func.count()).select_from(Entry).where(Entry.command == "ClaimRequest")
        )
        numbers = session.execute(
            sql_select(
                Issued.series, func.count(), func.min(Issued.position), func.max(Issued.position)
            ).group_by(Issued.series)
        ).all()
    assert states == {LegState.CLAIMED: LEGS}
    assert claims == LEGS
    for seat, answers in enumerate(told):
        assert sorted(leg for leg, _ in answers) == sorted(legs), "each seat was told once about each leg"
        for leg, what in answers:
            assert (owners[leg] == f"rep{seat}") == (what == "won")
            if what != "won":
                assert f"驻点{owners[leg][3:]}" in what, "the loser is told who won"
    assert sum(what == "won" for answers in told for _, what in answers) == LEGS
    for _, count, first, last in numbers:
        assert (first, last) == (1, count), "numbers without gap"
    assert check(office.database).ok


def test_what_was_acknowledged_survives_a_killed_process(sqlite_office: Office, tmp_path: Path) -> None:
    opened = given.case(sqlite_office)
    actor = sqlite_office.door("zhao").actor
    script = tmp_path / "writer.py"
    script.write_text(
        "from datetime import datetime\n"
        "from liaison_desk.core.roles import Role\n"
        "from liaison_desk.desk.work import Actor\n"
        "from tests.stories.seats import write_without_end\n"
        f"actor = Actor({actor.person_id}, 'zhao', '赵民警', Role.OFFICER, 'POLICE', {actor.stamp})\n"
        f"write_without_end({str(sqlite_office.database.path)!r}, actor, {opened.case_id}, "
        f"datetime.fromisoformat({sqlite_office.clock.now.isoformat()!r}))\n",
        encoding="utf-8",
    )
    said: list[int] = []
    dice = random.Random(7)
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, str(script)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        ) as writer:
            assert writer.stdout is not None
            for _ in range(dice.randint(3, 25)):
                line = writer.stdout.readline()
                said.append(int(line.split()[0]))
            writer.kill()
            while select.select([writer.stdout], [], [], 0)[0]:
                line = writer.stdout.readline()
                if not line.endswith(b"\n"):
                    break
                said.append(int(line.split()[0]))
    with sqlite_office.database.reading() as session:
        there = set(session.scalars(sql_select(Note.id)))
    assert set(said) <= there
    assert len(said) == len(set(said))
    assert check(sqlite_office.database).ok
