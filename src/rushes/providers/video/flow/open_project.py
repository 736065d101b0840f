"""Opens the Flow project of a job, anew where its person has deleted it meanwhile."""

from rushes.errors import ProviderChanged
from rushes.providers.video.flow.browser.logs import AUTOMATION
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.session import Session
from rushes.providers.video.flow.watch import Watch
from rushes.providers.video_contract import JobRef

LISTED_SECONDS = 2.0
"""For so long a page that was just opened may take to hear what is in its project."""


async def open_project(session: Session, watch: Watch, job: JobRef) -> ProjectPage:
    """Return the page of a job's project. The session's lock is the caller's. Raises as `Session.project`."""
    known = session.project_of(job)
    fresh = not session.has_page(job)
    heard = watch.observer
    try:
        page = await session.project(job)
        if fresh and page.id not in heard.gone:
            await heard.until(lambda: page.id in heard.listed or page.id in heard.gone, LISTED_SECONDS)
        if page.id not in heard.gone:
            return page
    except ProviderChanged:
        if known is None:
            raise
    AUTOMATION.warning("%s: the project of %r is not there any more", session.name, job.name)
    await session.forget_project(job)
    return await session.project(job)
