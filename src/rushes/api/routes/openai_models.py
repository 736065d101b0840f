"""`/v1/models`: providers and their models, by the names that `/v1/videos` takes."""

from typing import Annotated

from fastapi import APIRouter, Path

from rushes.api import openai_examples as examples
from rushes.api.deps import Run
from rushes.api.examples import answers
from rushes.api.openai import OpenAiModel, OpenAiModelPage
from rushes.api.openai_errors import openai_errors
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound

router = APIRouter(prefix="/v1/models", tags=["OpenAI"])


@router.get("", responses=answers(examples.MODELS, "All models."), summary="List models (OpenAI)")
async def list_openai_models(run: Run) -> OpenAiModelPage:
    """Each provider (its default model) and each `provider/model`."""
    return OpenAiModelPage(data=_models(run))


@router.get(
    "/{model_id:path}",
    responses=answers(examples.MODEL, "The model.") | openai_errors(not_found="There is no such model."),
    summary="Look at a model (OpenAI)",
)
async def read_openai_model(
    model_id: Annotated[str, Path(description="`provider` or `provider/model`.")], run: Run
) -> OpenAiModel:
    """Return one model in OpenAI's shape."""
    for model in _models(run):
        if model.id == model_id:
            return model
    raise NotFound(f"There is no model {model_id!r}.", hint="GET /v1/models lists them.")


def _models(run: Runtime) -> list[OpenAiModel]:
    models: list[OpenAiModel] = []
    for provider in run.providers.ids:
        entries = run.providers.catalogue(provider).models
        named = [(provider, entries[0]), *((f"{provider}/{entry.id}", entry) for entry in entries)]
        models += [
            OpenAiModel(
                id=name,
                created=0,
                owned_by=provider,
                shutdown_date=entry.shutdown_date and entry.shutdown_date.isoformat(),
            )
            for name, entry in named
        ]
    return models
