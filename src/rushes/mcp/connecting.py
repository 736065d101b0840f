"""How a tool reaches the API: as the caller of the tool, whoever that is."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from mcp.server.mcpserver import Context

from rushes.mcp.client import RushesApi

Connect = Callable[[Context], AbstractAsyncContextManager[RushesApi]]
