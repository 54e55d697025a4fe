"""The queue, search and one command beside the raw driver: the same rows by the same engine, in turn in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from liaison_desk.core.lifecycle import LegState
from liaison_desk.desk.demo import PASSWORD
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.details import leg_detail
from liaison_desk.desk.lists import QueuePage, QueueView, queue, queue_counts
from liaison_desk.desk.requests import ClaimRequest, ReleaseClaim
from liaison_desk.store.database import Database
from tests.bench import floor_queries as raw
from tests.bench.floor_window import SEEN, PlainModel, show_plainly
from tests.bench.lines import Line, beside, in_turn

OFFICER, REPRESENTATIVE = "zhao", "icbc1"
MOST = 2.0
WORST_KEY_MS = 50.0
SMALL_TO_LARGE = 1.3
COMMAND_MOST, COMMAND_ABOVE = 8.0, 3.0
COLUMNS = 12
CLOCKS = {"sqlite": time.process_time, "postgres": time.perf_counter}
"""SQLite works in this very process: its lists cost processor time alone. A command waits for the disk."""

TYPED = (
    ("number prefix", "622848"),
    ("last four", "0731"),
    ("name", "王小红"),
    ("initials", "wxh"),
    ("request number", "zf202612"),
)
"""What is typed letter by letter."""


class Window:
    """The rows in the window's own model, with the texts in sight asked for; needs a QApplication."""

    def __init__(self, desk: Desk) -> None:
        from liaison_desk.desk.office import institutions, office_settings
        from liaison_desk.ui.background import SynchronousBackground
        from liaison_desk.ui.context import Context
        from liaison_desk.ui.queuecolumns import queue_columns
        from liaison_desk.ui.rows import RowsModel

        rows = desk.read(institutions, all_of_them=True)
        names = {row.code: row for row in rows}
        context = Context(desk, SynchronousBackground(), desk.read(office_settings), names)
        self.columns = queue_columns(context)
        self.make = lambda: RowsModel(self.columns, key=lambda row: row.key)

    def show(self, page: QueuePage) -> None:
        model = self.make()
        model.replace(page.rows)
        for row in range(min(SEEN, model.rowCount())):
            for column in range(COLUMNS):
                model.data(model.index(row, column))


