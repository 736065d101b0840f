"""Speaks English with hibari's voice and says when each word is heard, in a process of its own.

The model computes how long each phoneme lasts and keeps it to itself. Messages of protobuf merge when their
bytes are joined, so a few bytes after the model name that inner tensor as one more output: exact times, for
nothing. One thread and a fixed seed: the same text always gives the same bytes.
"""

from functools import cache
from pathlib import Path
from typing import Any

from rushes.platform.media.speech import wav
from rushes.platform.media.speech.child import Refusal, needed
from rushes.platform.media.speech.split import Span, chunks
from rushes.platform.media.speech.words import Piece, by_letters

DURATIONS = b"/Cast_32_output_0"
FRAME_SAMPLES = 600
SEED = 12
SILENT_PHONEMES = frozenset(' ;:,.!?—…"()“”')
MOST_PHONEMES = 400
JOIN_SECONDS = 0.04
"""Silence on each side where a sentence had to be cut."""


@cache
def _voice() -> tuple[Any, Any]:
    """Return hibari and a session of its model that also gives the durations."""
    hibari, runtime = needed("hibari"), needed("onnxruntime")
    voice = hibari.Hibari(threads=1)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = Path(voice.model_path).read_bytes() + _field(7, _field(12, _field(1, DURATIONS)))
    try:
        session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise Refusal("missing", f"this release of hibari has another model inside: {error}") from error
    return voice, session


def _field(number: int, body: bytes) -> bytes:
    """Return a length-delimited field of protobuf."""
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def speak(text: str, speed: float, words: list[str], into: str) -> dict[str, Any]:
    """Speak into a WAV file. Returns its seconds, and `words` with their times."""
    sounds: list[wav.Sound] = []
    pieces: list[Piece] = []
    at, cut = 0.0, False
    for span in chunks(text):
        for sound, said in _spoken(text, span, speed):
            start, end = 0.0, sound.seconds
            first, last = sound.heard()
            if cut:
                start = max(0.0, first - JOIN_SECONDS)
            cut = not span.whole
            if cut:
                end = min(end, last + JOIN_SECONDS)
            kept = sound.between(start, end)
            sounds.append(kept)
            pieces += [Piece(each.text, at + each.start - start, at + each.end - start) for each in said]
            at += kept.seconds
    if not pieces:
        raise Refusal("silent", "there is no word in it that this voice can say")
    whole = wav.joined(sounds)
    wav.write_wav(whole, Path(into))
    timed = by_letters(words, pieces)
    return {"seconds": whole.seconds, "words": [(each.text, each.start, each.end) for each in timed]}


def _spoken(text: str, span: Span, speed: float) -> list[tuple[wav.Sound, list[Piece]]]:
    """Speak a sentence, or its halves when it is too long for the model at once."""
    voice, session = _voice()
    tokens = voice.g2p.phonemize_tokens(voice.g2p.tokenize(_normalized(text[span.start : span.end])))
    ids, owners = [0], [-1]
    for index, token in enumerate(tokens):
        for phoneme in (token.phonemes or "") + (" " if token.whitespace else ""):
            if phoneme in voice.vocab:
                ids.append(voice.vocab[phoneme])
                owners.append(-1 if phoneme in SILENT_PHONEMES else index)
    ids.append(0)
    owners.append(-1)
    if len(ids) > MOST_PHONEMES:
        halves = chunks(text[span.start : span.end], most_words=20)
        if len(halves) > 1:
            parts = [Span(span.start + each.start, span.start + each.end, each.whole) for each in halves]
            return [spoken for part in parts for spoken in _spoken(text, part, speed)]
    if not any(owner >= 0 for owner in owners):
        return []
    return [_synthesized(session, ids, owners, [token.text for token in tokens], speed)]


def _synthesized(
    session: Any, ids: list[int], owners: list[int], texts: list[str], speed: float
) -> tuple[wav.Sound, list[Piece]]:
    numpy, dsp = needed("numpy"), needed("hibari.dsp")
    given = {"ids": numpy.asarray([ids], numpy.int64), "speed": numpy.asarray([speed], numpy.float32)}
    *parts, durations = session.run(None, given)
    audio = dsp.synth(*(part[0] for part in parts), numpy.random.default_rng(SEED))
    pcm = (numpy.clip(audio, -1.0, 1.0) * wav.FULL).astype("<i2")
    sound = wav.from_pcm(pcm.tobytes(), dsp.SR)
    spans: dict[int, tuple[float, float]] = {}
    at = 0.0
    for owner, frames in zip(owners, durations.reshape(-1).tolist(), strict=True):
        upto = at + frames * FRAME_SAMPLES / dsp.SR
        if owner >= 0:
            spans[owner] = (spans.get(owner, (at, at))[0], upto)
        at = upto
    return sound, [Piece(texts[index], start, end) for index, (start, end) in spans.items()]


def _normalized(text: str) -> str:
    return needed("hibari.g2p.normalize").normalize(text)
