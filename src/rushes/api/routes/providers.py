"""Providers: who can make videos, with what options, within what limits, for what price."""

from typing import Annotated

from fastapi import APIRouter, Path

from rushes.api import examples
from rushes.api.deps import Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.engine.views import ProviderView
from rushes.planning.settings import describe

router = APIRouter(prefix="/api/providers", tags=["providers"])


@router.get("", responses=answers([examples.PROVIDER], "All providers."), summary="List providers")
async def read_providers(run: Run) -> list[ProviderView]:
    """Every provider; `options` is the JSON Schema of what a job's settings may say to it."""
    return [describe(run, each) for each in run.providers.ids]


@router.get(
    "/{provider_id}",
    responses=answers(examples.PROVIDER, "The provider.") | problems(not_found="There is no such provider."),
    summary="Look at a provider",
)
async def read_provider(provider_id: Annotated[str, Path(description="Its id.")], run: Run) -> ProviderView:
    """One provider."""
    return describe(run, provider_id)
