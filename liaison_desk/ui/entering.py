"""What is read when somebody comes in, off the GUI thread, and what is loaded while they type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liaison_desk.core.office import OfficeSettings
    from liaison_desk.desk.office import InstitutionRow
    from liaison_desk.ui.opening import Opening, SignedIn

    Entered = tuple[SignedIn, OfficeSettings, tuple[InstitutionRow, ...]]


def come_in(opening: Opening, login: str, password: str) -> Entered:
    """Sign in and read what every window needs to know of the office; runs off the GUI thread."""
    from liaison_desk.desk.office import institutions, office_settings

    signed = opening.sign_in(login, password)
    return signed, signed.desk.read(office_settings), signed.desk.read(institutions, all_of_them=True)


def load_room() -> None:
    """What a signed-in window needs is loaded before it is wanted."""
    import importlib

    importlib.import_module("liaison_desk.ui.room")
