"""`rushes flow export` and `import`: Flow sign-ins from one machine to another."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli._background import Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._flow_sign_in import NameArg, report, sign_in_id
from rushes.cli._options import JsonOption
from rushes.cli._output import print_note, print_result
from rushes.cli._session import acting_user, with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid
from rushes.flow_signins import actions
from rushes.flow_signins import storage as flow_storage

BucketOption = Annotated[
    bool, typer.Option("--bucket", help="The bucket of this installation, encrypted, instead of a file.")
]


def export(
    name: NameArg,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Where to; `-` prints it.", show_default=False)
    ] = "",
    bucket: BucketOption = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
) -> None:
    """Write what a Flow sign-in consists of to a file, or into the bucket.

    Whoever has the file is signed in as you: bring it over safely, then delete
    it. In the bucket it is encrypted with this installation's key.

    [bold]Examples[/bold]
    $ rushes flow export studio studio.json
    $ rushes flow export studio --bucket
    """

    async def command(run: Runtime) -> int:
        _one_place(file, bucket)
        account_id = await sign_in_id(run, name)
        if bucket:
            key = await flow_storage.export_to_bucket(run, acting_user(), account_id)
            print_result(f"It is in {run.bucket.name} as {key}, encrypted with this installation's key.")
            return Code.DONE
        state = await actions.signed_in_state(run, acting_user(), account_id)
        if file == "-":
            sys.stdout.write(f"{state}\n")
            return Code.DONE
        await asyncio.to_thread(_write, Path(file), state, replace)
        print_result(f"It is in {file}.")
        print_note(
            "Whoever has this file is signed in as you. Delete it when it is where it should be.", "yellow"
        )
        return Code.DONE

    exit_with(with_runtime(command))


def _write(file: Path, state: str, replace: bool) -> None:
    """For its owner's eyes alone, also when it was there before. Raises `Invalid`."""
    how = os.O_TRUNC if replace else os.O_EXCL
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | how, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as target:
            file.chmod(0o600)
            target.write(state)
    except FileExistsError as error:
        fault = Fault(str(file), "It is there already. Give another name, or --replace.", "exists")
        raise Invalid("The file is not written.", [fault]) from error
    except OSError as error:
        raise Invalid(
            "The file is not written.", [Fault(str(file), f"{error.strerror}.", "bad_file")]
        ) from error


def import_(
    name: NameArg,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="What was exported; `-` reads it.", show_default=False)
    ] = "",
    bucket: BucketOption = False,
    json: JsonOption = False,
) -> None:
    """Bring in a Flow sign-in made elsewhere. What waited for it continues.

    [bold]Examples[/bold]
    $ rushes flow import studio studio.json
    $ ssh laptop rushes flow export studio - | rushes flow import studio -
    $ rushes flow import studio --bucket
    """

    async def command(run: Runtime) -> int:
        _one_place(file, bucket)
        if bucket:
            account = await flow_storage.import_from_bucket(run, acting_user(), name)
        else:
            content = await asyncio.to_thread(_read, file)
            account = await flow_storage.import_state(run, acting_user(), name, content)
        await Background(run).ensure_for_work()
        return report(
            account, json, f"is kept, encrypted. Look whether it is signed in: rushes flow check {name}"
        )

    exit_with(with_runtime(command))


def _read(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "It is no text"
        raise Invalid("The file cannot be read.", [Fault(file, f"{why}.", "unreadable")]) from error


def _one_place(file: str, bucket: bool) -> None:
    if bool(file) == bucket:
        raise Invalid("Say where: a file (`-` for standard input and output), or --bucket.")