def lines(engine: str, requests: int, address: str, times: int) -> Iterator[Line]:
    """Every measurement in one office."""
    from PySide6.QtWidgets import QApplication

    from liaison_desk.ui import theme

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, theme.LIGHT, 1.0, "zh_CN")
    database = Database(address)
    desk = Desk(database).sign_in(OFFICER, PASSWORD)
    driver = raw.Raw(address)
    try:
        yield from _pages(engine, requests, desk, driver, times)
        yield from _search(engine, requests, desk, driver, max(1, times // 5))
        yield from _command(engine, requests, Desk(database).sign_in(REPRESENTATIVE, PASSWORD), driver, times)
    finally:
        driver.close()
        database.close()


def _pages(engine: str, requests: int, desk: Desk, driver: raw.Raw, times: int) -> Iterator[Line]:
    window, plain, clock = Window(desk), PlainModel(), CLOCKS[engine]
    parts = raw.shares(driver)
    usual = desk.read(queue, QueueView())
    _, after = raw.queue_page(driver, parts, raw.now_micros())
    queued = frozenset({LegState.QUEUED})
    newest = QueueView(history=True, order="recorded", descending=True)

    def page(view: QueueView, **more: Any) -> Callable[[], None]:
        return lambda: window.show(desk.read(queue, view, **more))

    def rows(ask: Callable[[], list[Any]]) -> Callable[[], None]:
        return lambda: show_plainly(plain, ask())

    asked: list[tuple[str, Callable[[], None], Callable[[], None]]] = [
        (
            "queue, usual order",
            page(QueueView()),
            rows(lambda: raw.queue_page(driver, parts, raw.now_micros())[0]),
        ),
        (
            "queue, by account",
            page(QueueView(order="target")),
            rows(lambda: raw.sorted_page(driver, "account.number", descending=False)),
        ),
        (
            "queue, queued by amount",
            page(QueueView(states=queued, order="amount", descending=True)),
            rows(lambda: raw.sorted_page(driver, "leg.asked", descending=True, state="queued")),
        ),
        ("history, newest first", page(newest), rows(lambda: raw.history_page(driver))),
    ]
    if usual.cursor is not None and after is not None:
        asked.insert(
            1,
            (
                "queue, next page",
                page(QueueView(), cursor=usual.cursor),
                rows(lambda: raw.queue_page(driver, parts, raw.now_micros(), after)[0]),
            ),
        )
    for what, product, floor in asked:
        yield beside(what, engine, requests, in_turn(product, floor, times, clock), MOST)
    counted = in_turn(
        lambda: desk.read(queue_counts), lambda: raw.counts(driver, raw.now_micros()), times, clock
    )
    yield beside("counts of the chips", engine, requests, counted, MOST)
    leg = next(row.id for row in usual.rows if row.item == "leg")
    detail = in_turn(lambda: desk.read(leg_detail, leg), lambda: None, times, clock)[0]
    yield Line("details of a request", engine, requests, round(detail, 2))


def _search(engine: str, requests: int, desk: Desk, driver: raw.Raw, times: int) -> Iterator[Line]:
    """Each key stroke of each word, as the search field asks: everything there ever was, the newest first."""
    worst, worst_words, clock = 0.0, "", CLOCKS[engine]
    for what, words in TYPED:
        whole: tuple[float, float] = (0.0, 0.0)
        for length in range(1, len(words) + 1):
            typed = words[:length]
            view = QueueView(words=typed, history=True, order="recorded", descending=True)
            whole = in_turn(
                partial(desk.read, queue, view), partial(raw.search_page, driver, typed), times, clock
            )
            if whole[0] > worst:
                worst, worst_words = whole[0], typed
        yield beside(f"search: {what}", engine, requests, whole, MOST)
    yield Line(
        f"search: worst key stroke (“{worst_words}”)",
        engine,
        requests,
        round(worst, 2),
        target=f"≤ {WORST_KEY_MS:g} ms",
        met=worst <= WORST_KEY_MS,
    )


def _command(engine: str, requests: int, desk: Desk, driver: raw.Raw, times: int) -> Iterator[Line]:
    """Claims and releases of one request in turn; each leaves its entry, nothing else is changed for good."""
    view = QueueView(institution=desk.actor.institution, states=frozenset({LegState.QUEUED}))
    leg = next(row.id for row in desk.read(queue, view).rows if row.item == "leg")
    claimed = False

    def command() -> None:
        nonlocal claimed
        desk.do(ReleaseClaim(leg_id=leg) if claimed else ClaimRequest(leg_id=leg))
        claimed = not claimed

    taken = in_turn(command, lambda: raw.one_update(driver, leg), times * 2)
    if claimed:
        command()
    yield beside("one command (claim, release)", engine, requests, taken, COMMAND_MOST, COMMAND_ABOVE)


def across_sizes(found: list[Line]) -> Iterator[Line]:
    """The largest office against the smallest, for what must not grow with it."""
    for engine in sorted({line.engine for line in found}):
        mine = [
            line for line in found if line.engine == engine and line.what.startswith(("queue", "history"))
        ]
        sizes = sorted({line.requests for line in mine})
        if len(sizes) < 2:
            continue
        for what in dict.fromkeys(line.what for line in mine):
            by_size = {line.requests: line.product for line in mine if line.what == what}
            if sizes[0] in by_size and sizes[-1] in by_size:
                ratio = by_size[sizes[-1]] / by_size[sizes[0]]
                yield Line(
                    f"{what}: largest against smallest",
                    engine,
                    sizes[-1],
                    by_size[sizes[-1]],
                    by_size[sizes[0]],
                    f"≤ {SMALL_TO_LARGE}×",
                    ratio <= SMALL_TO_LARGE,
                )
