"""Signing in: the pages between /about and a session, as far as a person or a driver meets them."""

import re
import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from standins.flow.media import ScenarioBox
from standins.flow.scenario import SignInPage
from standins.flow.world import World

SESSION, LOGIN, ROTATING = "OSID", "GAPS", "SIDTS"
"""Cookies. The real ones are more and marked secure; presence of a cookie is no session there either."""
LIFE = 400 * 24 * 3600
WRONG = "wrong"
"""The one password (and the six-digit code 000000) that is refused."""
PATHS: dict[str, str] = {
    "identifier": "/v3/signin/identifier",
    "confirm": "/v3/signin/confirmidentifier",
    "chooser": "/v3/signin/accountchooser",
    "rejected": "/v3/signin/rejected",
    "password": "/v3/signin/challenge/pwd",
    "two_factor": "/v3/signin/challenge/totp",
    "captcha": "/v3/signin/challenge/recaptcha",
}
SOMEBODY = "ada@example.com"


@dataclass
class Login:
    """How far one browser has come."""

    email: str = ""
    captcha_first: bool = False


class SignIn:
    """The routes of the accounts host."""

    def __init__(self, world: World, box: ScenarioBox) -> None:
        self.world, self.box = world, box
        self.logins: dict[str, Login] = {}
        self.former: dict[str, str] = {}
        """Cookies of sessions that ended, and whose they were."""
        self.router = APIRouter()
        self.router.get("/signin/continue")(self.go_on)
        self.router.post(PATHS["identifier"])(self.identify)
        self.router.post(PATHS["confirm"])(self.identify)
        self.router.post(PATHS["chooser"])(self.identify)
        self.router.post(PATHS["password"])(self.password)
        self.router.post(PATHS["two_factor"])(self.code)
        self.router.post(PATHS["captcha"])(self.solved)
        self.router.get("/SignOutOptions")(self.sign_out)

    def email_of(self, request: Request) -> str | None:
        """Whose session this is."""
        return self.world.sessions.get(request.cookies.get(SESSION, ""))

    def known_email(self, request: Request) -> str:
        """Whose it was: what the confirm page and the chooser show."""
        login = self.logins.get(request.cookies.get(LOGIN, ""))
        if login is not None and login.email:
            return login.email
        return self.former.get(request.cookies.get(SESSION, ""), SOMEBODY)

    def first_page(self) -> str:
        """Where the way to a session begins."""
        return PATHS[self.box.scenario.sign_in]

    async def go_on(self, request: Request) -> Response:
        """The button of /about."""
        if self.email_of(request):
            return RedirectResponse("/", 303)
        response = RedirectResponse(self.first_page(), 303)
        login = Login(captcha_first=self.box.scenario.sign_in == "captcha")
        if self.box.scenario.sign_in in ("two_factor", "captcha"):
            login.email = self.known_email(request)
        self._begin(response, login)
        return response

    def _begin(self, response: Response, login: Login) -> None:
        name = secrets.token_hex(8)
        self.logins[name] = login
        response.set_cookie(LOGIN, name, httponly=True, samesite="lax")

    def _login(self, request: Request) -> Login | None:
        return self.logins.get(request.cookies.get(LOGIN, ""))

    async def identify(self, request: Request, identifier: Annotated[str, Form()]) -> Response:
        """An e-mail address was given or chosen."""
        if not re.fullmatch(r"\S+@\S+\.\S+", identifier):
            return RedirectResponse(f"{request.url.path}?wrong=1", 303)
        response = RedirectResponse(PATHS["password"], 303)
        self._begin(response, Login(email=identifier.lower()))
        return response

    async def password(self, request: Request, passwd: Annotated[str, Form(alias="Passwd")] = "") -> Response:
        """A password: any but "wrong"."""
        login = self._login(request)
        if login is None or not login.email:
            return RedirectResponse(PATHS["identifier"], 303)
        if not passwd or passwd == WRONG:
            return RedirectResponse(f"{PATHS['password']}?wrong=1", 303)
        return self._after_password(login)

    def _after_password(self, login: Login) -> Response:
        challenge: SignInPage | str = self.box.scenario.challenge
        return RedirectResponse(PATHS[challenge], 303) if challenge else self._signed_in(login)

    async def code(self, request: Request, code: Annotated[str, Form()] = "") -> Response:
        """A second factor: any six digits but 000000."""
        login = self._login(request) or Login(self.known_email(request))
        if not re.fullmatch(r"\d{6}", code) or code == "000000":
            return RedirectResponse(f"{PATHS['two_factor']}?wrong=1", 303)
        return self._signed_in(login)

    async def solved(self, request: Request) -> Response:
        """A person has ticked the box."""
        login = self._login(request) or Login(self.known_email(request), captcha_first=True)
        if login.captcha_first:
            response = RedirectResponse(PATHS["password"], 303)
            self._begin(response, Login(login.email))
            return response
        return self._signed_in(login)

    def _signed_in(self, login: Login) -> Response:
        response = RedirectResponse("/", 303)
        response.delete_cookie(LOGIN)
        response.set_cookie(
            SESSION, self.world.sign_in(login.email), max_age=LIFE, httponly=True, samesite="lax"
        )
        return response

    async def sign_out(self, request: Request) -> Response:
        """Out of this browser."""
        self.world.sessions.pop(request.cookies.get(SESSION, ""), None)
        return RedirectResponse("/about", 303)
