"""Providers of other kinds than video on the command line: what they make, need and cost."""

from tests.cli.installation import Installation


def test_who_writes_and_who_has_pictures_is_listed_with_prices(rushes: Installation):
    written = rushes("providers", "--kind", "script")
    assert written.code == 0, written
    for words in ("Outline: script", "$0.10 read, $0.50 written, per million tokens", "free", "per script"):
        assert words in written.out, written.out
    pictures = rushes("providers", "--kind", "picture")
    assert pictures.code == 0, pictures
    for words in ("Wikimedia Commons: search_photos", "$0.101 at 2K", "needs a key of yours", "per prompt"):
        assert words in pictures.out, pictures.out
