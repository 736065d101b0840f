"""What `rushes api` and `rushes up` listen on."""

import socket

import pytest

from rushes.cli._listen import listen, refuse_public_address
from rushes.errors import Invalid
from rushes.settings import Settings
from tests.cli.installation import Installation, free_port


def test_answers_are_sent_at_once_and_not_held_back_for_the_clients_confirmation():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        listen(Settings.model_validate({"port": port})) as listener,
        socket.create_connection(("127.0.0.1", port)),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LocalHost"])
def test_an_address_of_this_machine_alone_needs_no_consent(host: str):
    refuse_public_address(Settings.model_validate({"host": host}))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.7", "studio.example.org", "2001:db8::1"])
def test_an_address_that_others_reach_is_refused_until_the_operator_wants_it_so(host: str):
    with pytest.raises(Invalid, match="has no accounts here") as refused:
        refuse_public_address(Settings.model_validate({"host": host}))
    assert "--insecure" in (refused.value.hint or "")
    refuse_public_address(Settings.model_validate({"host": host, "insecure": True}))


@pytest.mark.parametrize("command", ["up", "api"])
def test_a_server_for_others_does_not_start_without_consent(rushes: Installation, command: str):
    refused = rushes(command, "--host", "0.0.0.0", "--port", str(free_port()))
    assert refused.code == 2, refused
    assert "--insecure" in refused.err
    assert "Traceback" not in refused.err
