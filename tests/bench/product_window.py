"""The product's window in a process of its own, started as a person starts it and watched from inside.

``python -m tests.bench.product_window --database WHERE [--login NAME] --until sign-in|queue [--linger SECONDS]``
prints one line of JSON when the sign-in is painted, one when the queue is, and after lingering one with the
share of a core that the idle window used. Nothing of the person's own settings is read or written: the caller
gives folders of its own (``own_folders``).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liaison_desk.ui.room import Room
    from liaison_desk.ui.window import MainWindow

LOOK_MS = 4
SETTLE_SECONDS = 3.0
"""So long a window that has just been opened loads its other places; only then it is idle."""


def own_folders(folder: Path) -> dict[str, str]:
    """The environment of a window that has no settings, draws to no screen, and leaves nothing behind."""
    names = (
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
        "HOME",
        "XDG_RUNTIME_DIR",
    )
    folder.chmod(0o700)
    changed = {name: str(folder) for name in names}
    kept = {name: value for name, value in os.environ.items() if name != "LIAISON_DESK_DATABASE"}
    return {**kept, **changed, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.qpa.*=false"}


def say(**values: Any) -> None:
    print(json.dumps(values), flush=True)


def start(database: str, begin: Callable[[MainWindow], None]) -> int:
    """The program's own ``main``; ``begin`` is called when its loop is about to run."""
    from PySide6.QtWidgets import QApplication

    from liaison_desk import app

    run = QApplication.exec

    def run_watched(*_: object) -> int:
        from liaison_desk.ui.window import MainWindow

        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        begin(window)
        return run()

    QApplication.exec = run_watched  # type: ignore[assignment,method-assign]  # the one place to step in
    return app.main(["--database", database, "--lang", "zh_CN"])


def when_painted(widget: Any, ready: Callable[[], bool], then: Callable[[], None]) -> None:
    """Calls ``then`` once, after a paint of the widget at which ``ready`` held."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint and ready():
                watched.removeEventFilter(self)
                QTimer.singleShot(0, then)
            return False

    widget._painted = Painted(widget)
    widget.installEventFilter(widget._painted)


def come_in(window: MainWindow, login: str, then: Callable[[Room], None]) -> None:
    """Signs in with the demo's click as soon as the office is open; ``then`` gets the room."""
    from PySide6.QtCore import QTimer

    timer = QTimer(window)
    state = {"asked": False}

    def look() -> None:
        if window.room is not None:
            timer.stop()
            then(window.room)
        elif not state["asked"] and window.facts is not None and not window.sign_in.waiting:
            state["asked"] = True
            window.sign_in.demo_chosen.emit(login)

    timer.timeout.connect(look)
    timer.start(LOOK_MS)


def leave(window: MainWindow) -> None:
    from PySide6.QtWidgets import QApplication

    window.leaving = True
    window.close()
    QApplication.quit()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--login", default="zhao")
    parser.add_argument("--until", choices=("sign-in", "queue"), default="queue")
    parser.add_argument("--linger", type=float, default=0.0)
    asked = parser.parse_args()

    def begin(window: MainWindow) -> None:
        from PySide6.QtCore import QTimer

        from tests.bench.floor_window import resident_kb

        def idle() -> None:
            began, used = time.monotonic(), time.process_time()

            def over() -> None:
                share = (time.process_time() - used) / (time.monotonic() - began)
                say(idle_share_of_a_core=share, resident_kb=resident_kb())
                leave(window)

            QTimer.singleShot(int(asked.linger * 1000), window, over)

        def queue_painted() -> None:
            say(shown="queue", painted=time.monotonic(), resident_kb=resident_kb())
            if asked.linger:
                QTimer.singleShot(int(SETTLE_SECONDS * 1000), window, idle)
            else:
                leave(window)

        def room_open(room: Room) -> None:
            from liaison_desk.ui.queuepage import QueuePage

            page = room.pages["queue"]
            assert isinstance(page, QueuePage)
            when_painted(page.table.viewport(), lambda: page.table.rows.rowCount() > 0, queue_painted)
            page.table.viewport().update()

        def sign_in_painted() -> None:
            say(shown="sign-in", painted=time.monotonic(), resident_kb=resident_kb())
            if asked.until == "sign-in":
                leave(window)
            else:
                come_in(window, asked.login, room_open)

        when_painted(window.sign_in, lambda: True, sign_in_painted)

    return start(asked.database, begin)


if __name__ == "__main__":
    sys.exit(main())
