"""How an expected failure looks to a person, and which exit code it is."""

from rich.console import Console
from rich.text import Text

from rushes.cli._exit import Code
from rushes.errors import Actor, Invalid, NotFound, RushesError, TooLarge


def explain(error: RushesError) -> int:
    """Print an expected failure to standard error: what, where, what to do. Returns the exit code."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    faults = error.faults if isinstance(error, Invalid) else ()
    if faults:
        # The message repeats the first fault; the faults say it with their places.
        repeated = any(error.message.startswith(f"{fault.where}: {fault.message}") for fault in faults)
        if not repeated:
            console.print(Text(error.message, "bold red"))
        for fault in faults:
            console.print(
                Text.assemble((f"{fault.where}: ", "bold red" if repeated else "bold"), fault.message)
            )
    else:
        console.print(Text(error.message, "bold red"))
    if error.hint:
        console.print(Text(error.hint))
    if isinstance(error, Invalid | TooLarge | NotFound):
        return Code.USAGE
    return Code.NEEDS_YOU if error.actor is Actor.USER else Code.FAILED
