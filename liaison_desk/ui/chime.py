"""The short sound of new work at the volume somebody chose, by whatever the system plays sounds with.

The system's own bell has no volume, and the window carries no player of its own: a small WAV is handed to the
system's. Where there is none, the bell is rung.
"""

from __future__ import annotations

import io
import math
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QApplication

RATE = 22_050
_TONES = ((880.0, 0.11), (1174.7, 0.20))
"""Hertz and seconds, one after the other."""
_PLAYERS = ("pw-play", "paplay", "aplay", "afplay")


def wav(volume: int) -> bytes:
    """Two short tones that fade, as 16-bit mono; ``volume`` from 0 (silence) to 100."""
    loudest = 32_000 * min(max(volume, 0), 100) // 100
    frames = bytearray()
    for hertz, seconds in _TONES:
        count = int(RATE * seconds)
        for n in range(count):
            fade = min(n / 200, 1.0) * (1 - n / count)
            frames += struct.pack("<h", round(loudest * fade * math.sin(2 * math.pi * hertz * n / RATE)))
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(frames))
    return made.getvalue()


def player() -> str | None:
    """The program that plays it here; None where only the bell is left."""
    return next((found for name in _PLAYERS if (found := shutil.which(name))), None)


def play(volume: int) -> None:
    """Sound it now, without waiting for it; nothing at volume 0."""
    if volume <= 0:
        return
    if sys.platform != "win32" and player() is None:
        QApplication.beep()
        return
    QThreadPool.globalInstance().start(lambda: _sound(volume))


def _sound(volume: int) -> None:
    """Outside the GUI thread: the file is written, played and removed."""
    with tempfile.TemporaryDirectory(prefix="liaison-desk-") as folder:
        path = Path(folder) / "new-work.wav"
        path.write_bytes(wav(volume))
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
            return
        program = player()
        if program is not None:
            try:
                subprocess.run([program, str(path)], check=False, timeout=5, capture_output=True)
            except (OSError, subprocess.TimeoutExpired):
                # A sound that cannot be played is not worth a word: message and badge say the same.
                return
