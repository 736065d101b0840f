"""The commands under a common word: their names, one-line summaries, help, and the modules behind them."""

from rushes.cli._lazy import Command, Group

KEYS = Group(
    commands={
        "add": Command(
            "rushes.cli.keys",
            "Add a key. It is asked for, or read from standard input; it is never an argument.",
        ),
        "list": Command(
            "rushes.cli.keys",
            "List your keys: their status, until when they cool down, what they were used for.",
            "list_",
        ),
        "test": Command(
            "rushes.cli.keys", "Try a key at its service, at no cost. A good one is ready again.", "check"
        ),
        "disable": Command("rushes.cli.keys", "Disable a key. Videos in progress with it finish."),
        "enable": Command(
            "rushes.cli.keys", "Enable a key, and end its cooldown. What waited for it continues."
        ),
        "delete": Command("rushes.cli.keys", "Forget a key. What was paid with it stays on record."),
        "rotate": Command("rushes.cli.keys", "Encrypt every stored secret anew."),
    },
    help="""Keys of the services that are paid: kept encrypted, never shown.

    One key serves all providers of its service.

    [bold]Examples[/bold]
    $ rushes keys add google
    $ rushes keys list
    """,
)

SIGN_INS = "List the Flow sign-ins: whether they are valid, how old they are, when they were checked."
FLOW = Group(
    commands={
        "login": Command(
            "rushes.cli.flow_sign_ins", "Open a browser, in which you sign in to your Google account."
        ),
        "sign-ins": Command("rushes.cli.flow_sign_ins", SIGN_INS, "sign_ins"),
        "accounts": Command("rushes.cli.flow_sign_ins", SIGN_INS, "sign_ins", hidden=True),
        "check": Command(
            "rushes.cli.flow_sign_ins",
            "Look in a browser whether a Flow sign-in is valid. It costs no credits.",
        ),
        "set": Command(
            "rushes.cli.flow_limits",
            "Set how much is made with a Flow sign-in at the same time, and how fast.",
            "set_limits",
        ),
        "doctor": Command(
            "rushes.cli.flow_doctor",
            "Walk through Flow's page, as a shot does, up to the click that costs credits.",
        ),
        "export": Command(
            "rushes.cli.flow_files", "Write what a Flow sign-in consists of to a file, or into the bucket."
        ),
        "import": Command(
            "rushes.cli.flow_files",
            "Bring in a Flow sign-in made elsewhere. What waited for it continues.",
            "import_",
        ),
        "logout": Command(
            "rushes.cli.flow_sign_ins", "Sign out of Flow: forget the sign-in, here and in the bucket."
        ),
        "queue": Command(
            "rushes.cli.flow_queue",
            "Count the videos that wait for Flow, are in progress there, and failed there.",
        ),
    },
    help="""Google Flow in your own signed-in browser: its sign-ins, its queue, its page.

    You sign in by your own hand, in a browser that Rushes opens. What it is
    signed in with is kept encrypted.

    [bold]Examples[/bold]
    $ rushes flow login
    $ rushes flow sign-ins
    $ rushes flow doctor
    """,
)

PROJECTS = Group(
    commands={
        "list": Command("rushes.cli.projects", "List your projects by name.", "list_"),
        "create": Command("rushes.cli.projects", "Create a project."),
        "rename": Command("rushes.cli.projects", "Rename a project."),
        "archive": Command(
            "rushes.cli.projects", "Archive a project: it takes no new jobs, and its jobs stay."
        ),
        "unarchive": Command("rushes.cli.projects", "Take a project out of the archive."),
        "assign": Command("rushes.cli.projects", "Put a job into a project, or out of any."),
        "delete": Command("rushes.cli.projects", "Delete a project, never its jobs."),
    },
    help="""Projects: folders that jobs belong to. Alone, it lists them.

    [bold]Examples[/bold]
    $ rushes projects
    $ rushes projects create "Winter 2026"
    $ rushes batch photos prompts.txt --project "Winter 2026"
    """,
    alone="list",
)

