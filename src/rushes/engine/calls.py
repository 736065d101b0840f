"""What a provider is given with a call: the inputs of a submission with the files they need, and its key."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rushes.engine.ledger import Work
from rushes.engine.runtime import Runtime
from rushes.providers.video_contract import Call, Credential, JobRef, ShotInput, VideoOptions


@asynccontextmanager
async def shot_of(run: Runtime, work: Work) -> AsyncGenerator[ShotInput]:
    """What it is made from; the files of its images are there for as long as the provider may want them."""
    async with AsyncExitStack() as stack:

        async def file(key: str) -> Path:
            return await stack.enter_async_context(run.bucket.local(key))

        yield ShotInput(
            prompt=work.prompt,
            negative_prompt=work.negative_prompt,
            image=await file(work.image_key) if work.image_key else None,
            model=work.model,
            seeds=tuple(take.seed for take in work.takes),
            last_image=await file(work.last_image_key) if work.last_image_key else None,
            references=tuple([await file(key) for key in work.reference_keys]),
            source=work.source,
            extend=work.extend,
        )


def call_of(run: Runtime, work: Work, shot: ShotInput, credential: Credential | None) -> Call[VideoOptions]:
    """The call of a submission."""
    return Call(
        key=str(work.id),
        shot=shot,
        options=run.providers.get(work.provider).Options.model_validate(work.options),
        credential=credential,
        job=JobRef(work.job_id, work.job_name),
    )
