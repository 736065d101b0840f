"""The site as one app: addresses of the page, its files, batchexecute, and what a test may ask of it."""

import asyncio
import html
import json
import re
import secrets
import threading
import time
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse

from standins._server import reset
from standins.flow.envelope import done, envelope, failed, opaque, parse_calls
from standins.flow.failures import Code, RpcError
from standins.flow.media import Files
from standins.flow.models import catalogue
from standins.flow.old_rest import OldRest
from standins.flow.rpc import SUBMITS, Rpcs
from standins.flow.scenario import Scenario
from standins.flow.signin import LIFE, ROTATING, SESSION, SignIn
from standins.flow.world import Account, Charge, World

PAGE = Path(__file__).parent / "page"
TYPES = {".js": "text/javascript", ".css": "text/css"}
BATCH = "/_/AiSandboxAngularFrontend/data/batchexecute"
OLD = "/fx/tools/flow"
IDLE_SECONDS = 10.0
BUILD = "boq_labs-ai-sandbox-frontend_20261118.02_p0"


class Site:
    """The stand-in of Flow's page: its state, its app, and what a test may do to it."""

    def __init__(self, scenario: Scenario | None = None) -> None:
        self.closing = threading.Event()
        self.world = World(scenario or Scenario())
        self._lost_replies = self._failed_submits = 0
        self._signin = SignIn(self.world)
        self._rpcs = Rpcs(self.world)
        self.app = FastAPI(title="Flow stand-in", openapi_url=None)
        self.app.get(OLD)(self._old)
        self.app.get(OLD + "/project/{project_id}")(self._old)
        for path in ("/", "/project/{_:path}"):
            self.app.get(path)(self._page)
        for path in ("/about", "/v3/signin/{_:path}"):
            self.app.get(path)(self._open_page)
        self.app.get("/page/{name:path}")(self._file)
        self.app.post(BATCH)(self._batch)
        self.app.get("/_/listen")(self._listen)
        self.app.post("/recaptcha/enterprise/reload")(self._captcha_token)
        self.app.include_router(self._signin.router)
        self.app.include_router(Files(self.world).router)
        self.app.include_router(OldRest(self.world, self._signin, self._rpcs).router)

    # what tests use

    @property
    def url(self) -> str:
        """Where it is served, without a slash at the end."""
        return self.world.url

    @url.setter
    def url(self, url: str) -> None:
        self.world.url = url

    @property
    def scenario(self) -> Scenario:
        """How it behaves. May be changed, or replaced, while it runs."""
        return self.world.scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self.world.scenario = scenario

    @property
    def bill(self) -> list[Charge]:
        """Every accepted submit, in order."""
        return self.world.bill

    @property
    def old_url(self) -> str:
        """The page's address of the generation before, on another host, which redirects."""
        return self.url.replace("127.0.0.1", "localhost") + OLD

    def account(self, email: str) -> Account:
        """What the site knows of an account; made when it is first asked for."""
        return self.world.account(email)

    def sign_in_state(self, email: str) -> str:
        """The storage state (JSON) of a browser that is signed in as `email`, as Playwright exports it."""
        self.account(email)
        cookie = {
            "name": SESSION, "value": self.world.sign_in(email), "domain": "127.0.0.1", "path": "/",
            "expires": time.time() + LIFE, "httpOnly": True, "secure": False, "sameSite": "Lax",
        }  # fmt: skip
        return json.dumps({"cookies": [cookie], "origins": []})

    def delete_projects(self, email: str) -> None:
        """As their person does: everything of the account is gone."""
        self.account(email).projects.clear()

    def expire(self, email: str) -> None:
        """End all sessions of an account: its cookies stay where they are and are worth nothing."""
        ended = [cookie for cookie, whose in self.world.sessions.items() if whose == email]
        for cookie in ended:
            self._signin.former[cookie] = self.world.sessions.pop(cookie)

    # what browsers use

    async def _old(self, request: Request, project_id: str = "") -> Response:
        if self.scenario.generation == "B":
            email = self._signin.email_of(request)
            return RedirectResponse(OLD, 307) if project_id and not email else self._shell(request, email)
        return RedirectResponse(f"{self.url}/project/{project_id}" if project_id else f"{self.url}/", 308)

    async def _page(self, request: Request) -> Response:
        if self.scenario.generation == "B":
            return RedirectResponse(OLD, 307)
        email = self._signin.email_of(request)
        if email is None:
            about = self.scenario.signed_out_lands == "about"
            return RedirectResponse("/about" if about else self._signin.first_page(), 302)
        response = self._shell(request, email)
        if self.scenario.rotating_cookie:
            response.set_cookie(ROTATING, secrets.token_hex(8), max_age=LIFE, httponly=True, samesite="lax")
        return response

    async def _open_page(self, request: Request) -> Response:
        return self._shell(request, self._signin.email_of(request))

    def _shell(self, request: Request, email: str | None) -> HTMLResponse:
        account = self.account(email) if email else None
        boot: dict[str, Any] = {
            **asdict(self.scenario),
            "failing": "",
            "email": email or self._signin.known_email(request),
            "language": self._language(request),
            "account": None,
            "catalogue": catalogue(lower_priority=self.scenario.lower_priority_model, veo_durations=False),
        }
        wiz = {"SNlM0e": self._at(request) if email else "", "cfb2h": BUILD}
        if account is not None:
            boot["account"] = {
                "agentOn": account.agent_on, "prefs": account.prefs, "clearPrompt": account.clear_prompt,
                "seenFirstRun": account.seen_first_run, "seenChangelog": account.seen_changelog,
                "consented": account.consented, "credits": account.credits,
            }  # fmt: skip
        return HTMLResponse(
            '<!doctype html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n<title>Google Flow</title>\n'
            '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="/page/style.css">\n{}'
            "<script>window.WIZ_global_data = {}; window.BOOT = {};</script>\n"
            '<script type="module" src="/page/main.js"></script>\n</head>\n<body></body>\n</html>\n'.format(
                html.escape(boot["language"]),
                _preloads(self.scenario.generation),
                _script(wiz),
                _script(boot),
            ),
            headers={"cache-control": "no-store"},
        )

    def _language(self, request: Request) -> str:
        asked = request.query_params.get("hl") if self.scenario.honours_hl else None
        return asked or self.scenario.language

    def _at(self, request: Request) -> str:
        return "AAt" + request.cookies.get(SESSION, "")[:12]

    async def _file(self, name: str) -> Response:
        text = page_files().get(name)
        if text is None:
            return PlainTextResponse("Not found", 404)
        suffix, kept = Path(name).suffix, "private, max-age=60"
        if suffix == ".css":  # another one for each scenario
            text, kept = renamed_css(text, self.scenario.renames), "no-store"
        return Response(text, media_type=TYPES[suffix], headers={"cache-control": kept})

    async def _listen(self) -> Response:
        """Held open, as some request always is on the real page."""
        for _ in range(round(IDLE_SECONDS / 0.2)):
            if self.closing.is_set():  # of another thread, which an asyncio event would not hear
                break
            await asyncio.sleep(0.2)
        return JSONResponse([])

    async def _captcha_token(self, request: Request) -> Response:
        """A token for one submit."""
        token = secrets.token_urlsafe(16)
        self.world.tokens.add(token)
        return PlainTextResponse(f')]}}\'\n["rresp",{json.dumps(token)},null,120]')

    async def _batch(self, request: Request) -> Response:
        calls, at = parse_calls(await request.body())
        email = self._signin.email_of(request)
        original = {new: old.removeprefix("rpc:") for old, new in self.scenario.renames.items()}
        parts: list[list[Any]] = []
        for wire_id, args in calls:
            rpc = original.get(wire_id, wire_id)
            try:
                if email is None:
                    raise RpcError(Code.UNAUTHENTICATED)
                if at != self._at(request) or request.headers.get("x-same-domain") != "1":
                    raise RpcError(Code.PERMISSION_DENIED)
                if rpc in SUBMITS and self._failed_submits < self.scenario.failing_submits:
                    self._failed_submits += 1
                    return PlainTextResponse("Internal Server Error", 500)
                parts.append(done(wire_id, await self._rpcs.call(self.account(email), rpc, args)))
                if rpc in SUBMITS and self._lost_replies < self.scenario.lost_submit_replies:
                    self._lost_replies += 1
                    return await reset(request)
            except RpcError as error:
                if error.failure is not None and self.scenario.complaint_text:
                    error.failure = replace(error.failure, text=self.scenario.complaint_text)
                parts.append(failed(wire_id, error))
        reply = envelope(parts)
        if self.scenario.wire == "opaque":
            reply = opaque(reply)
        return Response(reply, media_type="application/json; charset=utf-8", headers={"x-robots-tag": "none"})


@lru_cache(maxsize=1)
def page_files() -> dict[str, str]:
    """The page's files by their names: read once."""
    return {
        path.relative_to(PAGE).as_posix(): path.read_text()
        for path in PAGE.rglob("*")
        if path.suffix in TYPES
    }


def _preloads(generation: str) -> str:
    """All modules at once, instead of one after the other as they import each other."""
    wanted = (name for name in page_files() if name.endswith(".js"))
    return "".join(
        f'<link rel="modulepreload" href="/page/{name}">\n'
        for name in wanted
        if generation == "B" or not name.startswith("b/")
    )


def _script(data: Any) -> str:
    return json.dumps(data).replace("<", "\\u003c")


def renamed_css(css: str, renames: dict[str, str]) -> str:
    """The style sheet for a page whose names are changed, so that it looks the same."""
    for key, new in renames.items():
        kind, _, old = key.rpartition(":")
        marks = {"class": r"\.", "element": r"(?<![\w.#-])", "id": "#", "": r"(?<![\w-])"}
        if kind in marks and re.fullmatch(r"[\w-]+", old):
            css = re.sub(rf"({marks[kind]}){re.escape(old)}(?![\w-])", rf"\g<1>{new}", css)
    return css
