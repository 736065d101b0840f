"""What is beneath the stand-in of Flow's page: envelopes, states, refusals, files. No browser is needed."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from standins.flow import Scenario, serve_flow
from standins.flow.envelope import envelope, opaque
from standins.flow.failures import FAILURES
from standins.flow.names import names
from standins.flow.signin import PATHS
from standins.flow.site import renamed_css

from tests.standins.visitor import ADA, Wire
from tests.waiting import until_now

QUICK = Scenario(submit_reply_seconds=0, queue_seconds=0.05, generation_seconds=0.1, url_seconds=0.05)


def test_a_reply_is_guarded_and_each_chunk_comes_after_its_length():
    text = envelope([["wrb.fr", "jwpduf", '["동영상 🍌"]', None, None, None, "generic"]])
    guard, empty, *chunks = text.split("\n")
    assert (guard, empty) == (")]}'", "")
    assert chunks[-1] == ""
    for length, line in zip(chunks[:-1:2], chunks[1::2], strict=True):
        assert int(length) == len(line.encode("utf-16-le")) // 2 + 2
        assert isinstance(json.loads(line), list)
    assert "wrb.fr" not in opaque(text)


def test_a_generation_goes_from_6_over_2_to_3_and_its_address_comes_last():
    with serve_flow(Scenario(queue_seconds=60, submit_reply_seconds=0)) as site, Wire(site) as wire:
        part = wire.submit(wire.project(), "a lake", 2)
        _, left, entries, records = json.loads(part[2])
        assert (left, len(entries), len(records)) == (960, 2, 2)
        medium = site.world.media[entries[0][0]]

        def told() -> tuple[int, bool, bool]:
            [record] = wire.call("jwpduf", [None, None, [[medium.id]]])[2]
            found = wire.part("as29s", [medium.id])
            assert found[2] is not None or found[5] == [5]
            return record[5][8][0], record[7][0][8] is not None, found[2] is not None

        assert told() == (6, False, False)
        medium.queue, medium.seconds = 0, 60
        assert told() == (2, False, False)
        medium.seconds, site.scenario.url_seconds = 0.001, 60
        assert told() == (3, False, False)
        site.scenario.url_seconds = 0
        assert told() == (3, True, True)
        [record] = wire.call("as29s", [medium.id])
        assert record[7][0][12] == "veo_3_1_t2v_fast_portrait"
        assert len(httpx.get(record[7][0][8]).content) == record[5][13]


def test_every_refusal_is_told_in_the_pages_words_and_costs_nothing():
    with serve_flow(QUICK) as site, Wire(site) as wire:
        project = wire.project()
        for kind, failure in FAILURES.items():
            billed = len(site.bill)
            part = wire.submit(project, f"[{kind}] a lake") if failure.when != "upload" else []
            if failure.when == "submit":
                assert part[2] is None
                assert part[5][0] == failure.code
                assert failure.text in json.dumps(part[5])
                assert len(site.bill) == billed
            elif failure.when == "tile":
                medium = site.world.media[json.loads(part[2])[2][0][0]]
                medium.queue, medium.seconds = 0, 0.001
                [record] = wire.call("jwpduf", [None, None, [[medium.id]]])[2]
                assert record[5][8] == [4, [None, failure.text, failure.machine or None]]
                assert site.bill[-1].credits == 0
            else:
                site.scenario.failing = f"[{kind}]"
                assert failure.text in json.dumps(wire.part("maseQ", [project, "a.png", "aGVsbG8="])[5])
        assert site.account(ADA).credits == 1000


def test_a_complaint_may_still_finish_and_a_counted_failure_ends():
    with serve_flow(QUICK) as site, Wire(site) as wire:
        site.scenario.complaints = 1
        project = wire.project()
        media = json.loads(wire.submit(project, "[failed:1] a lake")[2])[2][0][0]
        again = json.loads(wire.submit(project, "[failed:1] a lake")[2])[2][0][0]
        states: dict[str, list[int]] = {media: [], again: []}

        def settled() -> bool:
            for each, seen in states.items():
                seen.append(wire.call("jwpduf", [None, None, [[each]]])[2][0][5][8][0])
            return states[media][-1] == 4 and 4 in states[again] and states[again][-1] == 3

        until_now(settled)


def test_five_run_at_a_time_and_a_token_is_good_once():
    with serve_flow(Scenario(generation_seconds=60)) as site, Wire(site) as wire:
        project, token = wire.project(), wire.token()
        assert wire.submit(project, "one", 3, token)[2] is not None
        assert wire.submit(project, "again", 1, token)[5][0] == 7
        assert wire.submit(project, "too many", 3)[5][0] == 8
        assert wire.submit(project, "two more", 2)[2] is not None
        assert [charge.outputs for charge in site.bill] == [3, 2]


def test_who_is_signed_out_gets_code_16_and_the_marketing_page():
    with serve_flow() as site, Wire(site) as wire:
        project = wire.project()
        site.expire(ADA)
        assert wire.part("Zzl0ze", [project])[5] == [16]
        assert wire.client.get(f"/project/{project}").headers["location"] == "/about"
        with Wire(site) as returned:
            assert returned.call("Zzl0ze", [project])[0][0] == project


def test_an_accepted_submit_whose_reply_is_lost_is_on_the_bill_and_in_the_project():
    with serve_flow(Scenario(lost_submit_replies=1, failing_submits=1)) as site, Wire(site) as wire:
        project = wire.project()
        settings = ["Omni 1.1 Flash", 2, 4, "360p", 1]
        first = wire.post("YhhmEf", [project, "refused", settings, [], wire.token()])
        assert first.status_code == 500
        with pytest.raises(httpx.TransportError):
            wire.post("YhhmEf", [project, "kept", settings, [], wire.token()])
        assert [charge.prompt for charge in site.bill] == ["kept"]
        records = wire.call("Zzl0ze", [project])[1]
        assert [record[0] for record in records] == list(site.bill[0].media_ids)


def test_addresses_end_and_connections_break_as_often_as_asked():
    quick = replace(QUICK, expired_urls=1, download_resets=1, download_cuts=1)
    with serve_flow(quick) as site, Wire(site) as wire:
        media = json.loads(wire.submit(wire.project(), "a lake")[2])[2][0][0]
        until_now(lambda: wire.part("as29s", [media])[2] is not None)  # the first address is given here
        address = wire.call("as29s", [media])[0][7][0][8]
        site.scenario.expired_urls = 99
        assert httpx.get(wire.call("as29s", [media])[0][7][0][8]).status_code == 403
        with pytest.raises(httpx.ReadError):
            httpx.get(address)
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(address)
        assert httpx.get(address).content[4:8] == b"ftyp"
        assert httpx.get(address.replace("Signature=", "Signature=0")).status_code == 403


def test_a_fresh_upload_is_found_late_and_the_first_may_fail():
    with (
        serve_flow(Scenario(index_misses=1, upload_failures=1, upload_seconds=0)) as site,
        Wire(site) as wire,
    ):
        project = wire.project()
        image = [project, "a-1234.png", "aGVsbG8="]
        assert wire.part("maseQ", image)[5][0] == 13
        media = wire.call("maseQ", image)[0][0]
        assert wire.call("UpteDb", ["assets", "1234", project]) == [[]]
        assert wire.call("UpteDb", ["assets", "1234", project])[0][0][:2] == [media, "a-1234.png"]


def test_every_name_is_there_once_and_a_renamed_rpc_is_known_by_its_new_name():
    for generation in ("C", "B"):
        found = names(generation)
        assert len(found) > 90
        assert len({name.key for name in found}) == len(found)
    assert "class:submit-controls" in {name.key for name in names()}
    with serve_flow(Scenario(renames={"rpc:jHPbke": "zZ9zZ9"})) as site, Wire(site) as wire:
        assert wire.part("jHPbke", [])[2] is not None
        assert wire.part("zZ9zZ9", [])[:2] == ["wrb.fr", "zZ9zZ9"]


def test_the_style_sheet_follows_a_renamed_class_and_only_it():
    css = ".footer { a: b } .footer-left { a: b } footer, #footer { a: b }"
    assert (
        renamed_css(css, {"class:footer": "x1"})
        == ".x1 { a: b } .footer-left { a: b } footer, #footer { a: b }"
    )


def test_the_address_of_before_leads_to_todays_page():
    with serve_flow() as site:
        for path in ("", "/project/some-id"):
            moved = httpx.get(site.old_url + path)
            assert moved.status_code == 308
            assert moved.headers["location"] == site.url + (path or "/")


@pytest.mark.parametrize("kind", ["confirm", "two_factor"])
def test_a_returning_person_is_asked_who_they_are_by_the_name_they_had(kind: Any):
    with serve_flow(Scenario(sign_in=kind, signed_out_lands="sign_in")) as site, Wire(site) as wire:
        site.expire(ADA)
        assert wire.client.get("/").headers["location"] == PATHS[kind]
        assert f'"email": "{ADA}"' in wire.client.get("/signin/continue", follow_redirects=True).text
        if kind == "confirm":
            wire.client.post(PATHS["confirm"], data={"identifier": ADA})
            refused = wire.client.post(PATHS["password"], data={"Passwd": "wrong"})
            wire.client.post(PATHS["password"], data={"Passwd": "right"})
        else:
            refused = wire.client.post(PATHS["two_factor"], data={"code": "000000"})
            wire.client.post(PATHS["two_factor"], data={"code": "123456"})
        assert refused.headers["location"].endswith("?wrong=1")
        assert list(site.world.sessions.values()) == [ADA]
