"""How the stand-in of Flow's page behaves: a field a behaviour, quiet defaults, changeable while it runs.

Behind the fields is what drivers of the real page have met. A field that counts (`index_misses`,
`upload_failures`, ...) says how many times something odd happens before it stops.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["en", "ko", "vi", "id", "ja", "es"]
SignInPage = Literal["identifier", "confirm", "chooser", "rejected", "two_factor", "captcha"]


@dataclass
class Scenario:
    """One way the site can be. The plain `Scenario()` is a good day: nothing in the way, credits enough."""

    # which page
    generation: Literal["C", "B"] = "C"
    """C: flow.google.com (Angular Material, batchexecute); B: labs.google/fx, until September (REST)."""
    language: Language = "en"
    """Of labels and texts; `?hl=` in the address wins where it is honoured."""
    honours_hl: bool = True
    renames: dict[str, str] = field(default_factory=dict[str, str])
    """Any single class, element, attribute, id, label, ligature or rpc id -> what is served instead of it.
    Keys as in `names.py` ("class:submit-controls"), or without the kind, for all kinds with that name."""

    # signing in
    signed_out_lands: Literal["about", "sign_in"] = "about"
    """Where an address of the page leads without a session: /about, or straight to the page of `sign_in`."""
    sign_in: SignInPage = "identifier"
    """What the way from /about leads to."""
    challenge: Literal["", "two_factor", "captcha", "rejected"] = ""
    """What comes after a right password."""
    expired_page: Literal["stays", "leaves"] = "stays"
    """What an open page does when its session has ended (code 16): tells it, or goes to /about."""
    rotating_cookie: bool = True
    """Each page load renews a cookie, so that the stored state changes by use."""

    # dialogs and what else is in the way
    cookie_bar: Literal["", "choice", "notice"] = ""
    """A bar at the bottom that covers the settings trigger and submit, until answered."""
    first_run: bool = False
    """A welcome dialog, once an account."""
    changelog: bool = False
    """A "what's new" dialog on each load until closed."""
    dialog_after: float = 0.0
    """So many seconds after a project's page is there, these two come."""
    odd_dialog: Literal["", "terms", "price", "checkbox"] = ""
    """One with a single button that a person has to read first."""
    upload_consent: bool = False
    """A dialog before the first upload of an account."""
    captcha_at_submit: bool = False
    """A challenge covers the page at submit; nothing is sent until a person has solved it."""
    leftover_overlay: bool = False
    """A transparent backdrop is left over the project page and swallows clicks until Escape."""
    high_demand_banner: bool = False
    """A note above the composer; everything still works."""
    agent_on: bool = True
    """New accounts have agent mode on, which hides the settings trigger."""
    agent_only: bool = False
    """Accounts without the agent chip: the agent cannot be turned off."""
    tier: Literal["", "PRO", "ULTRA"] = "PRO"

    # the composer
    remembered: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the page remembers of the account's last settings, over x2 / Ingredients / 16:9 / Omni 10s."""
    rerender_seconds: float = 0.12
    """After a choice of mode or model the settings' rows are made anew, this much later."""
    stacked_menus: bool = True
    """The model menu leaves an empty pane on top of the settings until Escape."""
    submit_enable_seconds: float = 0.1
    clear_prompt_on_submit: bool = False
    """Else text and frames stay after a submit."""
    lower_priority_model: bool = False
    """Shows "Veo 3.1 - Lite [Lower Priority]" too."""
    veo_durations: bool = False
    """Veo may be 4, 6 or 8 s; else always 8 s, without a row for it."""
    missing_rows: tuple[str, ...] = ()
    """Rows of the settings that this cohort does not have ("duration", "resolution"); what is remembered
    holds for them."""
    bare_caption: bool = False
    """The settings' trigger tells the mode alone."""
    price_shown: bool = True
    trusted_clicks_only: bool = True
    """Menus open on a person's click only, not on a script's."""

    # uploads and the picker
    upload_seconds: float = 0.1
    upload_failures: int = 0
    upload_trouble: Literal["error", "silent", "reload"] = "error"
    """How an upload fails: told, never sent, or the page starts anew."""
    upload_max_bytes: int = 20_000_000
    index_misses: int = 0
    """How many looks at the assets do not know a fresh upload yet (each upload anew)."""
    index_delay: float = 0.0
    """Seconds until an upload is known to the picker."""
    add_to_prompt: bool = False
    """An asset is attached by the button "Add to prompt", not by a click on it."""
    chip_seconds: float = 0.1
    """How long a chip is `aria-busy`."""

    # generating
    credits: int = 1000
    """Of an account when it is first seen."""
    submit_reply_seconds: float = 0.05
    queue_seconds: float = 0.1
    generation_seconds: float = 0.5
    blank_seconds: float = 0.2
    """Between the end of the percentage and the picture."""
    url_seconds: float = 0.1
    """How long after status 3 the signed addresses appear."""
    poll_seconds: float = 0.3
    out_of_order: bool = False
    """Generations end in another order than they began."""
    max_concurrent: int = 5
    failing: str = ""
    """Tags of `failures.py` as in a prompt, for every prompt: "[policy]", "[failed:1]" (its first)."""
    complaint_text: str = ""
    """What failures say instead of their English words (the account's language); reasons stay."""
    complaints: int = 0
    """Looks that are answered "4, Media not found." for a generation that still finishes."""
    scheduled_note: bool = False
    """The benign "scheduled and is waiting in the queue due to high demand" while it generates."""

    # files
    url_lifetime: float = 6 * 3600.0
    expired_urls: int = 0
    """The first addresses of each video that are already too old when they are given."""
    download_resets: int = 0
    """The first reads of each video that end in a reset."""
    download_cuts: int = 0
    """The first reads of each video that end half-way."""
    hover_video: bool = True
    """Hovering mounts `<video>`; without, nothing does."""
    menu_downloads: bool = True
    """The download menu really saves a file."""
    upscale_seconds: float = 0.3
    upscale_menu_open: bool = False
    """The menu offers every size; what the plan does not have is refused when it is asked for."""
    clip_fps: int = 2
    delivers: dict[str, Any] = field(default_factory=dict[str, Any])
    """How files differ from what was asked for and billed: `seconds`, `portrait`, `resolution`."""

    # the wire
    wire: Literal["plain", "opaque", "shifted"] = "plain"
    """opaque: replies that only the page can read; shifted: the records' arrays have other positions."""
    record_prompt: bool = True
    """Whether records tell the prompt and the start image."""
    record_images: bool = True
    """Whether records that tell the prompt tell the start image, too."""
    reuse_images: bool = True
    """Whether "Reuse prompt" restores the images."""
    lost_submit_replies: int = 0
    """Accepted submits whose reply is lost in a reset."""
    failing_submits: int = 0
    """Submits answered with HTTP 500, not accepted."""
    bare_rpc_url: bool = False
    """Without `rpcids` in the address: the body tells."""
    recaptcha: bool = True
    """A submit needs a token that the page gets right before, good for one use: no replays."""
    never_idle: bool = True
    """Some request is always open, as on the real page."""


NAMED: dict[str, Scenario] = {
    "plain": Scenario(),
    "demo": Scenario(
        cookie_bar="choice", generation_seconds=8, queue_seconds=2, poll_seconds=1,
        clip_fps=24, submit_reply_seconds=1.0, upload_seconds=0.5,
    ),
    "rough": Scenario(
        cookie_bar="notice", first_run=True, leftover_overlay=True, upload_failures=1, index_misses=2,
        add_to_prompt=True, complaints=1, out_of_order=True, expired_urls=1, download_resets=1,
        high_demand_banner=True,
    ),
    "old": Scenario(generation="B"),
    "no-credits": Scenario(credits=3),
    "high-demand": Scenario(failing="[high_demand:2]"),
    "policy": Scenario(failing="[policy]"),
    "captcha": Scenario(sign_in="captcha"),
    "two-factor": Scenario(challenge="two_factor"),
    "korean": Scenario(language="ko"),
}  # fmt: skip
"""For `python -m standins.flow --scenario NAME`."""
