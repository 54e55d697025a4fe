"""The window (PySide6)."""

from liaison_desk.ui.steady import hold_constants

# Before anything of the window can emit a signal.
hold_constants()
