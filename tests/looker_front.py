"""Hands its streams over to a fork of the looking program, and stays as long as that does: `tests.lookers`.

Every test with a worker starts one, so it loads nothing that can be done without.
"""

import _socket
import os
import sys

if __name__ == "__main__":
    asking = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    asking.connect(sys.argv[1])
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1))
    asking.sendmsg([b"?"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    os.close(0)
    os.close(1)
    asking.recv(1)
