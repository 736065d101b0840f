"""Keys and money on the command line: a secret comes from standard input, never from an argument."""

from tests.cli.installation import Installation


def test_a_provider_that_needs_no_key_takes_none(rushes: Installation):
    told = rushes("keys", "add", "animatic", typed="a-secret-that-is-long\n")
    assert told.code == 2
    assert "takes no key" in told.err
    assert "a-secret" not in told.out + told.err


def test_nothing_on_standard_input_is_no_key(rushes: Installation):
    for whose in ("omni", "google"):
        told = rushes("keys", "add", whose)
        assert told.code == 2
        assert "No key was given" in told.err


def test_there_are_no_keys_at_first(rushes: Installation):
    assert rushes("keys", "list", "--json").json() == []
    assert "no keys yet" in rushes("keys", "list").out
    assert rushes("keys", "test", "nobody").code == 2
    assert "0 secrets" in rushes("keys", "rotate").out


def test_budgets_are_set_shown_and_taken_away(rushes: Installation):
    assert rushes("budget", "--day", "5", "--month", "50.25", "--json").json()["month"]["cap"] == "50.250000"
    assert "of $5.00" in rushes("budget").out
    assert rushes("budget", "--day", "none", "--month", "none", "--json").json()["day"]["cap"] is None
    assert rushes("budget", "--day", "-1").code == 2
    told = rushes("budget", "--job", "last")
    assert (told.code, "--job last: Write it as JOB=DOLLARS" in told.err) == (2, True)


def test_costs_are_told_as_a_table_as_json_and_as_csv(rushes: Installation):
    assert rushes("costs", "--by", "provider", "--csv").out.startswith("provider,label,submissions")
    assert rushes("costs", "--from", "2020-01-01", "--to", "2020-01-02", "--json").json()["rows"] == []
    assert rushes("costs").out.startswith("day")


def test_trying_a_paid_provider_asks_first(rushes: Installation):
    told = rushes("providers", "test", "echo")
    assert told.code == 2
    assert "$0.01" in told.err and "--yes" in told.err


def test_trying_a_provider_makes_one_video_and_says_what_it_cost(rushes: Installation):
    told = rushes("providers", "test", "echo", "--yes")
    assert told.code == 0, told
    assert "made 1 of 1 video. Cost: $0.01." in told.out
