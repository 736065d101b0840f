"""Who makes a job's videos when nobody says: the order, and the reasons."""

from rushes.planning.rules import PaymentMode, RouteCandidate, choose

OMNI = RouteCandidate("omni", "Omni", "omni-1", PaymentMode.KEY, credentials=1)
VEO = RouteCandidate("veo", "Veo", "veo-3", PaymentMode.KEY, credentials=1)
FLOW = RouteCandidate("flow", "Flow", "veo-3", PaymentMode.FLOW_ACCOUNT, credentials=1)
ANIMATIC = RouteCandidate("animatic", "Animatic", "animatic-1", PaymentMode.FREE)
ECHO = RouteCandidate("echo", "Echo", "echo-1", PaymentMode.FREE)


def without_keys(each: RouteCandidate) -> RouteCandidate:
    return RouteCandidate(each.provider, each.title, each.model, each.way, 0, each.unfit)


def unfit(each: RouteCandidate, why: str) -> RouteCandidate:
    return RouteCandidate(each.provider, each.title, each.model, each.way, each.credentials, why)


def test_a_key_comes_before_an_account_and_an_account_before_what_is_free():
    for left, expected in (
        ([ANIMATIC, FLOW, OMNI], "omni"),
        ([ANIMATIC, FLOW, without_keys(OMNI)], "flow"),
        ([ECHO, ANIMATIC, without_keys(FLOW), without_keys(OMNI)], "animatic"),
    ):
        route = choose(left)
        assert route is not None and route.provider == expected


def test_of_two_with_keys_the_first_of_the_catalogue_that_can_do_it_is_taken():
    first = choose([OMNI, VEO])
    second = choose([unfit(OMNI, "it does no 4k"), VEO])
    assert first is not None and first.provider == "omni"
    assert second is not None and second.provider == "veo"
    assert [(each.provider, each.reason) for each in second.considered] == [
        ("omni", "it does no 4k"),
        ("veo", "You have a key for Veo, and it can do this."),
    ]


def test_what_was_named_is_taken_whatever_it_lacks():
    route = choose([OMNI, without_keys(VEO), ANIMATIC], named="veo")
    assert route is not None and (route.provider, route.reason) == ("veo", "You chose it.")


def test_the_reason_says_when_a_key_was_there_but_could_not_do_it():
    route = choose([unfit(OMNI, "duration_seconds: at most 8"), ANIMATIC])
    assert route is not None and route.provider == "animatic"
    assert "Omni: duration_seconds: at most 8" in route.reason


def test_a_provider_for_tests_is_never_chosen_by_itself():
    assert choose([ECHO, unfit(ANIMATIC, "it cannot")]) is None
