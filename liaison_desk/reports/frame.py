"""The page around every paper: head line, foot with chain and codes, number, page x of y, watermark, QR.

Pages are held back until the last is known, so that each can say how many there are; several papers in one
file (slips of one institution) count their pages each for themselves.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
)

from liaison_desk.core.papers import Copy, Imprint, Rendered, canonical, check_code, head_code
from liaison_desk.core.words import Message, Say, msg
from liaison_desk.reports import fonts, lines, style

COPY_WORDS: dict[Copy, Message] = {Copy.ORIGINAL: msg("Original"), Copy.REPRINT: msg("Reprint")}


@dataclass(frozen=True)
class Paper:
    """One paper of a file: its page furniture, drawable, and what stands on it."""

    number: str
    """The file's title; may say that there is none."""
    head: str
    """The number as the head line says it."""
    keeping: str
    chain: str
    """First line of the foot; empty where no entries are covered."""
    printed: str
    watermark: str
    code: str
    """What the QR says, ASCII as far as it goes."""
    story: Sequence[Flowable]


def paper(
    imprint: Imprint,
    summary: object,
    story: Sequence[Flowable],
    say: Say,
    setter: fonts.Typesetter,
    *,
    number: str = "",
    watermark: str = "",
    copy: Message | None = None,
) -> Paper:
    """The furniture of one paper; the check code is taken over the summary's canonical text.

    ``number``, ``watermark`` and ``copy`` stand in where the imprint has none (a running shift).
    """
    check = check_code(canonical(summary))
    chain = head = ""
    if imprint.chain_to is not None:
        head = head_code(imprint.chain_head) if imprint.chain_head else "—"
        first = imprint.chain_to if imprint.chain_from is None else imprint.chain_from
        chain = say(
            "Entries #{first}–#{last} · head {head}",
            first=f"{first:,}",
            last=f"{imprint.chain_to:,}",
            head=head,
        )
    printed = say(
        "Printed {at} · {copy} · check code {check}",
        at=moment(imprint.printed_at, imprint),
        copy=copy or COPY_WORDS[imprint.copy],
        check=check,
    )
    bare = imprint.number.replace("〔", "-").replace("〕", "-").replace(" ", "")
    span = "" if imprint.chain_to is None else f"{imprint.chain_from or imprint.chain_to}-{imprint.chain_to}"
    mark = say("DRILL") if imprint.drill else imprint.addressee or watermark
    return Paper(
        number=setter.drawn(imprint.number or number),
        head=setter.drawn(say("No. {number}", number=imprint.number) if imprint.number else number),
        keeping=setter.drawn(imprint.keeping or say("Internal · keep safe")),
        chain=chain,
        printed=printed,
        watermark=setter.drawn(mark),
        code="|".join(part for part in ("LD1", bare, check, span, head) if part),
        story=story,
    )


def moment(at: datetime, imprint: Imprint) -> str:
    """A point in time in the paper's zone, to the second: ``2026-11-22 20:12:33``."""
    return at.astimezone(imprint.zone).strftime("%Y-%m-%d %H:%M:%S")


def minute(at: datetime, imprint: Imprint) -> str:
    """A point in time in the paper's zone within a table of a few days: ``11-22 20:12``."""
    return at.astimezone(imprint.zone).strftime("%m-%d %H:%M")


def heading(title: str, subtitle: str) -> list[Flowable]:
    """Title, subtitle and the red rule; both texts drawable."""
    return [
        lines.Lines(title, style.TITLE, bold=True, align="center", after=1),
        lines.Lines(subtitle, style.SUBTITLE, color=style.QUIET, align="center"),
        HRFlowable(width="100%", thickness=style.RULE, color=style.RED, spaceBefore=4, spaceAfter=5),
    ]


@dataclass
class Sections:
    """Headings of one paper, counted 一、二、三 or 1. 2. 3. as they come."""

    say: Say
    count: int = 0

    def __call__(self, title: Message) -> list[Flowable]:
        """The next heading; room for some lines under it is kept on the same page."""
        self.count += 1
        number = "一二三四五六七八九十"[self.count - 1] if self.say.chinese else str(self.count)
        text = self.say("{number}. {title}", number=number, title=title)
        return [CondPageBreak(70), lines.Lines(text, style.HEADING, bold=True, before=5.5, after=2)]


def bind(papers: Sequence[Paper], say: Say, setter: fonts.Typesetter) -> Rendered:
    """The papers as one PDF, each beginning on a page of its own; the same papers give the same bytes."""
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=(style.PAGE_WIDTH, style.PAGE_HEIGHT),
        leftMargin=style.LEFT,
        rightMargin=style.RIGHT,
        topMargin=style.TOP,
        bottomMargin=style.BOTTOM,
        # A file's properties are seen by everybody who gets it: the number, and no person's name.
        title=", ".join(one.number for one in papers),
        author="",
        subject="",
        creator="Liaison Desk",
        invariant=1,
        allowSplitting=1,
    )
    story: list[Flowable] = []
    for n, one in enumerate(papers):
        document.addPageTemplates(_template(str(n), one))
        if n:
            story += [NextPageTemplate(str(n)), PageBreak()]
        story += one.story
    document.build(story, canvasmaker=_canvas(say))
    return Rendered(out.getvalue(), tuple(setter.missing))


