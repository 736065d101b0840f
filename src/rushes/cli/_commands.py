"""The table of all commands: their names, headings and one-line summaries, and the modules behind them.

A summary is the first line of the docstring of the command's function; a test keeps them equal.
"""

from collections.abc import Mapping

from rushes.cli._groups import (
    BACKUP,
    FLOW,
    KEYS,
    PROJECTS,
    PROVIDERS,
    SHARE,
    SPACES,
    STORAGE,
    STORY,
    TOKENS,
    USERS,
)
from rushes.cli._lazy import Command, Group

NOTICES = Group(
    commands={
        "list": Command(
            "rushes.cli.notices", "List the channels of notices, and whether they work.", "list_"
        ),
        "add": Command(
            "rushes.cli.notices", "Add a channel: mail, ntfy, discord, slack, telegram or apprise."
        ),
        "test": Command(
            "rushes.cli.notices", "Send a test through a channel now, and print what came of it.", "check"
        ),
        "remove": Command("rushes.cli.notices", "Remove a channel. What waits for it is not sent."),
    },
    help="""Channels through which people hear of what happens: mail, ntfy, Discord, Slack, Telegram.

    [bold]Examples[/bold]
    $ rushes notices add mail ada@example.org
    $ rushes notices test ada
    """,
)
WEBHOOKS = Group(
    commands={
        "list": Command(
            "rushes.cli.webhooks",
            "List your webhooks: whether they answer, and what is still to be sent.",
            "list_",
        ),
        "add": Command("rushes.cli.webhooks", "Add a webhook. Its secret is shown this once."),
        "test": Command(
            "rushes.cli.webhooks", "Send a `ping` to a webhook now, and print what it answered.", "check"
        ),
        "deliveries": Command(
            "rushes.cli.webhooks", "List what was sent to a webhook, or will be, the newest first."
        ),
        "replay": Command(
            "rushes.cli.webhooks",
            "Send all deliveries of a webhook that failed again, or one. Each keeps its id.",
        ),
        "remove": Command("rushes.cli.webhooks", "Remove a webhook with its log of deliveries."),
    },
    help="""Addresses that messages are posted to: signed messages by the Standard Webhooks specification.

    [bold]Examples[/bold]
    $ rushes webhooks add https://ci.example.org/rushes
    $ rushes webhooks deliveries ci
    """,
)


COMMANDS: Mapping[str, Mapping[str, Command | Group]] = {
    "Make videos": {
        "batch": Command("rushes.cli.batch", "Make videos of images and prompts."),
        "watch": Command("rushes.cli.watch", "Make a batch of every folder or ZIP put into a folder."),
        "download": Command(
            "rushes.cli.download",
            "Copy the finished videos of a job into a folder, with a contact sheet and a list.",
        ),
        "film": Command("rushes.cli.film", "Make a narrated film of a topic, notes or a finished text."),
        "story": STORY,
        "voices": Command("rushes.cli.voices", "List the voices, or hear one."),
        "upscale": Command("rushes.cli.upscale", "Make 4K copies of finished videos, beside the originals."),
    },
    "Jobs": {
        "jobs": Command("rushes.cli.jobs", "List your jobs, the newest first or in the order of the queue."),
        "show": Command("rushes.cli.show", "Show one job and each of its videos."),
        "start": Command("rushes.cli.job_actions", "Start a job that is pending."),
        "pause": Command(
            "rushes.cli.job_actions", "Stop submitting new videos of a job. Running ones finish."
        ),
        "resume": Command("rushes.cli.job_actions", "Resume a paused job."),
        "retry": Command(
            "rushes.cli.job_actions",
            "Retry failed and cancelled videos, and resume those that waited for you.",
        ),
        "cancel": Command(
            "rushes.cli.job_actions", "Stop a job, also at the provider. Finished videos stay."
        ),
        "resolve": Command("rushes.cli.resolve", "Decide what to do with a video that may have been billed."),
        "delete": Command(
            "rushes.cli.job_actions", "Delete a job with its images and videos. What runs is cancelled first."
        ),
        "open": Command("rushes.cli.open", "Open the page, or one job on it, in your browser.", "open_page"),
        "rename": Command("rushes.cli.review", "Rename a job."),
        "pick": Command("rushes.cli.review", "Pick takes: the ones you want, as P does on the page."),
        "rate": Command("rushes.cli.review", "Give takes one to five stars."),
        "move": Command("rushes.cli.move", "Move a job up or down in the queue."),
        "projects": PROJECTS,
        "share": SHARE,
    },
    "Keys and money": {
        "budget": Command(
            "rushes.cli.budget",
            "Show or set what may be spent. A cap stops new videos, never those in progress.",
        ),
        "costs": Command("rushes.cli.costs", "Add up what was spent, also for jobs that are deleted."),
        "keys": KEYS,
        "flow": FLOW,
    },
    "Another server": {
        "login": Command("rushes.cli.account", "Sign in to a server: from then on commands work there."),
        "logout": Command(
            "rushes.cli.account", "Sign out: the token ends, and commands work on this machine again."
        ),
        "whoami": Command(
            "rushes.cli.account", "Say which server commands work against, as whom, and what you may do."
        ),
        "tokens": TOKENS,
        "spaces": SPACES,
    },
    "This server": {
        "up": Command("rushes.cli.serve", "Run everything in one process: the API and a worker."),
        "api": Command("rushes.cli.serve", "Run only the API. Run `rushes worker` too."),
        "worker": Command("rushes.cli.worker", "Run a worker: it makes the videos of every started job."),
        "mcp": Command(
            "rushes.cli.mcp",
            "Serve the tools for agents on standard input and output (Model Context Protocol).",
        ),
        "doctor": Command(
            "rushes.cli.doctor",
            "Check everything this installation needs, and say what to do about what is missing.",
        ),
        "logs": Command("rushes.cli.logs", "Print the log of the background worker."),
        "demo": Command("rushes.cli.demo", "Make videos of the examples. Nothing leaves this machine."),
        "version": Command("rushes.cli.version", "Print the version."),
        "providers": PROVIDERS,
        "storage": STORAGE,
        "backup": BACKUP,
        "notices": NOTICES,
        "webhooks": WEBHOOKS,
        "users": USERS,
    },
}
"""By heading, in the order in which `rushes --help` shows them."""
