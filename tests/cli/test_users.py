"""`rushes users`: people without a page, a mail or an admin."""

from tests.cli.installation import Installation

PASSWORD = "correct horse battery staple"


def test_people_are_added_disabled_and_helped_by_the_operator(rushes: Installation):
    assert "users add" in rushes("users").err
    refused = rushes("users", "add", "ada@example.org", typed=f"{PASSWORD}\n")
    assert (refused.code, "--admin" in refused.err) == (2, True)
    code = rushes("users", "setup-code")
    assert "/setup#" in code.out
    weak = rushes("users", "add", "ada@example.org", "--admin", typed="password\n")
    assert weak.code == 2
    added = rushes("users", "add", "ada@example.org", "--admin", "--name", "Ada", typed=f"{PASSWORD}\n")
    assert added.code == 0, added.err
    assert rushes("users", "setup-code").code != 0
    assert rushes("users", "add", "bob@example.org", typed=f"{PASSWORD}\n").code == 0
    assert rushes("users", "add", "BOB@example.org", typed=f"{PASSWORD}\n").code != 0
    assert rushes("users", "disable", "bob@example.org").code == 0
    people = {each["email"]: each for each in rushes("users", "list", "--json").json()}
    assert (people["ada@example.org"]["is_admin"], people["bob@example.org"]["status"]) == (True, "disabled")
    assert rushes("users", "disable", "ada@example.org").code != 0, "the last admin"
    assert rushes("users", "enable", "bob@example.org").code == 0
    assert rushes("users", "make-admin", "bob@example.org").code == 0
    assert rushes("users", "disable", "ada@example.org").code == 0
    link = rushes("users", "reset-password", "bob@example.org", "--link")
    assert "/reset#" in link.out
    assert rushes("users", "reset-password", "bob@example.org", typed=f"{PASSWORD} 2\n").code == 0
    assert rushes("users", "reset-password", "nobody@example.org", "--link").code != 0
    for each in (code, weak, added, link):
        assert PASSWORD not in each.out + each.err
