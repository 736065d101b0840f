"""`rushes batch` on a server that one is signed in to: checked there, then sent, started and watched."""

import asyncio
import contextlib
import json
import mimetypes
import tempfile
import zipfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from rich.text import Text

from rushes.cli._batch_plan import LIST, BatchRequest, by_flags, read_options, sort_paths
from rushes.cli._batch_report import ROWS
from rushes.cli._exit import Code
from rushes.cli._output import (
    count,
    duration,
    expected_price,
    fit,
    print_json,
    print_note,
    print_result,
    short,
    shorten,
    stderr,
    stdout,
    table,
)
from rushes.cli._remote import RemoteServer
from rushes.cli._remote_jobs import find_project, follow, job_of
from rushes.cli._session import confirm, is_interactive, pairs
from rushes.engine.states import JobStatus
from rushes.engine.views import ProviderView
from rushes.errors import Fault, Invalid
from rushes.intake.kinds import FileKind, kind_of
from rushes.jobs.overview_views import UploadCheck

PROMPT_WIDTH = 100


def batch_on(server: RemoteServer, request: BatchRequest) -> int:
    """Check a batch on the server, show what fits and its price, then make it. Returns the exit code."""
    given = sort_paths(request.paths)
    settings = _settings(server, request)
    with _as_sent(given.images) as images, ExitStack() as files:
        names, texts = _names_in(images)
        check = _check(server, request, settings, names, texts, given.prompts)
        if check.errors:
            faults = [Fault(each.where, each.message, each.code) for each in check.errors]
            raise Invalid("This cannot be made.", faults)
        if request.dry_run:
            if request.json:
                print_json(check)
            else:
                _show(check, dry_run=True)
            return Code.DONE
        _show(check, dry_run=False)
        if not _confirmed(check, request):
            print_note("Nothing was created.")
            return Code.USAGE
        sent = _form(images, given.prompts, files)
        job_id = _create(server, request, settings, sent)
    if request.wait:
        return follow(server, job_id, json=request.json)
    job = job_of(server, job_id)
    if request.json:
        print_json(job)
    else:
        print_result(f"Job {short(job_id)} ({job.job_name}) is started.")
        print_note(f"Watch it: rushes show {short(job_id)} --wait")
    return Code.DONE


def _settings(server: RemoteServer, request: BatchRequest) -> dict[str, Any]:
    """Return the settings of the job as the API takes them. Raises `Invalid` with the flags at fault."""
    chosen: dict[str, Any] = {name: value for name, value in request.named.items() if value is not None}
    if request.provider is None:
        chosen |= pairs(request.options, "--option")
    else:
        known = server.get(f"/api/providers/{request.provider}", ProviderView)
        chosen |= read_options(request.options, known.options.get("properties", {}), request.provider)
    plain = {
        "project_id": request.project and str(find_project(server, request.project)),
        "provider": request.provider,
        "model": request.model,
        "outputs": request.outputs,
        "negative_prompt": request.negative,
        "seed": request.seed,
        "allow_text_only": request.allow_text_only,
        "budget": None if request.budget is None else str(request.budget),
        "when_down": str(request.when_down),
    }
    return {name: value for name, value in {**plain, **chosen}.items() if value is not None}


@contextlib.contextmanager
def _as_sent(
    images: Path | Sequence[tuple[str, Path]] | None,
) -> Generator[Path | Sequence[tuple[str, Path]] | None]:
    """The images as one ZIP or as files: a folder is packed into a temporary ZIP, uncompressed."""
    if not isinstance(images, Path):
        yield images
        return
    if not images.is_dir():
        if not images.is_file():
            raise Invalid("There is no such file.", [Fault(str(images), "It is not there.", "missing_file")])
        yield images if kind_of(images.name) is not FileKind.IMAGE else [(images.name, images)]
        return
    with tempfile.TemporaryDirectory(prefix="rushes-") as folder:
        bundle = Path(folder) / "images.zip"
        with zipfile.ZipFile(bundle, "w") as packed:
            for path in sorted(images.rglob("*")):
                name = path.relative_to(images).as_posix()
                if path.is_file() and kind_of(name) is not FileKind.JUNK:
                    packed.write(path, name)
        yield bundle


def _names_in(
    images: Path | Sequence[tuple[str, Path]] | None,
) -> tuple[list[str], list[tuple[str, bytes]]]:
    """Return the names of the images, and the prompts files among them."""
    if images is None:
        return [], []
    if not isinstance(images, Path):
        return [name for name, _ in images], []
    try:
        with zipfile.ZipFile(images) as bundle:
            members = [each for each in bundle.infolist() if not each.is_dir()]
            kinds = {each.filename: kind_of(each.filename) for each in members}
            names = [name for name, kind in kinds.items() if kind is FileKind.IMAGE]
            texts = [(name, bundle.read(name)) for name, kind in kinds.items() if kind is FileKind.PROMPTS]
    except zipfile.BadZipFile as error:
        fault = Fault(str(images), "This is no ZIP that can be read.", "bad_zip")
        raise Invalid("These images cannot be sent.", [fault]) from error
    return names, texts


