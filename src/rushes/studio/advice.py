"""What a failed video is told as where there is one prompt and one person: what kind of failure it is, and
what to try. The only place for these words; docs/guide/errors.md says who acts next."""

from dataclasses import dataclass

from rushes.errors import ErrorType


@dataclass(frozen=True)
class Advice:
    """`kind` is what happened, in short; `suggestion` what to do now."""

    kind: str
    suggestion: str


_AGAIN = "Ask for it again in a few minutes."
_RETRY = "Ask for it again."

ADVICE: dict[ErrorType, Advice] = {
    ErrorType.HIGH_DEMAND: Advice("The provider is busy", _AGAIN),
    ErrorType.RATE_LIMITED: Advice("Too many requests at once", _AGAIN),
    ErrorType.QUOTA: Advice(
        "The provider's limit is reached",
        "Wait until it is lifted, raise it there, or name another provider.",
    ),
    ErrorType.CREDITS: Advice("The account has no credits left", "Top it up, or name another provider."),
    ErrorType.BUDGET: Advice("Your own limit on spending is reached", "Raise it, then ask again."),
    ErrorType.NETWORK: Advice("The provider could not be reached", _AGAIN),
    ErrorType.OUTAGE: Advice("The provider does not answer properly", _AGAIN),
    ErrorType.EXPIRED: Advice("The provider does not keep it any more", "Ask for it again; it costs again."),
    ErrorType.RESTORED: Advice(
        "This installation was restored from a backup or copied",
        "Look at the provider for what it has made since, then decide, or ask for it again.",
    ),
    ErrorType.AUTH: Advice(
        "The provider wants you to sign in", "Sign in or correct the key, then ask again."
    ),
    ErrorType.CONSENT: Advice(
        "The provider wants you to accept something", "Accept it there, then ask again."
    ),
    ErrorType.POLICY_VIOLATION: Advice(
        "Refused for its content",
        "Say it in milder words: take out violence, nudity, weapons and drugs, and describe what is seen"
        " rather than what it stands for.",
    ),
    ErrorType.PROMINENT_PEOPLE: Advice(
        "Refused for a well-known person",
        "Take the name out and describe somebody invented instead (age, hair, clothes); with a start image,"
        " use one that shows no well-known face.",
    ),
    ErrorType.MINORS: Advice(
        "Refused for showing a minor",
        "Make everybody an adult, or leave people out; with a start image, use one without children.",
    ),
    ErrorType.COPYRIGHT: Advice(
        "Refused for protected content",
        "Take out names of films, characters, brands and artists, and describe the look in your own words.",
    ),
    ErrorType.BAD_INPUT: Advice(
        "The provider cannot use this", "Change the prompt, the image or the options as the message says."
    ),
    ErrorType.GENERATION_FAILED: Advice(
        "The provider tried and did not manage", "Ask for it again, perhaps with a simpler prompt."
    ),
    ErrorType.TIMEOUT: Advice("It did not come in time", "Look at the provider, then ask again."),
    ErrorType.UNCERTAIN: Advice(
        "Nobody knows whether it was made",
        "Look at the provider before you ask again: it may have been paid.",
    ),
    ErrorType.PROVIDER_CHANGED: Advice(
        "The provider answered something unknown", "Report it; until then name another provider."
    ),
    ErrorType.STORAGE: Advice("The storage cannot be written", "Check the data folder, then ask again."),
    ErrorType.DISK_FULL: Advice("The disk is full", "Free some space, then ask again."),
    ErrorType.DATABASE: Advice("The database does not answer", _AGAIN),
    ErrorType.BROWSER: Advice("The browser that signs in for you died", _RETRY),
    ErrorType.INTERNAL: Advice("A fault of ours", "Report it with what the log of the server says."),
}
CANCELLED = Advice("It was cancelled", _RETRY)
