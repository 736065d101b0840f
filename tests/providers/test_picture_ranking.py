"""Which picture fits: keywords, shape, size, no text, none twice."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from rushes.providers.picture_contract import Candidate, PictureForm
from rushes.providers.picture_ranking import PictureNeed, rank

NEED = PictureNeed(["rice field", "harvest"], 1080, 1920)


def found(
    name: str, title: str = "rice field harvest", size: tuple[int, int] = (1080, 1920), **given: object
):
    return Candidate.model_validate(
        {"id": name, "provider": "p", "title": title, "width": size[0], "height": size[1], **given}
    )


def order(*candidates: Candidate, need: PictureNeed = NEED) -> list[str]:
    return [each.id for each in rank(candidates, need)]


def test_what_it_shows_counts_most():
    wide = found("wide", size=(1920, 1080))
    assert order(found("city", "a city at night"), wide, found("both")) == ["both", "wide", "city"]
    assert order(found("tags", "", tags=["Harvests", "Rice", "fields"]), found("none", "x"))[0] == "tags"
    assert order(found("second", "harvest"), found("first", "rice field"))[0] == "first"


def test_the_words_of_the_section_help_out_where_there_are_no_keywords():
    need = PictureNeed([], 1080, 1920, text="A city wakes up")
    assert order(found("rice"), found("city", "city"), need=need)[0] == "city"


def test_shape_then_size():
    assert order(found("wide", size=(3840, 2160)), found("tall"), found("small", size=(270, 480))) == [
        "tall",
        "wide",
        "small",
    ]


def test_pictures_with_text_in_them_are_put_back():
    written = found("sign", tags=["typography", "rice", "field", "harvest"])
    assert order(written, found("plain", "rice field"))[0] == "plain"


def test_what_is_used_already_is_last_and_nothing_comes_twice():
    need = PictureNeed(NEED.keywords, 1080, 1920, used=frozenset({("p", "best")}))
    assert order(found("best"), found("other", "sea"), found("other", "sea"), need=need) == ["other", "best"]


def test_a_clip_that_lasts_is_better_than_one_that_does_not():
    need = PictureNeed(NEED.keywords, 1080, 1920, seconds=8)
    short, long = (found(str(each), form=PictureForm.CLIP, seconds=each) for each in (3, 9))
    assert order(short, long, need=need) == ["9", "3"]


def test_of_equals_the_one_that_its_source_put_first():
    assert order(found("a"), found("b"), found("c")) == ["a", "b", "c"]


@given(seed=st.integers(0, 1000))
def test_the_order_is_total_and_loses_nothing(seed: int):
    chance = Random(seed)
    many = [
        found(
            str(each), chance.choice(["rice", "sea", ""]), (chance.randint(1, 9000), chance.randint(1, 9000))
        )
        for each in range(30)
    ]
    ranked = rank(many, NEED)
    assert sorted(each.id for each in ranked) == sorted(each.id for each in many)
    assert ranked == rank(many, NEED)
