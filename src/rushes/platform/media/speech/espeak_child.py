"""Speaks by the eSpeak NG library, which is GPL: a program of its own, started for one call.

    python -I -S espeak_child.py LIBRARY DATA        a line of JSON in, a line of JSON out

It imports nothing of Rushes and nothing of anybody else, so that neither becomes part of the other. The
library has global state: what a second call in one process speaks differs from what a fresh one does.
"""

import ctypes
import json
import sys
from array import array
from pathlib import Path

SYNCHRONOUS, UTF8, IPA = 2, 1, 2
WORD, SENTENCE = 1, 2
RATE_PARAMETER = 1
USUAL_WORDS_A_MINUTE = 175
END = 0


class Name(ctypes.Union):
    """What an event is about."""

    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class SpeechEvent(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", Name),
    )


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(SpeechEvent))


class Failure(Exception):
    """The library says no."""


class Library:
    """The library, with a voice chosen."""

    def __init__(self, library: str, data: str, voice: str) -> None:
        self.lib = ctypes.CDLL(library)
        self.lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.rate = int(self.lib.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), 0))
        if self.rate <= 0:
            raise Failure("eSpeak NG does not find its data")
        if self.lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise Failure(f"eSpeak NG has no voice {voice!r}")

    def speak(self, text: str, speed: float, into: str) -> "dict[str, object]":
        """Write raw samples; return their rate and number, and the words: text position, seconds."""
        samples = bytearray()
        words: list[tuple[int, int, float]] = []

        def heard(wave: "int | None", count: int, events: "ctypes._Pointer[SpeechEvent]") -> int:  # pyright: ignore[reportPrivateUsage]  # ctypes has no public name for it
            if wave and count > 0:
                samples.extend(ctypes.string_at(wave, count * 2))
            at = 0
            while events[at].type != END:
                event = events[at]
                if event.type in {WORD, SENTENCE}:
                    length = event.length if event.type == WORD else 0
                    words.append((event.text_position - 1, length, event.audio_position / 1000))
                at += 1
            return 0

        callback = CALLBACK(heard)
        self.lib.espeak_SetSynthCallback(callback)
        self.lib.espeak_SetParameter(RATE_PARAMETER, round(USUAL_WORDS_A_MINUTE * speed), 0)
        data = text.encode() + b"\0"
        if self.lib.espeak_Synth(data, len(data), 0, 1, 0, UTF8, None, None) != 0:
            raise Failure("eSpeak NG did not speak")
        self.lib.espeak_Synchronize()
        native = array("h", bytes(samples))
        if sys.byteorder == "big":
            native.byteswap()
        Path(into).write_bytes(native.tobytes())
        return {"rate": self.rate, "words": words}

    def phonemes(self, words: "list[str]") -> "dict[str, object]":
        """Return each word in the International Phonetic Alphabet, each for itself."""
        return {"phonemes": [self._phonemes(word) for word in words]}

    def _phonemes(self, word: str) -> str:
        rest = ctypes.c_char_p(word.encode())
        found: list[str] = []
        while rest.value:
            part = self.lib.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, IPA)
            found.append(part.decode("utf-8", "replace") if part else "")
        return " ".join(found)


def main() -> None:
    """Answer one call."""
    library, data = sys.argv[1:3]
    call = json.loads(sys.stdin.buffer.readline())
    try:
        voice = Library(library, data, call.pop("voice"))
        function = voice.phonemes if call.pop("function") == "phonemes" else voice.speak
        answer = function(**call)
    except (Failure, OSError) as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
