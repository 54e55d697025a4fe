"""Cells on their way to Excel and WPS: text between tabs, and a sheet whose cells are declared text."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QMimeData


def sheet_data(lines: Sequence[Sequence[str]]) -> QMimeData:
    """For the clipboard. Excel and WPS take the sheet, and leave card numbers of 19 digits, leading zeros and
    names that look like formulas as they are."""
    plain = [[" ".join(cell.split()) for cell in line] for line in lines]
    data = QMimeData()
    data.setText("\n".join("\t".join(line) for line in plain))
    cells = (
        "<tr>" + "".join(f"<td style='mso-number-format:\"\\@\"'>{html.escape(cell)}</td>" for cell in line)
        for line in plain
    )
    data.setHtml(f"<table>{'</tr>'.join(cells)}</tr></table>")
    return data
