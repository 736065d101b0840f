"""The sound of a film: voice, music and the clips' own sound, mixed, levelled and encoded once.

Speech is placed by frames, exact to the sample. Everything after that is FFmpeg: the voice is levelled, music
goes down under speech, the mix is brought to its loudness. One AAC encode over the whole film, because each
encode changes lengths; a film that keeps its sound keeps the file, by hash.
"""

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rushes.errors import GenerationFailed
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.files import sha256_of
from rushes.platform.media.film.levels import RATE, WAV, Levels, measure
from rushes.platform.media.film.music import write_music
from rushes.platform.media.film.pieces import shown_frames
from rushes.platform.media.film.placing import place_clips, place_voice, samples_at
from rushes.platform.media.film.timeline import ClipSource, OwnSound, Timeline

SOUND_RECIPE = 1
"""Raised whenever the same inputs would give another sound."""
VOICE_BEFORE = -26.0
"""LUFS the voice is brought to before it is compressed: the compressor's threshold is absolute."""
COMPRESS = "highpass=f=70,acompressor=threshold=-28dB:ratio=3:attack=5:release=120"
HEADROOM = 0.5
"""dB the limiter stays below the true peak that is allowed: the AAC encode moves peaks a little."""
TRIES = 4
CLOSE = 0.15
"""LUFS from the target at which no other correction is made."""


@dataclass(frozen=True)
class Stems:
    """The parts of a mix as WAV files, 48 kHz stereo, as long as the film; None for what it does not have."""

    voice: Path | None
    music: Path | None
    own: Path | None

    @property
    def files(self) -> list[Path]:
        """Those there are."""
        return [path for path in (self.voice, self.music, self.own) if path is not None]


@dataclass(frozen=True)
class FilmSound:
    """The encoded sound of a film, and how loud it is when it is decoded."""

    path: Path
    levels: Levels


def sound_hash(timeline: Timeline) -> str:
    """A sha256 over all that decides the sound of a film. Blocking file work."""
    own = [
        (sha256_of(scene.source.path), scene.source.start_seconds, scene.source.fit, scene.source.own_sound)
        if isinstance(scene.source, ClipSource) and scene.source.own_sound is not OwnSound.OFF
        else None
        for scene in timeline.scenes
    ]
    music = timeline.music
    decides = {
        "recipe": SOUND_RECIPE,
        "fps": timeline.fps,
        "frames": [shown_frames(timeline.scenes, place) for place in range(len(timeline.scenes))]
        if any(own)
        else timeline.frames,
        "bounds": timeline.bounds if any(own) else (),
        "voice": [(sha256_of(piece.path), piece.start) for piece in timeline.voice],
        "own": own if any(own) else (),
        "music": music and {**asdict(music), "path": sha256_of(music.path) if music.path else None},
        "loudness": asdict(timeline.loudness),
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


async def write_stems(timeline: Timeline, folder: Path) -> Stems:
    """Write voice, music and the clips' own sound, as they lie in the mix, below `folder`."""
    samples = samples_at(timeline.frames, timeline.fps)
    voice: Path | None = None
    raw = await place_voice(timeline, folder, folder / "voice-raw.wav")
    if raw is not None:
        voice = folder / "voice.wav"
        await _level_voice(raw, timeline, voice)
    own = await place_clips(timeline, folder, folder / "own.wav")
    music: Path | None = None
    if timeline.music is not None:
        music = folder / "music.wav"
        await write_music(
            timeline.music,
            seconds=timeline.seconds,
            samples=samples,
            lufs=timeline.loudness.lufs,
            voice=voice,
            into=music,
        )
    return Stems(voice, music, own)


async def mix(stems: Stems, timeline: Timeline, into: Path) -> FilmSound:
    """Mix stems to the film's loudness and encode them. Raises `GenerationFailed`.

    A film without any sound gets silence, so that every film has the same two tracks.
    """
    samples = samples_at(timeline.frames, timeline.fps)
    folder = into.parent
    mixed = folder / "mixed.wav"
    end = f"apad=whole_len={samples},atrim=end_sample={samples}"
    if stems.files:
        inputs = [part for path in stems.files for part in ("-i", str(path))]
        names = "".join(f"[{number}:a]" for number in range(len(stems.files)))
        graph = f"{names}amix=inputs={len(stems.files)}:normalize=0,{end}"
    else:
        inputs = ["-f", "lavfi", "-i", f"anullsrc=r={RATE}:cl=stereo"]
        graph = f"[0:a]atrim=end_sample={samples}"
    await run_ffmpeg([*inputs, "-filter_complex", graph, *WAV], into=mixed)
    before = await measure(mixed, folder)
    if before.lufs is None:
        await _encode(mixed, "anull", into)
        return FilmSound(into, before)
    return await _bring_to_level(mixed, before.lufs, timeline, into)


async def _bring_to_level(mixed: Path, lufs: float, timeline: Timeline, into: Path) -> FilmSound:
    target = timeline.loudness
    gain, ceiling = target.lufs - lufs, target.true_peak - HEADROOM
    for attempt in range(TRIES):
        limit = 10 ** (ceiling / 20)
        await _encode(mixed, _levelled(gain, limit), into)
        levels = await measure(into, into.parent)
        if levels.lufs is None:
            raise GenerationFailed("The sound of the film could not be measured.")
        off, over = target.lufs - levels.lufs, levels.true_peak - target.true_peak
        if (abs(off) <= CLOSE and over <= 0) or attempt == TRIES - 1:
            return FilmSound(into, levels)
        gain += off
        ceiling -= max(0.0, over + 0.1 if over > 0 else 0.0)
    raise AssertionError("the last attempt returns")


def _levelled(gain: float, limit: float) -> str:
    """Gain, and a limiter at four times the rate: peaks between samples count too."""
    return (
        f"volume={gain:.3f}dB,aresample=192000,alimiter=limit={limit:.5f}:level=false:attack=2:release=60,"
        f"aresample={RATE}"
    )


async def _encode(mixed: Path, chain: str, into: Path) -> None:
    encode = ["-c:a", "aac", "-b:a", "192k", "-ar", str(RATE), "-ac", "2"]
    plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "mp4"]
    await run_ffmpeg(["-i", str(mixed), "-af", chain, *encode, *plain], into=into)


async def _level_voice(raw: Path, timeline: Timeline, into: Path) -> None:
    """Compress the voice and bring it to the film's loudness."""
    folder = into.parent
    found = await measure(raw, folder)
    gain = VOICE_BEFORE - found.lufs if found.lufs is not None else 0.0
    compressed = folder / "compressed.wav"
    chain = f"volume={gain:.3f}dB,{COMPRESS},aformat=channel_layouts=stereo"
    await run_ffmpeg(["-i", str(raw), "-af", chain, *WAV], into=compressed)
    await asyncio.to_thread(raw.unlink)
    found = await measure(compressed, folder)
    gain = timeline.loudness.lufs - found.lufs if found.lufs is not None else 0.0
    await run_ffmpeg(["-i", str(compressed), "-af", f"volume={gain:.3f}dB", *WAV], into=into)
    await asyncio.to_thread(compressed.unlink)
