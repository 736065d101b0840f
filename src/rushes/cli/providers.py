"""`rushes providers`: their models, prices, limits and options."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from rushes.cli._batch_plan import FLAGS
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import duration, money, price, print_json, stdout, table
from rushes.cli._session import with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.views import ModelView, ProviderView
from rushes.planning.settings import describe
from rushes.providers.base import CredentialKind
from rushes.providers.kinds import Kind

if TYPE_CHECKING:
    from rushes.cli._remote import RemoteServer

MADE = {Kind.VIDEO: "video", Kind.VOICE: "text", Kind.PICTURE: "picture", Kind.SCRIPT: "script"}
"""What one call makes, by kind."""
ASKED = {Kind.VIDEO: "prompt", Kind.VOICE: "text", Kind.PICTURE: "prompt", Kind.SCRIPT: "text"}


def providers(
    context: typer.Context,
    kind: Annotated[Kind, typer.Option(help="What they make.")] = Kind.VIDEO,
    json: JsonOption = False,
) -> None:
    """List the providers: their models, prices, limits and options.

    [bold]Examples[/bold]
    $ rushes providers
    $ rushes providers --kind voice
    $ rushes providers --json
    $ rushes providers test omni
    """
    if context.invoked_subcommand is None:
        exit_with(
            with_runtime(lambda run: _list(run, kind, json), lambda server: _list_remote(server, kind, json))
        )


async def _list(run: Runtime, kind: Kind, json: bool) -> int:
    return _print([describe(run, each) for each in run.providers.of_kind(kind)], json)


def _list_remote(server: "RemoteServer", kind: Kind, json: bool) -> int:
    return _print(server.get("/api/providers", list[ProviderView], kind=str(kind)), json)


def _print(views: list[ProviderView], json: bool) -> int:
    if json:
        print_json(views)
    else:
        for view in views:
            _show(view)
    return Code.DONE


def _show(view: ProviderView) -> None:
    console = stdout()
    console.print(Text.assemble((view.id, "bold"), f"  {view.title}: {', '.join(view.modes) or view.kind}"))
    for model in view.models:
        console.print(
            f"  model {model.id} ({model.title}): {_prices(view, model)},"
            f" usually {duration(model.typical_seconds)} per {MADE[view.kind]}"
        )
        if model.warning:
            console.print(Text(f"    {model.warning}", "yellow"))
    if view.needs:
        what = "a signed-in account" if view.needs == CredentialKind.FLOW_ACCOUNT else "a key of yours"
        what += f" for {view.service_title}" if view.service != view.id else ""
        where = (
            f" (rushes keys add {view.id}, or {' or '.join(view.environment)})" if view.environment else ""
        )
        console.print(f"  needs {what}{where}")
    outputs = f"{view.max_outputs} videos per shot, " if view.kind == Kind.VIDEO else ""
    console.print(
        f"  at most {outputs}{view.max_prompt_chars:,} characters per {ASKED[view.kind]},"
        f" {view.concurrency} at once"
    )
    rows = table("option", "values", "default", "what it does")
    for name, schema in view.options.get("properties", {}).items():
        rows.add_row(
            f"  {FLAGS.get(name, f'--option {name}=')}",
            Text(_values(schema)),
            Text(_default(schema)),
            Text(str(schema.get("description", ""))),
        )
    console.print(rows)
    console.print()


def _prices(view: ProviderView, model: ModelView) -> str:
    if model.price_per_million_characters is not None:
        return f"{money(model.price_per_million_characters)} per million characters"
    if view.kind == Kind.SCRIPT and (model.price_per_million_input or model.price_per_million_output):
        read, written = model.price_per_million_input, model.price_per_million_output
        return f"{money(read or Decimal(0))} read, {money(written or Decimal(0))} written, per million tokens"
    if view.kind == Kind.PICTURE and any(model.price_per_picture.values()):
        return ", ".join(f"{money(each)} at {name}" for name, each in model.price_per_picture.items())
    if view.kind in {Kind.SCRIPT, Kind.PICTURE}:
        return price(Decimal(0), known=model.id != "named")
    if set(model.credits) == {"*"}:
        return price(Decimal(0), model.credits["*"])
    if model.credits:
        return "Flow credits " + ", ".join(f"{each} for {which}" for which, each in model.credits.items())
    if not any(model.price_per_second.values()):
        return price(Decimal(0), known=view.needs is None)
    return ", ".join(
        f"{money(each)} a second{'' if size == '*' else f' at {size}'}"
        for size, each in model.price_per_second.items()
    )


def _values(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:  # may be left unset
        return " or ".join(_values(each) for each in schema["anyOf"] if each.get("type") != "null")
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "boolean":
        return "true, false"
    kind = str(schema.get("type", "text"))
    low, high = (schema.get(each) for each in ("minimum", "maximum"))
    if low is None:
        return kind if high is None else f"{kind} up to {high}"
    return f"{kind} from {low}" if high is None else f"{kind} {low} to {high}"


def _default(schema: dict[str, Any]) -> str:
    value = schema.get("default")
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
