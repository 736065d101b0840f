"""What only a person can do on Google's pages, and how they are told; nothing here is ever done for them."""

from rushes.errors import ActionNeeded, ErrorType
from rushes.providers.video.flow.browser.guide import Obstacle

WORDS = {
    Obstacle.SIGNED_OUT: "The Flow account “{name}” is signed out.",
    Obstacle.CONFIRM: "Google wants to confirm that it is you who uses the Flow account “{name}”.",
    Obstacle.CHOOSER: "Google asks which account to use for “{name}”.",
    Obstacle.REJECTED: "Google did not let this browser sign in to “{name}”.",
    Obstacle.TWO_FACTOR: "Google asks for the second factor of “{name}”.",
    Obstacle.CAPTCHA: "Google shows a captcha to “{name}”.",
    Obstacle.FIRST_RUN: "Flow has a first-time dialog for “{name}” that is to be answered.",
    Obstacle.UPLOAD_CONSENT: "Flow asks “{name}” to confirm the rights to what is uploaded.",
}
_CONSENT = {Obstacle.FIRST_RUN, Obstacle.UPLOAD_CONSENT}


class ObstacleMet(ActionNeeded):
    """An obstacle as an error: `obstacle` says which."""

    def __init__(self, obstacle: Obstacle, name: str, *, option: str = "") -> None:
        super().__init__(
            WORDS[obstacle].format(name=name),
            error_type=ErrorType.CONSENT if obstacle in _CONSENT else ErrorType.AUTH,
            hint=f"Run `rushes flow login {name}{option}` and do it there; the shots continue automatically.",
        )
        self.obstacle = obstacle
