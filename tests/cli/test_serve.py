"""What `rushes api` and `rushes up` listen on."""

import socket

from rushes.cli.work.serve import listen
from rushes.settings import Settings


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
