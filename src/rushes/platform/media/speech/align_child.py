"""Finds when each word of a text is heard in a sound, in a process of its own, by forced alignment.

hama's acoustic model gives the likelihood of every phoneme for each 20 ms; the text's own phonemes come with
the call. The likeliest path that speaks them in order (Viterbi over CTC's states) tells when each begins.
The model loses its way in long sounds, so it hears at most 14 seconds at once, cut where it is quietest, and
one path goes through all of it.
"""

from functools import cache
from pathlib import Path
from typing import Any

from rushes.platform.media.speech import wav
from rushes.platform.media.speech.child import needed

RATE = 16_000
FRAME = 320
"""Samples of one step of the model: 20 ms."""
WINDOW_FRAMES = 700
QUIET_FRAMES = 10
"""The quietest fifth of a second is where a window ends."""
MOST_STATES = 250_000_000
"""Frames times states of one path, a byte each."""
LEAST_LIKELIHOOD = -7.0
"""Of a phoneme at its place, as a logarithm. Right texts have -2 to -6, wrong ones -8 and less."""
AFTER_SECONDS = 0.1
"""A phoneme's peak is its beginning; a word is heard for at most so long after that of its last one."""
SPELLED = (("ɡ", "g"), ("tʃ", "t͡ʃ"), ("dʒ", "d͡ʒ"), ("ˈ", ""), ("ˌ", ""), (" ", ""))
"""How eSpeak NG writes what the model writes otherwise."""


@cache
def _model() -> tuple[Any, dict[str, int], int]:
    """Return the model, its phonemes by how they are written, the longest first, and the blank."""
    model = needed("hama").ASRModel()
    marks = {"<", "ː", "ʰ", "̃", "ʲ", "ʷ", "͡"}
    known = {name: index for index, name in enumerate(model.decoder_tokens) if name[0] not in marks}
    by_length = sorted(known, key=len, reverse=True)
    return model, {name: known[name] for name in by_length if name.strip()}, model.blank_id


def align(sound: str, phonemes: list[str]) -> dict[str, Any]:
    """Return `spans`: start and end of each word (seconds; None where it has no phoneme), or none at all.

    `phonemes` has each word in the International Phonetic Alphabet. Without `spans` the text is not what is
    heard, or is too long.
    """
    numpy = needed("numpy")
    _, known, blank = _model()
    labels: list[int] = []
    owners: list[int] = []
    for index, word in enumerate(phonemes):
        found = _labels(word, known)
        labels += found
        owners += [index] * len(found)
    heard = wav.read_wav(Path(sound))
    if not labels or heard.seconds * RATE / FRAME * 2 * len(labels) > MOST_STATES:
        return {"spans": None}
    likely = _likelihoods(heard)
    if len(likely) < len(labels):
        return {"spans": None}
    frames = _path(likely, numpy.asarray(labels), blank)
    if float(numpy.mean(likely[frames, labels])) < LEAST_LIKELIHOOD:
        return {"spans": None}
    spans: list[tuple[float, float] | None] = [None] * len(phonemes)
    step = FRAME / RATE
    for owner, frame in zip(owners, frames.tolist(), strict=True):
        known_span = spans[owner]
        begin = frame * step if known_span is None else known_span[0]
        spans[owner] = begin, (frame + 1) * step + AFTER_SECONDS
    return {"spans": spans}


def _labels(ipa: str, known: dict[str, int]) -> list[int]:
    for written, meant in SPELLED:
        ipa = ipa.replace(written, meant)
    found: list[int] = []
    at = 0
    while at < len(ipa):
        name = next((each for each in known if ipa.startswith(each, at)), None)
        if name is not None:
            found.append(known[name])
        at += len(name) if name else 1
    return found


def _likelihoods(sound: wav.Sound) -> Any:
    """Return the logarithm of each phoneme's likelihood: frames by phonemes."""
    numpy = needed("numpy")
    model, _, _ = _model()
    given = numpy.asarray(sound.samples, numpy.float32) / (wav.FULL + 1)
    count = int(len(given) * RATE / sound.rate)
    samples = numpy.interp(numpy.arange(count) * sound.rate / RATE, numpy.arange(len(given)), given)
    samples = samples.astype(numpy.float32)
    frames = count // FRAME
    loudness = (samples[: frames * FRAME].reshape(frames, FRAME) ** 2).mean(axis=1)
    smooth = numpy.convolve(loudness, numpy.ones(QUIET_FRAMES), "same")
    parts: list[Any] = []
    at = 0
    while at < frames:
        end = min(frames, at + WINDOW_FRAMES)
        if end < frames:
            middle = at + WINDOW_FRAMES // 2
            end = middle + int(smooth[middle:end].argmin())
        window = samples[at * FRAME : end * FRAME].reshape(1, -1)
        feed = {"waveform": window, "waveform_lengths": numpy.asarray([window.shape[1]])}
        likely, lengths = model.session.run(["log_probs", "out_lengths"], feed)
        part = likely[0][: int(lengths[0])][: end - at]
        missing = end - at - len(part)
        parts.append(numpy.concatenate([part, numpy.repeat(part[-1:], missing, axis=0)]) if missing else part)
        at = end
    return numpy.concatenate(parts) if parts else numpy.zeros((0, 1), numpy.float32)


def _path(likely: Any, labels: Any, blank: int) -> Any:
    """Return the frame in which each label begins on the likeliest path."""
    numpy = needed("numpy")
    states = 2 * len(labels) + 1
    symbols = numpy.full(states, blank)
    symbols[1::2] = labels
    skips = numpy.zeros(states, bool)
    skips[2:] = (symbols[2:] != blank) & (symbols[2:] != symbols[:-2])
    never = numpy.float32(-1e30)
    best = numpy.full(states, never, numpy.float32)
    best[:2] = likely[0, symbols[:2]]
    came = numpy.zeros((len(likely), states), numpy.uint8)
    ways = numpy.full((3, states), never, numpy.float32)
    every = numpy.arange(states)
    for frame in range(1, len(likely)):
        ways[0] = best
        ways[1, 1:] = best[:-1]
        ways[2, 2:] = numpy.where(skips[2:], best[:-2], never)
        chosen = ways.argmax(axis=0)
        came[frame] = chosen
        best = ways[chosen, every] + likely[frame, symbols]
    state = states - 1 if best[-1] > best[-2] else states - 2
    begins = numpy.zeros(len(labels), int)
    for frame in range(len(likely) - 1, -1, -1):
        if state % 2:
            begins[state // 2] = frame
        state -= int(came[frame, state])
    return begins
