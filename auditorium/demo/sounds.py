"""Sounds for the demo, made when it is loaded: nobody's voice and nobody's music, and called so wherever they stand."""

from __future__ import annotations

import io
import math
import shutil
import struct
import subprocess
import wave
from collections.abc import Iterable

RATE = 16_000
_LOUDNESS = 9_000
_PENTATONIC = (0, 2, 4, 7, 9)
_A = 220.0
_ESPEAK = "espeak-ng"
_WORDS_A_MINUTE = "130"
_PATIENCE = 20


def can_speak() -> bool:
    """Whether a program that reads aloud is on this machine; the demo is whole without one."""
    return shutil.which(_ESPEAK) is not None


def spoken(text: str) -> bytes:
    """The text read aloud in 普通话 by a machine, or one tone for each character where there is none that reads."""
    if can_speak():
        try:
            return _read_aloud(text)
        except (OSError, subprocess.SubprocessError):
            pass  # a machine without that voice gets the tones, too
    return melody((_step_of(character), 0.22) for character in text if character.isalnum())


def melody(notes: Iterable[tuple[int, float]]) -> bytes:
    """A WAV of soft tones: each a step of the five-tone scale from A on, and how many seconds it lasts."""
    frames = bytearray()
    for step, seconds in notes:
        octave, degree = divmod(step, len(_PENTATONIC))
        frames += _tone(_A * 2 ** (octave + _PENTATONIC[degree] / 12), seconds)
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(frames))
    return out.getvalue()


def _read_aloud(text: str) -> bytes:
    done = subprocess.run(
        [_ESPEAK, "-v", "cmn", "-s", _WORDS_A_MINUTE, "--stdout", text],
        check=True,
        capture_output=True,
        timeout=_PATIENCE,
    )
    return done.stdout


def _step_of(character: str) -> int:
    return ord(character) % 8


def _tone(pitch: float, seconds: float) -> bytes:
    """With a little of its octave, swelling and dying away, so that it does not click."""
    count = int(RATE * seconds)
    samples = bytearray()
    for index in range(count):
        at = index / RATE
        swell = min(1.0, 12 * index / count, 3 * (count - index) / count)
        wave_ = math.sin(math.tau * pitch * at) + 0.3 * math.sin(2 * math.tau * pitch * at)
        samples += struct.pack("<h", int(_LOUDNESS * swell * wave_))
    return bytes(samples)