PROVIDERS = Group(
    commands={
        "test": Command(
            "rushes.cli.try_provider",
            "Have one video made, the cheapest there is, and say what it cost.",
            "try_provider",
        )
    },
    own=Command("rushes.cli.providers", "List the providers: their models, prices, limits and options."),
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

STORAGE = Group(
    commands={
        "check": Command(
            "rushes.cli.storage", "Compare what is stored with what should be, by size. Changes nothing."
        ),
        "verify": Command(
            "rushes.cli.storage",
            "Read every stored file, in the archive too, and repair what has a good copy elsewhere.",
        ),
        "sweep": Command(
            "rushes.cli.storage",
            "Free space now: expired videos, and files that belong to nothing.",
        ),
        "adopt": Command(
            "rushes.cli.storage",
            "Make the storage this installation's own: after a restored backup, or a move.",
        ),
        "migrate": Command(
            "rushes.cli.storage", "Copy stored files from another bucket into the one that is set now."
        ),
    },
    help="""Check the stored videos, repair them, free space, move them.

    [bold]Examples[/bold]
    $ rushes storage check
    $ rushes storage sweep
    """,
)

STORY = Group(
    commands={
        "list": Command("rushes.cli.story", "List your stories, the newest first.", "list_"),
        "show": Command("rushes.cli.story", "Show one story: its script, and what of it is there."),
        "edit": Command("rushes.cli.story_edit", "Change a story, in your editor or by options."),
        "voice": Command("rushes.cli.story_edit", "Change who speaks, or have a section spoken anew."),
        "pictures": Command("rushes.cli.story_edit", "List a story's pictures, or ask for others."),
        "render": Command("rushes.cli.story_make", "Make what is missing or stale, and the film."),
        "export": Command("rushes.cli.story_make", "Pack a story for editing programs into a ZIP."),
        "translate": Command("rushes.cli.story_make", "Copy a story into another language."),
    },
    help="""Stories: narrated films. Alone, it lists them.

    [bold]Examples[/bold]
    $ rushes story
    $ rushes story show last
    $ rushes story export last --to film/
    """,
    alone="list",
)

USERS = Group(
    commands={
        "list": Command("rushes.cli.users", "List the people of this installation.", "list_"),
        "add": Command("rushes.cli.users", "Make an account; the password is read from standard input."),
        "disable": Command(
            "rushes.cli.users",
            "Disable an account: every session and token of it ends at once. What was made stays.",
        ),
        "enable": Command("rushes.cli.users", "Let somebody in who waits or was disabled."),
        "make-admin": Command(
            "rushes.cli.users", "Make somebody an admin of this installation.", "make_admin"
        ),
        "reset-password": Command(
            "rushes.cli.users",
            "Set another password, read from standard input, or print a link for it. All sessions end.",
            "reset_password",
        ),
        "setup-code": Command(
            "rushes.cli.users",
            "Print a link with which the first admin is made. It holds for a day.",
            "setup_code",
        ),
    },
    help="""People of this installation, where accounts are on. Alone, it lists them.

    [bold]Examples[/bold]
    $ rushes users add ada@example.org --admin
    $ rushes users reset-password bob@example.org --link
    """,
    alone="list",
)

TOKENS = Group(
    commands={
        "create": Command("rushes.cli.tokens", "Make a token for a program. It is shown this once."),
        "list": Command(
            "rushes.cli.tokens", "List the tokens that are valid, without their secrets.", "list_"
        ),
        "revoke": Command("rushes.cli.tokens", "Revoke a token: it fails from its next request on."),
    },
    help="""Tokens for programs: bound to a space and to scopes. Alone, it lists them.

    [bold]Examples[/bold]
    $ rushes tokens create "render farm" --scope read --scope run
    $ rushes tokens revoke "render farm"
    """,
    alone="list",
)

SHARE = Group(
    commands={
        "create": Command(
            "rushes.cli.share", "Make a link to a job, takes or a film, for looking without an account."
        ),
        "list": Command(
            "rushes.cli.share",
            "List the links of the space: until when they work, how often they were opened.",
            "list_",
        ),
        "revoke": Command("rushes.cli.share", "Revoke a link: whoever opens it finds nothing from now on."),
    },
    help="""Links for people without an account. Alone, it lists them.

    [bold]Examples[/bold]
    $ rushes share create last --days 3
    $ rushes share revoke 3f2a
    """,
    alone="list",
)

SPACES = Group(
    commands={
        "list": Command("rushes.cli.spaces", "List the spaces you are in, and your role.", "list_"),
        "members": Command("rushes.cli.spaces", "List the members of a space, by name."),
        "add": Command("rushes.cli.spaces", "Invite somebody into a space, or give a member another role."),
        "remove": Command(
            "rushes.cli.spaces",
            "Remove a member from a space; their tokens for it end. What they made stays.",
        ),
    },
    help="""Spaces at the server you are signed in to. Alone, it lists them.

    [bold]Examples[/bold]
    $ rushes spaces members Film
    $ rushes spaces add Film bob@example.org
    """,
    alone="list",
)
