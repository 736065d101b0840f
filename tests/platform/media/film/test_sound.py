"""How loud a film is, where its sounds lie, and how music makes room for speech."""

from dataclasses import replace
from itertools import pairwise
from math import log10
from pathlib import Path

import pytest
from tests.platform.media.film.making import (
    FPS,
    clicks,
    counting_clip,
    onsets,
    plain,
    sound_of,
    speech,
    still,
    timeline,
    voice,
    write_wav,
)

from rushes.errors import Damaged
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.levels import measure
from rushes.platform.media.film.render import render
from rushes.platform.media.film.sound import mix, sound_hash, write_stems
from rushes.platform.media.film.timeline import (
    ClipSource,
    Loudness,
    MusicTrack,
    OwnSound,
    Scene,
    Timeline,
    VoicePiece,
)
from rushes.platform.media.moves import CameraMove


def silent(folder: Path, seconds: float = 8) -> Timeline:
    image = plain(folder / "a.png", "grey")
    return timeline([Scene("a", round(seconds * FPS), still(image, CameraMove.STATIC))], width=48, height=48)


async def tone(into: Path, seconds: float, hertz: int = 300) -> Path:
    args = ["-f", "lavfi", "-i", f"sine=f={hertz}:d={seconds}", "-ac", "2", "-f", "wav"]
    await run_ffmpeg(args, into=into)
    return into


async def decibels(path: Path, start: float, end: float, folder: Path) -> float:
    """The loudness of a part of a sound."""
    part = folder / "part.wav"
    args = ["-i", str(path), "-af", f"atrim={start}:{end},volumedetect,asetpts=PTS-STARTPTS", "-f", "wav"]
    await run_ffmpeg(args, into=part)
    found = sound_of(part)
    return 20 * log10(max(1.0, (sum(v * v for v in found) / len(found)) ** 0.5))


