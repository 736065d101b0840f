"""What is understood of a page's calls and replies: as the stand-in writes them, and worse. No browser."""

import json
import random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.flow.envelope import done, envelope, opaque

from rushes.providers.video.flow.browser.observer import Observer, holds
from rushes.providers.video.flow.browser.wire import Asked, Told, read_reply, read_request, records

A, B, PROJECT = (str(uuid4()) for _ in range(3))
SUBMIT, POLL, CREDITS = "YhhmEf", "jwpduf", "nzlxg"
RPC = {"submit": [SUBMIT], "status": [POLL], "credits": [CREDITS]}


def record(medium: str, status: list[Any], prompt: str = "a lake", url: str | None = None) -> list[Any]:
    """As the page's server lays it out."""
    details: list[Any] = [None] * 14
    details[0], details[8], details[13] = prompt, status, 1234 if url else None
    info: list[Any] = [None] * 13
    info[8], info[12] = url, "veo_3_1_t2v_fast"
    return [medium, PROJECT, medium, "CAE", None, details, None, [info]]


def content(medium: str) -> str:
    return f"https://flow-content.google/video/{medium}?Expires=1&Signature=x"


@pytest.fixture
async def observer() -> Observer:
    return Observer(RPC)


# --- reading

REASON = "PUBLIC_ERROR_MINOR"


@pytest.mark.parametrize(
    "status",
    [
        [4, [None, "Không tạo được.", REASON]],
        [4, [None, "Không tạo được."], REASON],
        [4, [REASON, "Không tạo được."]],
        [4, [None, "Không tạo được.", None, [["type.googleapis.com/google.rpc.ErrorInfo", [REASON]]]]],
    ],
)
def test_the_machine_reason_of_a_complaint_is_kept_wherever_it_is_and_is_no_text(status: list[Any]):
    (found,) = records([[record(A, status)]])
    assert (found.status, found.reason, found.text) == (4, REASON, "Không tạo được.")


def test_the_reason_of_a_refusal_is_told_apart_from_its_words():
    info = ["type.googleapis.com/google.rpc.ErrorInfo", [REASON, "Đã từ chối."]]
    failed = ["wrb.fr", SUBMIT, None, None, None, [3, None, [info]], "generic"]
    (told,) = read_reply(envelope([failed]))[:1]
    assert (told.code, told.reason, told.words) == (3, REASON, "Đã từ chối.")
    (told,) = read_reply(envelope([["er", SUBMIT, None, None, None, 16]]))[:1]
    assert (told.reason, told.words) == ("", "")


def test_calls_are_read_from_the_body_and_where_that_is_unreadable_from_the_address():
    body = "f.req=" + json.dumps([[[SUBMIT, '["a lake"]', None, "generic"]]]) + "&at=x"
    assert read_request("https://flow.example.com/batchexecute", body) == [Asked(SUBMIT, '["a lake"]')]
    address = f"https://flow.example.com/batchexecute?rpcids={SUBMIT},{POLL}"
    assert [each.rpc for each in read_request(address, "f.req=[[")] == [SUBMIT, POLL]
    assert read_request("https://flow.example.com/logo.png", None) == []


def test_a_reply_is_read_with_its_failures_and_a_damaged_piece_is_passed_over():
    text = envelope(
        [
            done(POLL, [None, 5, []]),
            ["wrb.fr", SUBMIT, None, None, None, [8, [None, "too quickly"]], "generic"],
            ["er", CREDITS, None, None, None, 16],
        ]
    )
    told = [Told(POLL, [None, 5, []]), Told(SUBMIT, [8, [None, "too quickly"]], 8)]
    assert read_reply(text)[:2] == told
    assert [each.code for each in read_reply(text)] == [None, 8, 16]
    broken = text.replace("\n", "\n7\n[broken\n", 1)
    assert [each.code for each in read_reply(broken)] == [None, 8, 16]
    assert read_reply(opaque(text)) == []
    assert read_reply("<html>") == []


@given(st.text(max_size=300))
def test_whatever_comes_is_read_without_a_fault(noise: str):
    assert isinstance(read_reply(")]}'\n" + noise), list)
    assert isinstance(read_request("https://example.com/?rpcids=x", noise), list)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([A, B, content(A)]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=30,
)


@given(JSON)
def test_whatever_is_in_a_reply_is_looked_through_without_a_fault(data: Any):
    assert {each.id for each in records(data)} <= {A, B}


