"""The outline writer: real work on text in any script, and nothing that is not in the text."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.errors import Invalid
from rushes.providers.script_contract import (
    MOST_SECTIONS,
    Brief,
    Draft,
    DraftSection,
    ScriptCall,
    ScriptTask,
)
from rushes.providers.scripts._text import count_words, sentences
from rushes.providers.scripts.outline import Outline, OutlineOptions, OutlineSettings
from tests.providers.scripts.kit import DRAFT, TEXT, ScriptKit

LANGUAGES = {
    "en": "Rice grows in water. Farmers flood the fields in spring. The harvest comes after four months.",
    "de": "Reis wächst im Wasser. Bauern fluten die Felder im Frühling. Die Ernte kommt nach vier Monaten.",
    "ru": "Рис растёт в воде. Крестьяне заливают поля весной. Урожай созревает через четыре месяца.",
    "el": "Το ρύζι μεγαλώνει στο νερό. Οι αγρότες πλημμυρίζουν τα χωράφια. Η συγκομιδή έρχεται αργά.",
    "ar": "ينمو الأرز في الماء. يغمر المزارعون الحقول في الربيع. يأتي الحصاد بعد أربعة أشهر؟",
    "he": "אורז גדל במים. החקלאים מציפים את השדות באביב. הקציר מגיע אחרי ארבעה חודשים.",
    "hi": "धान पानी में उगता है। किसान वसंत में खेतों में पानी भरते हैं। चार महीने बाद फसल कटती है।",
    "ja": "米は水の中で育ちます。農家は春に田んぼへ水を張ります。収穫は四か月後です。",
    "zh": "水稻在水中生长。农民在春天给田地灌水。四个月后收获。",
    "ko": "벼는 물에서 자랍니다. 농부들은 봄에 논에 물을 댑니다. 넉 달 뒤에 수확합니다.",
    "th": "ข้าวเติบโตในน้ำ\n\nชาวนาปล่อยน้ำเข้านาในฤดูใบไม้ผลิ\n\nเก็บเกี่ยวหลังจากสี่เดือน",
}


async def written(text: str, language: str = "en", seconds: float = 60, **options: object) -> Draft:
    brief = Brief(text=text, language=language, seconds=seconds)
    chosen = OutlineOptions.model_validate(options)
    call = ScriptCall("key", ScriptTask.GENERATE, brief, "outline-1", chosen)
    return (await Outline(OutlineSettings()).write(call)).draft


async def improved(instruction: str, draft: Draft = DRAFT, locked: frozenset[int] = frozenset()) -> Draft:
    call = ScriptCall(
        "key",
        ScriptTask.IMPROVE,
        Brief(text="x"),
        "outline-1",
        OutlineOptions(),
        draft=draft,
        instruction=instruction,
        locked=locked,
    )
    return (await Outline(OutlineSettings()).write(call)).draft


def said(draft: Draft) -> str:
    return " ".join(each.narration for each in draft.sections)


class TestOutline(ScriptKit):
    provider_id = "outline"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_sentences_of_any_script_are_kept_whole_and_in_order(language: str):
    text = LANGUAGES[language]
    draft = await written(text, language, section_seconds=3)
    wanted = [each for line in text.split("\n") for each in sentences(line)]
    assert len(wanted) == 3
    blank = "" if language in {"ja", "zh"} else " "
    assert blank.join(each.narration for each in draft.sections) == blank.join(wanted)
    assert len(draft.sections) > 1
    assert all(each.heading and each.on_screen for each in draft.sections)
    if language != "th":  # without blanks and without a dictionary, a clause is one word
        assert all(each.keywords for each in draft.sections)


async def test_markdown_gives_title_and_headings_and_is_not_read_aloud():
    draft = await written(
        "---\nlang: en\n---\n# Rice\n\nSee [the **page**](https://a.example/x_y) of *many*[1] `fields`.\n\n"
        "```python\nprint('code')\n```\n## Water\n- it keeps weeds away\n- [x] and the rice cool\n\n"
        "| a | b |\n|---|---|\n<!-- a note -->\n![A picture](a.png)\nVisit https://b.example now.\n\n"
        "## Harvest\n"
    )
    assert draft.title == "Rice"
    assert [each.heading for each in draft.sections][1:] == ["Water", "Harvest"]
    assert said(draft) == (
        "See the page of many fields. It keeps weeds away. And the rice cool. Visit now. Harvest."
    )


async def test_the_first_sentence_is_the_hook_and_has_a_section_of_its_own():
    draft = await written(TEXT)
    assert draft.sections[0].narration == "Rice takes about 120 days from seed to harvest."
    assert draft.title == "How rice grows"
    assert "In the field" in [each.heading for each in draft.sections]


async def test_sections_are_as_long_as_asked_for_at_the_pace_of_the_voice():
    text = " ".join(f"The farmer of field number {number} walks slowly to the river." for number in range(60))
    for seconds in (5.0, 10.0, 20.0):
        draft = await written(text, section_seconds=seconds)
        lengths = [count_words(each.narration) * 60 / 160 for each in draft.sections[1:]]
        assert all(abs(each - seconds) <= 4 for each in lengths), lengths


async def test_abbreviations_numbers_and_initials_end_no_sentence():
    text = (
        "Dr. Smith of the U.S. counted 3.5 million plants, e.g. in Vietnam. J. Doe found fewer. Why?"
        " Nobody knows!"
    )
    assert sentences(text) == [
        "Dr. Smith of the U.S. counted 3.5 million plants, e.g. in Vietnam.",
        "J. Doe found fewer.",
        "Why?",
        "Nobody knows!",
    ]
    assert sentences("彼は「行く。」と言った。次の日。") == ["彼は「行く。」", "と言った。", "次の日。"]


async def test_keywords_are_what_it_is_about():
    draft = await written("The rice field needs water. Water keeps the rice field cool. It was as it is.")
    keywords = {each.lower() for section in draft.sections for each in section.keywords}
    assert {"rice", "field", "water"} <= keywords
    assert not keywords & {"the", "it", "was", "is", "as", "needs"}


@pytest.mark.parametrize(
    "topic", ["How long does rice take to grow?", "Rice", "# Rice", "Die Geschichte des Reises"]
)
async def test_a_topic_becomes_a_skeleton_that_states_nothing(topic: str):
    draft = await written(topic)
    assert draft.is_outline
    assert all(re.fullmatch(r"\[[^\[\]]*About \d+ words\.\]", each.narration) for each in draft.sections)
    assert 5 <= len(draft.sections) <= 9
    assert len((await written(topic, seconds=10)).sections) == 2
    assert draft.sections[0].heading == "Hook" and draft.sections[-1].heading == "Summary"


async def test_nothing_is_said_that_is_not_in_the_text():
    draft = await written(TEXT)
    text = TEXT.lower()
    for section in draft.sections:
        for told in (section.narration, section.heading, section.on_screen, *section.keywords):
            for word in re.findall(r"\w+", told.lower()):
                assert word in text, word


async def test_a_long_text_is_kept_whole_or_shortened_as_chosen():
    text = " ".join(f"Fact number {number} tells of rice and of water." for number in range(100))
    assert said(await written(text, seconds=30)) == text
    short = await written(text, seconds=30, fit="shorten")
    assert count_words(said(short)) <= 30 * 160 / 60
    assert short.sections[0].narration.startswith("Fact number 0")
    kept = sentences(said(short))
    assert kept == [each for each in sentences(text) if each in kept], "in their order"


async def test_shorter_leaves_out_whole_sentences_and_no_section():
    draft = await improved("Please make it shorter")
    assert len(draft.sections) == 3
    before, after = count_words(said(DRAFT)), count_words(said(draft))
    assert before * 0.5 < after <= before * 0.8
    assert draft.sections[0].narration.startswith("Rice takes 120 days.")
    half = await improved("Shorten it by 45 %")
    assert count_words(said(half)) < after


async def test_sections_are_split_and_joined():
    long = DRAFT.sections[0].model_copy(update={"narration": "One two three four five six seven eight. " * 8})
    draft = DRAFT.model_copy(update={"sections": [long, long]})
    apart = await improved("Split the long sections", draft, frozenset({0}))
    assert len(apart.sections) == 3 and apart.sections[0] == long
    assert "".join(said(apart).split()) == "".join(said(draft).split())
    short = DraftSection(narration="It grows.")
    joined = await improved("Join the short sections", DRAFT.model_copy(update={"sections": [short] * 4}))
    assert [each.narration for each in joined.sections] == ["It grows. It grows. It grows. It grows."]
    kept = await improved("Join them", DRAFT.model_copy(update={"sections": [short] * 3}), frozenset({1}))
    assert len(kept.sections) == 3


@pytest.mark.parametrize(
    "instruction", ["Make it longer", "More humour, please", "Split it and make it shorter"]
)
async def test_what_needs_a_model_is_refused_and_says_so(instruction: str):
    with pytest.raises(Invalid) as caught:
        await improved(instruction)
    assert "key for a language model" in (caught.value.hint or "")


async def test_it_cannot_translate():
    outline = Outline(OutlineSettings())
    call = ScriptCall(
        "k", ScriptTask.TRANSLATE, Brief(text="x"), "outline-1", OutlineOptions(), draft=DRAFT, language="de"
    )
    with pytest.raises(Invalid, match="cannot translate"):
        await outline.write(call)


@given(
    text=st.one_of(
        st.text(max_size=2000),
        st.text(alphabet="a. !?,#-*_`[]()<>\n|。、あ水و؟।", max_size=3000),
    ).filter(lambda each: each.strip())
)
@settings(max_examples=60, deadline=None)
async def test_any_text_becomes_a_script_or_is_refused(text: str):
    try:
        draft = await written(text)
    except Invalid:
        return
    assert 1 <= len(draft.sections) <= MOST_SECTIONS
    assert all(each.narration.strip() for each in draft.sections)
    assert not re.search(r"[\x00-\x08\u202e\ud800-\udfff]", draft.model_dump_json().encode().decode())


@pytest.mark.parametrize(
    "unit", ["A. ", "*a ", "<!--", "[", "x", "a b ", "![[", "> ", "é\u0300", "```\n", "(", "- a\n"]
)
async def test_no_text_takes_long(unit: str):
    """The longest text there may be, of what confuses patterns most; seconds on any machine, not minutes."""
    text = (unit * (200_000 // len(unit)))[:200_000]
    began = time.process_time()
    with suppress(Invalid):
        await written(text)
    assert time.process_time() - began < 60
