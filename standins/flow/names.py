"""Every single name a driver could hold on to: what `Scenario.renames` may rename, one at a time."""

AGENT_RPC = "vVHmge"
"""A prompt to the agent. ? Its real id is not known outside; this one is made up."""
DELETE_RPC = "yHtTrc"
"""A tile's deletion. ? Made up, too."""
REUSE_RPC = "rEuPmt"
"""The prompt and images of a generation, for "Reuse prompt". ? Made up, too."""