def _check(
    server: RemoteServer,
    request: BatchRequest,
    settings: Mapping[str, Any],
    names: Sequence[str],
    texts: Sequence[tuple[str, bytes]],
    prompts: tuple[str, Path] | None,
) -> UploadCheck:
    files: list[tuple[str, tuple[str | None, Any]]] = [
        ("settings", (None, json.dumps(settings))),
        ("images", (None, json.dumps(list(names)))),
        *_choices(request),
    ]
    if prompts is not None:
        files.append(("prompts_file", (prompts[0], _read(prompts[1]))))
    else:
        files += [("texts", each) for each in texts]
    try:
        return cast("UploadCheck", server.ask("POST", "/api/check", UploadCheck, files=files))
    except Invalid as error:
        raise Invalid(error.message, by_flags(error.faults), hint=error.hint or LIST) from error


def _choices(request: BatchRequest) -> list[tuple[str, tuple[None, str]]]:
    named = {"pair": request.pair, "reading": request.read}
    return [(name, (None, str(value))) for name, value in named.items() if value is not None]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fault = Fault(str(path), f"It cannot be read: {error.strerror}.", "missing_file")
        raise Invalid("The prompts cannot be read.", [fault]) from error


def _form(
    images: Path | Sequence[tuple[str, Path]] | None, prompts: tuple[str, Path] | None, files: ExitStack
) -> list[tuple[str, tuple[str, Any, str]]]:
    """Return the form's files, open for reading: they are streamed."""
    chosen: list[tuple[str, str, Path]] = []
    if isinstance(images, Path):
        chosen.append(("images_folder", images.name, images))
    else:
        chosen += [("images", name, path) for name, path in images or ()]
    if prompts is not None:
        chosen.append(("prompts_file", *prompts))
    return [
        (
            field,
            (
                name,
                files.enter_context(path.open("rb")),
                mimetypes.guess_type(name)[0] or "application/octet-stream",
            ),
        )
        for field, name, path in chosen
    ]


def _create(
    server: RemoteServer,
    request: BatchRequest,
    settings: Mapping[str, Any],
    sent: list[tuple[str, tuple[str, Any, str]]],
) -> UUID:
    """Make, fill and start the job, or leave nothing of it. With a request id, continue what was begun."""
    body = {"job_name": request.job_name, "settings": settings}
    headers = {} if request.request_id is None else {"Idempotency-Key": request.request_id}
    job_id = UUID(server.ask("POST", "/api/jobs/create", json=body, headers=headers)["job_id"])
    if request.request_id is not None and job_of(server, job_id).status is not JobStatus.PENDING:
        return job_id
    try:
        files: list[tuple[str, Any]] = [*sent, *_choices(request)]
        server.ask("POST", f"/api/jobs/{job_id}/upload", files=files)
        server.ask("POST", f"/api/jobs/{job_id}/start")
    except BaseException:
        if request.request_id is None:
            server.ask("DELETE", f"/api/jobs/{job_id}")
        raise
    return job_id


def _left_out(check: UploadCheck) -> int:
    return len(check.pairs) + len(check.unmatched_images) - check.shots


def _confirmed(check: UploadCheck, request: BatchRequest) -> bool:
    """Whether to continue: asked when something is left out, or when it is not free."""
    reasons: list[str] = []
    if left_out := _left_out(check):
        reasons.append(f"{left_out} without a partner {'is' if left_out == 1 else 'are'} left out")
    if not check.estimate.price_known:
        reasons.append("the price is unknown")
    elif (cost := expected_price(check.estimate)) != "free":
        reasons.append(f"this costs {cost}")
    if not reasons or request.yes:
        return True
    question = " and ".join(reasons)
    question = question[0].upper() + question[1:]
    if is_interactive():
        return asyncio.run(confirm(f"{question}. Continue?"))
    print_note(f"{question}. Pass --yes to continue.", "bold red")
    return False


def _show(check: UploadCheck, *, dry_run: bool) -> None:
    """Print what goes with what, its price and its time; rows with a problem are never left out."""
    console = stdout() if dry_run else stderr()
    shown: list[list[Text]] = []
    for pair in check.pairs:
        problem = "no prompt" if pair.prompt is None else "no image" if pair.image is None else ""
        if problem or dry_run or len(shown) < ROWS:
            words = shorten(" ".join((pair.prompt or "").split()), PROMPT_WIDTH)
            row = (str(pair.number), pair.image or "", words)
            shown.append([*map(Text, row), Text(problem, "yellow")])
    shown += [[Text(""), Text(name), Text(""), Text("left out", "yellow")] for name in check.unmatched_images]
    console.print(fit(table("#", "image", "prompt", "note", right=("#",)), shown, "prompt", console.width))
    for warning in check.warnings:
        console.print(Text.assemble((f"{warning.where}: ", "yellow"), warning.message), soft_wrap=True)
    estimate = check.estimate
    line = (
        f"{count(estimate.videos, 'video')} of {count(check.shots, 'shot')}: {expected_price(estimate)},"
        f" about {duration(estimate.estimated_time_minutes * 60)}."
    )
    if dry_run:
        print_result(Text(line, "bold"))
        print_note("This was a dry run: nothing was stored, nothing was submitted.")
    else:
        print_note(line, "bold")
