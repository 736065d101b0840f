"""How a tool reaches the API: as the caller of the tool, whoever that is."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from mcp.server.mcpserver import Context

from rushes.mcp.client import Api

Connect = Callable[[Context], AbstractAsyncContextManager[Api]]