class _HeldCanvas(Canvas):
    """Keeps every page until the document ends, then draws head and foot with the number of pages."""

    say: Say
    paper: Paper

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Without this every page would name Helvetica, which no paper embeds.
        super().__init__(*args, **{**kwargs, "initialFontName": fonts.REGULAR})
        self._held: list[tuple[Paper, dict[str, object]]] = []

    def showPage(self) -> None:
        self._held.append((self.paper, dict(self.__dict__)))
        self._startPage()  # type: ignore[attr-defined]  # the way reportlab's own manual holds pages back

    def save(self) -> None:
        held = self._held
        pages = Counter(id(paper) for paper, _ in held)
        done: Counter[int] = Counter()
        for paper, state in held:
            done[id(paper)] += 1
            self.__dict__.update(state)
            _furniture(self, paper, self.say, done[id(paper)], pages[id(paper)])
            super().showPage()
        super().save()


def _canvas(say: Say) -> type[_HeldCanvas]:
    return type("_SayingCanvas", (_HeldCanvas,), {"say": say})


def _template(name: str, paper: Paper) -> PageTemplate:
    def begin(canvas: Canvas, document: BaseDocTemplate) -> None:
        assert isinstance(canvas, _HeldCanvas)
        canvas.paper = paper

    frame = Frame(
        style.LEFT,
        style.BOTTOM,
        style.WIDTH,
        style.HEIGHT,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    return PageTemplate(id=name, frames=[frame], onPage=begin)


def _watermark(canvas: Canvas, text: str) -> None:
    """Over everything, so that no tinted cell hides a part of the name."""
    if not text:
        return
    size = min(44.0, 0.55 * style.WIDTH / max(fonts.width(text, 1, bold=True), 1))
    canvas.saveState()
    for across, up in ((0.34, 0.74), (0.66, 0.54), (0.34, 0.34)):
        canvas.saveState()
        canvas.translate(style.PAGE_WIDTH * across, style.PAGE_HEIGHT * up)
        canvas.rotate(30)
        lines.draw_line(canvas, 0, 0, text, size, color=style.WATERMARK, bold=True, align="center")
        canvas.restoreState()
    canvas.restoreState()


def _furniture(canvas: Canvas, paper: Paper, say: Say, page: int, pages: int) -> None:
    _watermark(canvas, paper.watermark)
    right = style.PAGE_WIDTH - style.RIGHT
    top = style.PAGE_HEIGHT - style.TOP + 12
    lines.draw_line(canvas, style.LEFT, top, paper.keeping, style.SMALL, color=style.QUIET)
    lines.draw_line(canvas, right, top, paper.head, style.SMALL, color=style.QUIET, align="right")
    rule = style.BOTTOM - 6
    canvas.setStrokeColor(style.LINE)
    canvas.setLineWidth(style.HAIR)
    canvas.line(style.LEFT, rule, right, rule)
    side = rule - 16
    _qr(canvas, paper.code, right - side, rule - 4 - side, side)
    low = rule - 4 - side + 2
    if paper.chain:
        lines.draw_line(canvas, style.LEFT, low + 13, paper.chain, style.SMALL)
    lines.draw_line(canvas, style.LEFT, low, paper.printed, style.SMALL)
    counted = say("Page {page} of {pages}", page=page, pages=pages)
    lines.draw_line(canvas, right - side - 12, low, counted, style.SMALL, align="right")


def _qr(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """The modules of reportlab's widget, drawn once a paper and shown on each of its pages."""
    name = "qr" + hashlib.sha256(text.encode()).hexdigest()[:16]
    count, bars = _bars(text)
    if not canvas.hasForm(name):
        canvas.beginForm(name, 0, 0, count, count)
        path = canvas.beginPath()
        for row, start, length in bars:
            path.rect(start, count - row - 1, length, 1)
        canvas.setFillColor(black)
        canvas.drawPath(path, stroke=0, fill=1)
        canvas.endForm()
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(side / count, side / count)
    canvas.doForm(name)
    canvas.restoreState()


@lru_cache(maxsize=64)
def _bars(text: str) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """Modules a side, and each row's dark stretches as (row, first module, modules)."""
    code = QrCodeWidget(text, barLevel="M").qr  # type: ignore[attr-defined]  # untyped in the stubs
    code.make()
    count = code.getModuleCount()
    bars: list[tuple[int, int, int]] = []
    for row in range(count):
        start = None
        for column in range(count + 1):
            dark = column < count and code.isDark(row, column)
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                bars.append((row, start, column - start))
                start = None
    return count, tuple(bars)