@given(st.integers())
def test_a_record_is_known_wherever_its_parts_have_moved_to(seed: int):
    parts = record(A, [3], url=content(A))[2:]
    random.Random(seed).shuffle(parts)
    (found,) = records([None, 7, [[A, *parts]]])
    assert (found.id, found.status, found.urls) == (A, 3, (content(A),))
    assert (found.model, found.is_video, "a lake" in found.strings) == ("veo_3_1_t2v_fast", True, True)


def test_of_a_bare_entry_and_a_whole_one_the_whole_one_counts():
    (found,) = records([None, 7, [[A]], [record(A, [4, [None, "Media not found."]])]])
    assert (found.status, found.text) == (4, "Media not found.")
    assert records([[A, "a title"]])[0].is_bare


def test_a_prompt_is_known_however_it_is_spaced_and_wrapped():
    assert holds('[["A  lake\\nat dusk"]]', "A lake at dusk")
    assert holds("not json: A lake at dusk", "A lake at dusk")
    assert not holds('["A lake"]', "")


# --- what it means


def hear(observer: Observer, rpc: str, data: Any, *, asked: Any = None, project: str | None = None) -> None:
    call = [] if asked is None else [Asked(rpc, json.dumps(asked))]
    observer.hear(call, [Told(rpc, data)], project)


async def test_the_answer_to_the_click_is_known_by_its_name_and_by_what_was_asked_for(observer: Observer):
    observer.expect("a lake")
    hear(observer, POLL, [None, None, [record(B, [2])]], asked=[[B]])
    hear(observer, SUBMIT, [None, 9, [record(B, [6], "a wood")]], asked=["a wood"])
    assert await observer.answer(0) is None, "other calls, and another's prompt"
    hear(observer, "renamed", [None, 8, [record(A, [6])]], asked=[PROJECT, "a lake"])
    answer = await observer.answer(0)
    assert answer is not None and answer.ids == (A,)
    observer.expect("a lake")
    hear(observer, SUBMIT, [None, 7, [record(A, [6])]])
    assert await observer.answer(0) is None, "known already: nothing new was made"


async def test_only_the_click_itself_can_be_refused(observer: Observer):
    observer.expect("a lake")
    call = [Asked("log", '["a lake"]')]
    observer.hear(call, [Told("log", [3, "bad"], 3)])
    assert await observer.answer(0) is None
    observer.hear([], [Told(SUBMIT, [8, [None, "too quickly"]], 8)])
    answer = await observer.answer(0)
    assert answer is not None and (answer.code, answer.text) == (8, "too quickly")


async def test_what_is_done_stays_done_and_a_complaint_is_over_when_it_runs_again(observer: Observer):
    hear(observer, POLL, [None, None, [record(A, [4, [None, "Media not found."]])]])
    seen = observer.media[A]
    assert seen.complained_at is not None and seen.text == "Media not found."
    hear(observer, POLL, [None, None, [record(A, [2])]])
    assert (seen.status, seen.complained_at) == (2, None)
    hear(observer, POLL, [None, None, [record(A, [3], url=content(A))]])
    hear(observer, POLL, [None, None, [record(A, [2])]])
    assert (seen.status, seen.urls) == (3, (content(A),)), "an older poll may come later"


async def test_credits_and_projects_and_the_end_of_a_session_are_heard(observer: Observer):
    hear(observer, CREDITS, [1050, 1, 2])
    assert observer.credits == 1050
    hear(observer, SUBMIT, [None, 1030, [record(A, [6])]], project=PROJECT)
    assert (observer.credits, observer.media[A].heard_in) == (1030, {PROJECT})
    hear(observer, "other", [12, 1, 2])
    assert observer.credits == 1030
    assert not observer.signed_out
    observer.hear([], [Told(POLL, [16], 16)])
    assert observer.signed_out
    assert list(observer.recent)[-1] == f"{POLL}=16"


async def test_the_late_answer_to_another_shot_of_the_same_prompt_is_told_by_its_image(observer: Observer):
    observer.expect("a lake", image := str(uuid4()))
    observer.expect("a lake", other := str(uuid4()))
    hear(observer, SUBMIT, [None, 9, [record(A, [6])]], asked=["a lake", [image]])
    assert await observer.answer(0) is None
    hear(observer, SUBMIT, [None, 9, [record(B, [6])]], asked=["a lake", [other]])
    answer = await observer.answer(0)
    assert answer is not None and answer.ids == (B,)


async def test_what_is_in_the_making_is_a_video_whatever_its_model_is_called(observer: Observer):
    made = record(A, [2])
    made[7][0][12] = "a_new_family_of_models"
    hear(observer, "Zzl0ze", [[PROJECT, "Film", None], [made]], project=PROJECT)
    assert observer.media[A].is_video
