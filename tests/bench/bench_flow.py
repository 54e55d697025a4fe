"""The fund-flow picture of 2,000 accounts: first paint, frames while panning and zooming, beside bare Qt.

``python -m tests.bench.bench_flow [--accounts N] [--json]``. The floor paints as many plain boxes, lines and words
of the same font with QPainter and nothing else. The targets stand in TARGETS; the exit code is 1 when one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from liaison_desk.core.flow import View
from liaison_desk.core.flow_layout import Layout, lay_out, rows, skeleton
from liaison_desk.core.flow_picture import picture
from liaison_desk.ui import theme
from liaison_desk.ui.flowcanvas import FlowCanvas
from tests.bench.flow_scene import scene

TARGETS = {"first paint (s)": 1.0, "frame (ms)": 1000 / 30}
WIDTH, HEIGHT = 1150, 560


clock = time.process_time
"""Processor seconds, all threads: what other programs do meanwhile counts as little as it can."""


def seconds(work: Callable[[], object]) -> float:
    begin = clock()
    work()
    return clock() - begin


def frames(canvas: FlowCanvas, scale: float, count: int = 40) -> list[float]:
    """Seconds of each frame while the picture is moved and zoomed about, at about that scale."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    canvas.zoom(scale / canvas.scale)
    # Over the middle of the boxes, where most is seen.
    assert canvas.layout_shown is not None
    boxes = sorted(canvas.layout_shown.boxes.values(), key=lambda box: (box.x, box.y))
    canvas._at = QPointF(boxes[len(boxes) // 2].x - 300, boxes[len(boxes) // 2].y - 200)
    taken = []
    for at in range(count):
        canvas.pan(-6 if at % 2 else 9, 11)
        if at % 5 == 4:
            canvas.zoom(1.04 if at % 10 == 4 else 1 / 1.04)
        taken.append(seconds(lambda: canvas.render(image)))
    return taken


def floor_frame(layout: Layout, scale: float) -> float:
    """One frame of as many plain boxes, lines and words as the picture has at that scale within the window."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    seen = QRectF(0, 0, WIDTH / scale, HEIGHT / scale)
    boxes = [
        box for box in layout.boxes.values() if QRectF(box.x, box.y, box.width, box.height).intersects(seen)
    ]

    def paint() -> None:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        for curve in layout.curves[: len(boxes)]:
            painter.drawLine(QPointF(*curve.start), QPointF(*curve.end))
        for box in boxes:
            painter.drawRect(QRectF(box.x, box.y, box.width, box.height))
            for line in range(3):
                painter.drawText(QPointF(box.x + 12, box.y + 16 + 18 * line), "6222 02** **** 1234")
        painter.end()

    paint()
    return statistics.median(seconds(paint) for _ in range(15))


def measure(accounts: int) -> list[dict[str, object]]:
    theme.apply(QApplication.instance() or QApplication([]), theme.LIGHT, 1.0, "zh_CN")  # type: ignore[arg-type]  # the offscreen application is a QApplication
    flow = scene(accounts)
    made: list[dict[str, object]] = []

    def row(what: str, found: float, target: float | None, floor: float | None = None) -> None:
        made.append(
            {
                "what": what,
                "found": round(found, 3),
                "floor": round(floor, 3) if floor is not None else None,
                "target": target,
                "met": target is None or found <= target,
            }
        )

    canvas = FlowCanvas()
    canvas.resize(WIDTH, HEIGHT)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    lay_out(picture(scene(12), View()))
    for name, view in (("as it opens", View()), ("every account", View(most=0))):
        begin = clock()
        drawn = picture(flow, view)
        pictured = clock() - begin
        placed = rows(*skeleton(drawn))
        layout = lay_out(drawn, placed)
        canvas.show_layout(layout, keep=False)
        canvas.render(image)
        first = clock() - begin
        row(f"{name}: {len(drawn.nodes)} boxes, {len(drawn.edges)} lines: picture (s)", pictured, None)
        row(f"{name}: first paint (s)", first, TARGETS["first paint (s)"])
        canvas.whole()
        for scale in (canvas.scale, 0.2, 0.5, 1.0):
            taken = frames(canvas, max(scale, 0.02))
            worst = sorted(taken)[int(len(taken) * 0.95)] * 1000
            row(
                f"{name}: frame at {scale:.2f}, 95 of 100 (ms)",
                worst,
                round(TARGETS["frame (ms)"], 1),
                floor_frame(layout, max(scale, 0.02)) * 1000,
            )
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.accounts)
    if asked.json:
        print(json.dumps(found, indent=1))
    else:
        print(f"{'':66} {'found':>9} {'floor':>9} {'target':>8}")
        for each in found:
            floor = f"{each['floor']:9.3f}" if each["floor"] is not None else f"{'':9}"
            target = f"{each['target']:8.1f}" if each["target"] is not None else f"{'':8}"
            print(
                f"{each['what']:66} {each['found']:9.3f} {floor} {target} {'' if each['met'] else 'MISSED'}"
            )
    return 0 if all(each["met"] for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
