"""`rushes flow set`: how much is made with a Flow sign-in at the same time, and how fast."""

from typing import Annotated

import typer

from rushes.cli._exit import exit_with
from rushes.cli._flow_sign_in import NameArg, report, sign_in_id
from rushes.cli._options import JsonOption
from rushes.cli._session import acting_user, with_runtime
from rushes.engine.runtime import Runtime
from rushes.flow_signins import actions


def set_limits(
    name: NameArg,
    concurrency: Annotated[
        int | None, typer.Option("--in-flight", min=1, max=5, help="Generations in progress with it.")
    ] = None,
    spacing: Annotated[
        float | None, typer.Option("--spacing", min=0, max=3600, help="Seconds between two submits with it.")
    ] = None,
    usual: Annotated[bool, typer.Option("--usual", help="Both as they are for all sign-ins.")] = False,
    json: JsonOption = False,
) -> None:
    """Set how much is made with a Flow sign-in at the same time, and how fast.

    [bold]Examples[/bold]
    $ rushes flow set studio --in-flight 2 --spacing 45
    $ rushes flow set studio --usual
    """
    if usual == (concurrency is not None or spacing is not None):
        raise typer.BadParameter("Give --in-flight, --spacing or both; or --usual.")
    given = {"concurrency": concurrency, "spacing_seconds": spacing}
    wanted = actions.SignInChange.model_validate(
        {key: value for key, value in given.items() if usual or value is not None}
    )

    async def command(run: Runtime) -> int:
        sign_in = await actions.change(run, acting_user(), await sign_in_id(run, name), wanted)
        flying = str(sign_in.concurrency or "as usual")
        pause = "as usual" if sign_in.spacing_seconds is None else f"{sign_in.spacing_seconds:g} s"
        return report(sign_in, json, f"may have generations in progress: {flying}; between submits: {pause}.")

    exit_with(with_runtime(command))