@pytest.mark.parametrize(
    ("level", "target"),
    [(0.05, Loudness()), (0.9, Loudness()), (0.2, Loudness(-16.0, -2.0)), (0.2, Loudness(-23.0, -1.0))],
)
async def test_a_film_is_as_loud_as_asked_and_never_peaks_over(
    level: float, target: Loudness, tmp_path: Path
):
    spoken = await speech(tmp_path / "voice.wav", 7, level=level)
    film = replace(
        silent(tmp_path), voice=(VoicePiece(spoken, 10),), music=MusicTrack(seed=2), loudness=target
    )
    made = await render(film, tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    levels = await measure(made.path, tmp_path)
    assert levels.lufs == pytest.approx(target.lufs, abs=0.5)
    assert levels.true_peak <= target.true_peak
    assert made.lufs == pytest.approx(levels.lufs, abs=0.05)
    assert made.true_peak == pytest.approx(levels.true_peak, abs=0.05)


async def test_speech_lies_at_its_frame_to_the_sample(tmp_path: Path):
    single = clicks(tmp_path / "one.wav", [0.0], 0.3)
    film = replace(silent(tmp_path), voice=tuple(voice(single, start) for start in (7, 100, 101, 199)))
    made = await write_stems(film, tmp_path)
    assert made.voice is not None
    heard = onsets(sound_of(made.voice), threshold=2000, apart=900)
    # A resampler and the filters after it move a click by less than a millisecond.
    for sample, frame in zip(heard, (7, 100, 101, 199), strict=True):
        assert sample == pytest.approx(frame * 48_000 / FPS, abs=48)


async def test_the_sound_is_as_long_as_the_frames(tmp_path: Path):
    spoken = await speech(tmp_path / "voice.wav", 9)
    film = replace(silent(tmp_path, 5), voice=(VoicePiece(spoken, 60),), music=MusicTrack())
    for stem in (await write_stems(film, tmp_path)).files:
        assert len(sound_of(stem)) == 5 * 48_000


async def test_music_goes_down_under_speech_by_as_much_as_asked(tmp_path: Path):
    spoken = await speech(tmp_path / "voice.wav", 4)
    music = await tone(tmp_path / "music.wav", 9)
    film = replace(silent(tmp_path, 12), voice=(VoicePiece(spoken, 4 * FPS),))
    for duck in (6.0, 12.0):
        folder = tmp_path / str(duck)
        folder.mkdir()
        stems = await write_stems(replace(film, music=MusicTrack(music, duck_db=duck)), folder)
        assert stems.music is not None
        alone = await decibels(stems.music, 1, 3, folder)
        under = await decibels(stems.music, 5.5, 7.5, folder)
        assert alone - under == pytest.approx(duck, abs=2.0)


async def test_music_that_is_too_short_begins_again_without_a_gap_and_fades_out(tmp_path: Path):
    music = await tone(tmp_path / "music.wav", 5)
    film = replace(silent(tmp_path, 20), music=MusicTrack(music))
    stems = await write_stems(film, tmp_path)
    assert stems.music is not None
    parts = [await decibels(stems.music, at, at + 0.5, tmp_path) for at in range(1, 17)]
    assert min(parts) > max(parts) - 4, parts
    assert await decibels(stems.music, 19.7, 20, tmp_path) < max(parts) - 12


async def test_a_jingle_is_looped_a_hundred_times(tmp_path: Path):
    music = await tone(tmp_path / "music.wav", 0.6)
    film = replace(silent(tmp_path, 40), music=MusicTrack(music))
    stems = await write_stems(film, tmp_path)
    assert stems.music is not None
    parts = [await decibels(stems.music, at, at + 0.5, tmp_path) for at in (5, 20, 36)]
    assert max(parts) - min(parts) < 3


@pytest.mark.parametrize(
    ("own", "heard"), [(OwnSound.OFF, None), (OwnSound.DUCK, -20.0), (OwnSound.KEEP, 0.0)]
)
async def test_a_clips_own_sound_is_off_ducked_or_kept(own: OwnSound, heard: float | None, tmp_path: Path):
    clip = await counting_clip(tmp_path / "clip.mp4", frames=90, sound=True)
    mute = await counting_clip(tmp_path / "mute.mp4", frames=30)
    scenes = [
        Scene("a", 30, ClipSource(mute, own_sound=own)),
        Scene("b", 60, ClipSource(clip, own_sound=own)),
    ]
    stems = await write_stems(timeline(scenes), tmp_path)
    if heard is None:
        assert stems.own is None
        return
    assert stems.own is not None
    assert await decibels(stems.own, 0.1, 0.9, tmp_path) < 1
    kept = await decibels(stems.own, 1.2, 2.8, tmp_path)
    assert kept - await decibels(clip, 0.2, 1.8, tmp_path) == pytest.approx(heard, abs=0.5)


async def test_a_film_without_sound_has_a_silent_track(tmp_path: Path):
    made = await render(silent(tmp_path, 2), tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    assert made.lufs is None
    assert max(map(abs, sound_of(made.path))) <= 1


async def test_a_sound_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "broken.wav").write_bytes(b"not a sound")
    film = replace(silent(tmp_path), voice=(VoicePiece(tmp_path / "broken.wav", 0),))
    with pytest.raises(Damaged, match=r"broken\.wav"):
        await write_stems(film, tmp_path)


async def test_overlapping_speech_is_added_up(tmp_path: Path):
    one = write_wav(tmp_path / "one.wav", [3000] * 24_000, 24_000)
    film = replace(silent(tmp_path, 3), voice=(VoicePiece(one, 0), VoicePiece(one, 15), VoicePiece(one, 30)))
    stems = await write_stems(film, tmp_path)
    assert stems.voice is not None
    assert await decibels(stems.voice, 0.01, 0.05, tmp_path) > 20


async def test_the_sound_is_found_again_by_its_hash(tmp_path: Path):
    spoken = await speech(tmp_path / "voice.wav", 2)
    film = replace(silent(tmp_path, 3), voice=(VoicePiece(spoken, 0),))
    same = replace(film, scenes=(replace(film.scenes[0], id="b"),), width=96)
    assert sound_hash(film) == sound_hash(same)
    others = [
        replace(film, voice=(VoicePiece(spoken, 1),)),
        replace(film, music=MusicTrack()),
        replace(film, music=MusicTrack(seed=1)),
        replace(film, loudness=Loudness(-16)),
        replace(film, scenes=(replace(film.scenes[0], frames=91),)),
    ]
    hashes = [sound_hash(each) for each in (film, *others)]
    assert len(set(hashes)) == len(hashes)
    assert all(one != other for one, other in pairwise(hashes))


async def test_stems_add_up_to_the_mix(tmp_path: Path):
    spoken = await speech(tmp_path / "voice.wav", 4)
    film = replace(
        silent(tmp_path, 5), voice=(VoicePiece(spoken, 0),), music=MusicTrack(), loudness=Loudness(-23)
    )
    stems = await write_stems(film, tmp_path)
    mixed = await mix(stems, film, tmp_path / "film.m4a")
    (tmp_path / "sum").mkdir()
    added = tmp_path / "sum" / "sum.wav"
    inputs = [arg for path in stems.files for arg in ("-i", str(path))]
    await run_ffmpeg(
        [*inputs, "-filter_complex", "amix=inputs=2:normalize=0", "-c:a", "pcm_f32le", "-f", "wav"],
        into=added,
    )
    apart = [
        await decibels(mixed.path, at, at + 1, tmp_path) - await decibels(added, at, at + 1, tmp_path)
        for at in (0.5, 2, 3)
    ]
    assert max(apart) - min(apart) < 0.5
