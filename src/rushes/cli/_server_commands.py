"""Commands of the server's upkeep: backups, and what is sent out. A part of the table of all commands."""

from rushes.cli._lazy import Command, Group

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

BACKUP = Group(
    commands={
        "create": Command(
            "rushes.cli.backup",
            "Back up the database, while everything runs. What seals your keys is not in it.",
        ),
        "list": Command("rushes.cli.backup", "List the backups there are, the newest first.", "list_"),
        "verify": Command(
            "rushes.cli.backup",
            "Restore a backup into a database of its own that is thrown away, and count.",
        ),
        "restore": Command(
            "rushes.cli.backup",
            "Restore a backup. Everything open is paused until you resume it: nothing is paid twice.",
        ),
        "prune": Command(
            "rushes.cli.backup", "Delete the oldest backups that were made without being asked for."
        ),
    },
    help="""Back up the database and the stored files; verify and restore backups.

    With the embedded database one is made every day, and before each update.

    [bold]Examples[/bold]
    $ rushes backup create --files
    $ rushes backup verify
    $ rushes backup restore last --replace
    """,
)
