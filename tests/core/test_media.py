"""What kind of file some bytes are, and which may be opened rather than only saved."""

from __future__ import annotations

import io
import zipfile

import pytest

from liaison_desk.core.media import opens_safely, sniff


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"#!AMR\n", "audio/amr"),
        (b"MZ\x90\x00", "application/x-executable"),
        (b"#!/bin/sh\n", "application/x-executable"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "application/x-xlsx"),
        (zipped("[Content_Types].xml", "word/document.xml"), "application/x-docx"),
        (zipped("xl/workbook.xml", "xl/vbaProject.bin"), "application/x-executable"),
        (zipped("a.txt"), "application/zip"),
        ("账号,金额\n".encode("gb18030"), "text/plain"),
        ("受害人陈述".encode(), "text/plain"),
        (b"  <!DOCTYPE html><script>", "text/html"),
        (bytes(20), "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_bytes_tell_what_they_are(data: bytes, media: str) -> None:
    assert sniff(data) == media


def test_text_cut_inside_a_letter_is_still_text() -> None:
    assert sniff(("a" + "公" * 2000).encode()) == "text/plain"


@pytest.mark.parametrize(
    ("media", "name", "safe"),
    [
        ("application/pdf", "流水.PDF", True),
        ("image/jpeg", "证.jpeg", True),
        ("application/pdf", "流水.bat", False),
        ("application/pdf", "流水", False),
        ("text/html", "a.html", False),
        ("application/x-executable", "a.exe", False),
        ("application/octet-stream", "a.pdf", False),
    ],
)
def test_only_harmless_files_under_their_own_ending_are_opened(media: str, name: str, safe: bool) -> None:
    assert opens_safely(media, name) is safe
