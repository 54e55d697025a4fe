"""What kind of file some bytes are, by the bytes themselves: a name says what its sender wanted it to say."""

from __future__ import annotations

from typing import NamedTuple

UNKNOWN = "application/octet-stream"
PROGRAM = "application/x-executable"
"""Anything that a computer would carry out."""
HTML = "text/html"


class _Sign(NamedTuple):
    at: int
    bytes: bytes
    media: str


_SIGNS = (
    _Sign(0, b"%PDF-", "application/pdf"),
    _Sign(0, b"\x89PNG\r\n\x1a\n", "image/png"),
    _Sign(0, b"\xff\xd8\xff", "image/jpeg"),
    _Sign(0, b"GIF87a", "image/gif"),
    _Sign(0, b"GIF89a", "image/gif"),
    _Sign(8, b"WEBP", "image/webp"),
    _Sign(0, b"II*\x00", "image/tiff"),
    _Sign(0, b"MM\x00*", "image/tiff"),
    _Sign(4, b"ftypM4A", "audio/mp4"),
    _Sign(4, b"ftyp", "video/mp4"),
    _Sign(0, b"ID3", "audio/mpeg"),
    _Sign(0, b"\xff\xfb", "audio/mpeg"),
    _Sign(8, b"WAVE", "audio/wav"),
    _Sign(0, b"#!AMR", "audio/amr"),
    _Sign(0, b"OggS", "audio/ogg"),
    _Sign(0, b"MZ", PROGRAM),
    _Sign(0, b"\x7fELF", PROGRAM),
    _Sign(0, b"#!", PROGRAM),
    _Sign(0, b"Rar!\x1a\x07", "application/vnd.rar"),
    _Sign(0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    _Sign(0, b"\x1f\x8b", "application/gzip"),
    _Sign(0, b"{\\rtf", "application/rtf"),
)
_IN_ZIP = {
    b"xl/": "application/x-xlsx",
    b"word/": "application/x-docx",
    b"ppt/": "application/x-pptx",
}
"""By the first name of theirs inside; short words for what is registered under 73 letters."""
_MACROS = b"vbaProject.bin"
_OPENED = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/tiff",
        "image/bmp",
        "audio/mp4",
        "audio/mpeg",
        "audio/wav",
        "audio/amr",
        "audio/ogg",
        "video/mp4",
        "text/plain",
        *_IN_ZIP.values(),
    }
)
_ENDINGS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/tiff": (".tif", ".tiff"),
    "image/bmp": (".bmp",),
    "audio/mp4": (".m4a", ".mp4"),
    "audio/mpeg": (".mp3",),
    "audio/wav": (".wav",),
    "audio/amr": (".amr",),
    "audio/ogg": (".ogg", ".opus"),
    "video/mp4": (".mp4", ".mov", ".m4v"),
    "text/plain": (".txt", ".csv", ".log"),
    "application/x-xlsx": (".xlsx",),
    "application/x-docx": (".docx",),
    "application/x-pptx": (".pptx",),
}


def sniff(data: bytes) -> str:
    """The media type of these bytes, at most 64 letters; UNKNOWN for what has no sign that is known."""
    if data[:4] == b"PK\x03\x04":
        return _zipped(data)
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return "image/bmp"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "application/x-ole-storage"
    for sign in _SIGNS:
        if data[sign.at : sign.at + len(sign.bytes)] == sign.bytes:
            return sign.media
    return _text(data[:4096])


def opens_safely(media: str, name: str) -> bool:
    """Whether a file may be handed to the system to be opened: its bytes are harmless and its name says the same.

    The system opens by the name's ending, so a picture's bytes under ``x.bat`` are only saved, never opened.
    """
    return media in _OPENED and name.lower().endswith(_ENDINGS[media])


def ending_of(media: str) -> str:
    """The usual ending for such a file, with its dot; empty where none is sure."""
    return _ENDINGS.get(media, ("",))[0]


def _zipped(data: bytes) -> str:
    if _MACROS in data:
        return PROGRAM
    places = {data.find(name): media for name, media in _IN_ZIP.items() if name in data}
    return places[min(places)] if places else "application/zip"


def _text(start: bytes) -> str:
    if not start or b"\x00" in start:
        return UNKNOWN
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                text = start[: len(start) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            head = text.lstrip("\ufeff \t\r\n").lower()
            return HTML if head.startswith(("<!doctype html", "<html", "<svg", "<script")) else "text/plain"
    return UNKNOWN
