"""Providers: who can make videos or speech, with what options, within what limits, for what price."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from rushes.api import examples
from rushes.api.deps import Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.engine.views import ProviderView
from rushes.planning.settings import describe
from rushes.providers.kinds import Kind

router = APIRouter(prefix="/api/providers", tags=["providers"])


@router.get("", responses=answers([examples.PROVIDER], "All providers."), summary="List providers")
async def read_providers(
    run: Run, kind: Annotated[Kind, Query(description="What they make.")] = Kind.VIDEO
) -> list[ProviderView]:
    """Every provider of a kind; `options` is the JSON Schema of what may be said to it."""
    return [describe(run, each) for each in run.providers.of_kind(kind)]


@router.get(
    "/{provider_id}",
    responses=answers(examples.PROVIDER, "The provider.") | problems(not_found="There is no such provider."),
    summary="Look at a provider",
)
async def read_provider(provider_id: Annotated[str, Path(description="Its id.")], run: Run) -> ProviderView:
    """Return one provider with its options and limits."""
    return describe(run, provider_id)
