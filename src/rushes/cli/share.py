"""`rushes share …`: links to a job, takes or a film, for looking without an account."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from rushes.cli import _complete, _remote_jobs
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import count, print_json, print_note, print_result, short, stdout, table, when
from rushes.cli._person import ask_secret
from rushes.cli._remote import RemoteServer, find_by_start
from rushes.cli._session import acting_user, find_job, find_video, with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid
from rushes.sharing import links
from rushes.sharing.views import DAYS, MOST_DAYS, NewShare, ShareCreated, ShareView


def create(
    job: Annotated[
        str | None,
        typer.Argument(
            metavar="JOB",
            help="A job: its id, the start of its id, its name, or `last`.",
            autocompletion=_complete.jobs,
            show_default=False,
        ),
    ] = None,
    take: Annotated[
        list[str] | None,
        typer.Option("--take", metavar="VIDEO", help="A take instead. Several times.", show_default=False),
    ] = None,
    film: Annotated[
        UUID | None, typer.Option("--film", metavar="FILM", help="A film instead, by its whole id.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="Days until it expires.")] = DAYS,
    password: Annotated[
        bool, typer.Option("--password", help="With a password: asked for, or read from standard input.")
    ] = False,
    download: Annotated[bool, typer.Option("--download/--no-download", help="Guests may download.")] = True,
    feedback: Annotated[bool, typer.Option("--feedback", help="Guests may leave stars and notes.")] = False,
    name: Annotated[
        str | None, typer.Option(help="What guests read above it. Left out: the job's name.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a link to a job, takes or a film, for looking without an account.

    Whoever has it sees the finished takes: no prompts, no costs, no names. It
    is shown this once.

    [bold]Examples[/bold]
    $ rushes share create last
    $ rushes share create --take 9c1e --take 77ab --days 3 --no-download
    $ rushes share create last --feedback --password
    """
    if sum(each is not None for each in (job, take, film)) != 1:
        fault = Fault("JOB", "Give a job, or --take, or --film.", "one_of")
        raise Invalid("A link shows one thing.", [fault])
    secret = ask_secret("Password of the link") if password else None

    def wanted(job_id: UUID | None, video_ids: Sequence[UUID] | None) -> NewShare:
        return NewShare(
            job_id=job_id,
            video_ids=None if video_ids is None else list(video_ids),
            film_id=film,
            name=name,
            days=days,
            password=secret,
            download=download,
            feedback=feedback,
        )

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            job_id = None if job is None else await find_job(session, job)
            videos = None if take is None else [await find_video(session, each) for each in take]
        made = await links.create_share(run, acting_user(), None, wanted(job_id, videos))
        return _made(made, json)

    def remote(server: RemoteServer) -> int:
        job_id = None if job is None else _remote_jobs.find_job(server, job)
        videos = None if take is None else _remote_jobs.find_videos(server, take)
        body = wanted(job_id, videos).model_dump(mode="json", exclude_none=True)
        return _made(server.ask("POST", "/api/shares", ShareCreated, json=body), json)

    exit_with(with_runtime(command, remote))


def _made(made: ShareCreated, json: bool) -> int:
    if json:
        print_json(made)
    else:
        print_result(made.url)
        print_note(f"It works until {when(made.expires_at)}, and is not shown again.")
    return Code.DONE


def list_(json: JsonOption = False) -> None:
    """List the links of the space: until when they work, how often they were opened.

    [bold]Example[/bold]
    $ rushes share list
    """

    async def command(run: Runtime) -> int:
        return _print(await _links_here(run), json)

    def remote(server: RemoteServer) -> int:
        return _print(server.get("/api/shares", list[ShareView]), json)

    exit_with(with_runtime(command, remote))


def _print(found: list[ShareView], json: bool) -> int:
    if json:
        print_json(found)
    elif not found:
        print_note("There is no link: rushes share create JOB")
    else:
        rows = table("link", "shows", "until", "opened", "downloads", "", right=("opened", "downloads"))
        for each in found:
            facts = ["password"] if each.password else []
            facts += [] if each.download else ["no download"]
            facts += [count(each.reviews, "review")] if each.reviews else []
            numbers = (str(each.views), str(each.downloads))
            shown = Text(f"{each.kind} {each.name}")
            rows.add_row(short(each.share_id), shown, when(each.expires_at), *numbers, ", ".join(facts))
        stdout().print(rows)
    return Code.DONE


def revoke(
    link: Annotated[str, typer.Argument(metavar="LINK", help="Its id, or the start of it.")],
) -> None:
    """Revoke a link: whoever opens it finds nothing from now on.

    [bold]Example[/bold]
    $ rushes share revoke 3f2a
    """

    async def command(run: Runtime) -> int:
        await links.revoke_share(run, acting_user(), None, _one(await _links_here(run), link))
        return _revoked()

    def remote(server: RemoteServer) -> int:
        share_id = _one(server.get("/api/shares", list[ShareView]), link)
        server.ask("DELETE", f"/api/shares/{share_id}")
        return _revoked()

    exit_with(with_runtime(command, remote))


def _one(known: list[ShareView], given: str) -> UUID:
    return find_by_start(given, ((each.share_id, "") for each in known), "link", "`rushes share list`")


async def _links_here(run: Runtime) -> list[ShareView]:
    async with run.db.statement() as session:
        return await links.list_shares(session, acting_user())


def _revoked() -> int:
    print_result("Revoked: whoever opens it finds nothing from now on.")
    return Code.DONE
