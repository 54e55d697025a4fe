"""Names of files that come from outside: none leaves its folder, hides its ending or stops a file system."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison_desk.core.filenames import clean_file_name, numbered


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("流水.pdf", "流水.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\Windows\\System32\\evil.dll", "evil.dll"),
        ("C:\\Users\\a\\b.txt", "b.txt"),
        ("a:b.txt", "a_b.txt"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        (".bashrc", "bashrc"),
        ("report.pdf. . ", "report.pdf"),
        ("图片\u202egpj.exe", "图片gpj.exe"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("买买提·吐尔逊 <b>&.png", "买买提·吐尔逊 _b_&.png"),
        ("𠮷㼆.jpg", "𠮷㼆.jpg"),
        ("　全角　空格.doc", "全角 空格.doc"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_what_is_kept_of_a_name(given_name: str, kept: str) -> None:
    assert clean_file_name(given_name) == kept


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_no_name_leaves_its_folder(text: str) -> None:
    name = clean_file_name(text)
    folder = Path("/tmp/folder")
    assert (folder / name).parent == folder
    assert name not in ("", ".", "..")
    assert not set(name) & set('/\\\x00<>:"|?*')
    assert len(name) <= 120
    assert len(name.encode()) <= 240
    assert clean_file_name(name) == name


def test_a_second_file_of_a_name_gets_a_number() -> None:
    assert [numbered("流水.pdf", n) for n in (1, 2, 3)] == ["流水.pdf", "流水 (2).pdf", "流水 (3).pdf"]
    assert numbered("无后缀", 2) == "无后缀 (2)"
