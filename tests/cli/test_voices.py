"""Voices on the command line: listed, heard, saved."""

import stat
import sys
import wave
from pathlib import Path

from tests.cli.installation import Installation


def test_voices_are_listed_with_language_and_sex(rushes: Installation):
    told = rushes("voices", "--language", "de", "--json").json()
    assert {each["provider"] for each in told["voices"]} == {"espeak"}
    shown = rushes("voices", "--language", "de")
    assert shown.code == 0
    assert "espeak/de+f3" in shown.out and "female" in shown.out and "free" in shown.out
    assert "needs a key" in shown.err
    assert rushes("voices", "--provider", "nobody").code == 2


def test_a_voice_is_heard_and_saved(rushes: Installation):
    played, player = rushes.folder / "played.wav", rushes.folder / "bin" / "aplay"
    player.parent.mkdir()
    player.write_text(f"#!/bin/sh\nfor last; do :; done\n/bin/cp \"$last\" '{played}'\n")
    player.chmod(player.stat().st_mode | stat.S_IXUSR)
    rushes.env["PATH"] = f"{player.parent}:{Path(sys.executable).parent}"
    told = rushes("voices", "hibari/heart", "--text", "Rice is a grass.", "--play", "--to", "rice.wav")
    assert told.code == 0, told.err
    assert "hibari: 1." in told.out and "rice.wav" in told.out
    with wave.open(str(rushes.folder / "rice.wav")) as sound:
        assert sound.getnframes() > sound.getframerate()
    assert played.read_bytes() == (rushes.folder / "rice.wav").read_bytes()


def test_without_a_player_the_file_is_offered(rushes: Installation):
    rushes.env["PATH"] = "/nowhere"
    told = rushes("voices", "--play")
    assert told.code == 3, told
    assert "no program here that plays sound" in told.err and "--to FILE" in told.err
