"""Signing in to a Flow account: a person does it in a visible browser, and we see when they are through.

Nothing is typed for them, but for those who have put an address and a password into their settings; that
stops at the first thing Google asks besides.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

from rushes.engine.flow_views import FLOW, FlowSignInView
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded
from rushes.flow_signins import actions as flow
from rushes.providers.video.flow.browser.guide import Obstacle
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages.sign_in import SignedIn
from rushes.providers.video.flow.browser.sign_in_window import SignInWindow, open_sign_in
from rushes.providers.video.flow.provider import FlowProvider

LOOK_SECONDS = 0.5
LONGEST_SECONDS = 20 * 60.0
Told = Callable[[str], None]
"""Is told what the person has to do next."""

TO_DO = {
    Obstacle.SIGNED_OUT: "Sign in to your Google account in the browser window.",
    Obstacle.CONFIRM: "Google wants to confirm that it is you: do it in the browser window.",
    Obstacle.CHOOSER: "Choose the account in the browser window.",
    Obstacle.REJECTED: "Google lets nobody sign in in a browser that a program has opened. Close it, and use"
    " your ordinary one: rushes flow login --by-hand",
    Obstacle.TWO_FACTOR: "Google asks for your second factor: give it in the browser window.",
    Obstacle.CAPTCHA: "Google shows a captcha: solve it in the browser window.",
    Obstacle.FIRST_RUN: "Flow has something to tell you: read it and close it in the browser window.",
    Obstacle.UPLOAD_CONSENT: "Flow asks about your rights to what is uploaded: answer it in the browser.",
}
BY_HAND = "Sign in to Flow in the browser that opens, then close it. Rushes looks when it is closed."
UNTIL_CLOSED = (
    "You are signed in. Answer what Flow shows you (if it asked about uploads: upload an image yourself),"
    " then close the window."
)


def provider_of(run: Runtime) -> FlowProvider:
    """The provider, as what it is. Raises `NotFound` when Flow is switched off."""
    provider = run.providers.get(FLOW)
    if not isinstance(provider, FlowProvider):
        raise TypeError(f"{provider!r} is not Flow")
    return provider


async def log_in(
    run: Runtime, owner: UUID, name: str, told: Told, *, by_hand: bool = False
) -> FlowSignInView:
    """Open a browser, wait until its person is signed in, keep that. Raises `ActionNeeded` when they are not.

    `by_hand` opens an ordinary one, and looks when it has been closed. An account of this name is signed in
    again, and begins with what was kept of it.
    """
    name = flow.account_name(name)
    settings = provider_of(run).settings
    known = next((each for each in await flow.list_all(run, owner) if each.name == name), None)
    state = await flow.kept_state(run, known.id) if known else ""
    # Only the dialogs of Flow itself are left: there is nothing to see that says they are answered.
    stay = known is not None and known.state is CredentialState.NEEDS_PERSON
    by_settings = not by_hand and settings.email is not None and settings.password is not None
    config = provider_of(run).config
    if by_hand:
        told(BY_HAND)
        state = ""  # what the ordinary browser has is what counts
    # A profile of its own: a worker may have the account open.
    async with open_sign_in(config, uuid4(), name, state, visible=not by_settings, by_hand=by_hand) as window:
        await window.open()
        if by_hand:
            seen, state = await window.settled(), await window.storage_state()
        elif settings.email is not None and settings.password is not None:
            seen = await window.fill(settings.email, settings.password.get_secret_value())
            state = await window.storage_state()
        else:
            seen, state = await _watch(window, told, stay=stay)
        if isinstance(seen, Obstacle):
            # With the password in the settings there was no window to do it in.
            raise ObstacleMet(seen, name, option=" --by-hand" if by_settings else "")
    return await flow.keep_account(run, owner, name, state, email=seen.email)


async def _watch(window: SignInWindow, told: Told, *, stay: bool) -> tuple[SignedIn, str]:
    """Until somebody is signed in; with `stay`, until they have closed the window."""
    said: str | None = None
    kept: tuple[SignedIn, str] | None = None
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            while not window.closed.is_set():
                seen = await window.look()
                if isinstance(seen, SignedIn):
                    if kept is None and stay:
                        await window.show_project()  # what is to be answered was met in one
                    kept = seen, await window.storage_state()
                    if not stay:
                        break
                say = UNTIL_CLOSED if isinstance(seen, SignedIn) else TO_DO[seen] if seen else said
                if say is not None and say != said:
                    told(say)
                    said = say
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        pass  # said below
    except Exception:
        if not window.closed.is_set():
            raise
        # The window was closed while it was looked at.
    if kept is None:
        raise ActionNeeded("Nobody has signed in.", hint="Run `rushes flow login` again when you can.")
    return kept
