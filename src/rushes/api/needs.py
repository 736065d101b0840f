"""What each route needs of who asks: the one list. A route that is not in it is for admins alone.

It is looked up before anything of a request is read. A test compares it with the description of the API.
"""

import re

from rushes.accounts.roles import Need

NEEDS: dict[Need, str] = {
    Need.PUBLIC: """
        GET /api/auth/methods
        POST /api/auth/invitation
        POST /api/auth/login
        POST /api/auth/logout
        POST /api/auth/password/reset
        POST /api/auth/refresh
        POST /api/auth/register
        POST /api/setup
        GET /api/shared/{secret}
        POST /api/shared/{secret}/unlock
        GET /api/shared/{secret}/{item_id}/content
        GET /api/shared/{secret}/{item_id}/thumbnail
        PUT /api/shared/{secret}/{item_id}/review
        GET /api/health
        GET /healthz/live
        GET /healthz/ready
    """,
    Need.SIGNED_IN: """
        GET /api/auth/me
        GET /api/message-types
        DELETE /api/me/token
        GET /api/providers
        GET /api/providers/{provider_id}
        GET /api/spaces
        GET /api/spaces/{space_id}
        GET /api/spaces/{space_id}/members
        POST /mcp
        GET /v1/models
        GET /v1/models/{model_id:path}
    """,
    Need.PERSON: """
        PATCH /api/me
        PUT /api/me/space
        POST /api/me/password
        GET /api/me/sessions
        DELETE /api/me/sessions/{session_id}
        GET /api/me/tokens
        POST /api/me/tokens
        DELETE /api/me/tokens/{token_id}
        POST /api/invitations/accept
        POST /api/spaces
        PATCH /api/spaces/{space_id}
        PUT /api/spaces/{space_id}/members/{user_id}
        DELETE /api/spaces/{space_id}/members/{user_id}
        GET /api/spaces/{space_id}/invites
        POST /api/spaces/{space_id}/invites
        DELETE /api/spaces/{space_id}/invites/{invite_id}
    """,
    Need.ADMIN: """
        GET /api/audit
        POST /api/storage/sweep
        GET /api/users
    """,
    Need.PEOPLE: """
        POST /api/users/invites
        PATCH /api/users/{user_id}
        DELETE /api/users/{user_id}
        POST /api/users/{user_id}/reset-link
    """,
    Need.READ: """
        GET /api/fonts/{family}
        GET /api/stories/{story_id}/camera/{name:path}
        GET /api/stories/{story_id}/preview
        GET /api/stories/{story_id}/proxies/{name:path}
        GET /api/stories/{story_id}/sound/{which}
        GET /api/stories/{story_id}/speech
        POST /api/stories/estimate
        GET /api/tts/status/{job_id}
        GET /api/tts/voices
        GET /api/tts/{job_id}/content
        GET /api/batch/{batch_id}
        GET /api/batch/{batch_id}/results
        GET /api/budgets
        GET /api/costs
        GET /api/costs.csv
        GET /api/deleted
        GET /api/deleted/{video_id}/thumbnail
        GET /api/downloads/{download_id}
        POST /api/estimate
        GET /api/events
        GET /api/films/{film_id}
        GET /api/films/{film_id}/files/{name}
        GET /api/flow/accounts
        GET /api/flow/queue/status
        GET /api/flow/sign-ins
        GET /api/images/status/{job_id}
        GET /api/images/{job_id}/content
        GET /api/jobs
        GET /api/jobs/{job_id}
        GET /api/jobs/{job_id}/events
        GET /api/jobs/{job_id}/videos
        GET /api/keys
        GET /api/library
        GET /api/needs
        GET /api/presets
        GET /api/projects
        GET /api/projects/{project_id}
        GET /api/route
        GET /api/scripts/{script_id}
        GET /api/shares
        GET /api/shares/{share_id}/reviews
        GET /api/shots/{shot_id}
        GET /api/shots/{shot_id}/image
        GET /api/stats
        GET /api/storage
        GET /api/stories
        GET /api/stories/{story_id}
        GET /api/stories/{story_id}/analysis
        GET /api/stories/{story_id}/estimate
        GET /api/stories/{story_id}/files/{name:path}
        GET /api/stories/{story_id}/films
        GET /api/stories/{story_id}/frame
        GET /api/stories/{story_id}/pictures
        GET /api/stories/{story_id}/status
        GET /api/stories/{story_id}/timeline
        GET /api/stories/{story_id}/versions
        GET /api/stories/{story_id}/versions/{number}
        GET /api/uncertain
        GET /api/veo3/download/{video_id}
        GET /api/veo3/status/{video_id}
        GET /api/video_chat/operations
        GET /api/video_chat/operations/{operation_id}
        POST /api/video_chat/status
        POST /api/videos/download
        POST /api/videos/download-form
        GET /api/videos
        GET /api/videos/upscale
        GET /api/videos/upscale/{task_id}/status
        GET /api/videos/{video_id}
        GET /api/videos/{video_id}/candidates
        GET /api/videos/{video_id}/content
        GET /api/videos/{video_id}/image
        GET /api/videos/{video_id}/last-frame
        GET /api/videos/{video_id}/thumbnail
        GET /v1/videos
        GET /v1/videos/{video_id}
        GET /v1/videos/{video_id}/content
    """,
    Need.REVIEW: """
        POST /api/shares
        DELETE /api/shares/{share_id}
        POST /api/deleted/purge
        POST /api/video_chat/keep
        POST /api/videos/reject
        POST /api/videos/delete
        POST /api/videos/restore
        POST /api/videos/select
        DELETE /api/videos/{video_id}
        PUT /api/videos/{video_id}/rate
        POST /api/videos/{video_id}/restore
        PUT /api/videos/{video_id}/select
    """,
    Need.RUN: """
        POST /api/tts/generate
        POST /api/tts/preview
        POST /api/batch
        POST /api/batch/{batch_id}/retry
        POST /api/check
        POST /api/check/zip
        POST /api/flow/queue/requeue-failed
        POST /api/images/generate
        POST /api/images/prompts
        POST /api/images/recommend
        POST /api/jobs/create
        DELETE /api/jobs/{job_id}
        PATCH /api/jobs/{job_id}
        PUT /api/jobs/{job_id}/budget
        POST /api/jobs/{job_id}/cancel
        POST /api/jobs/{job_id}/duplicate
        POST /api/jobs/{job_id}/move
        POST /api/jobs/{job_id}/pause
        POST /api/jobs/{job_id}/resume
        POST /api/jobs/{job_id}/retry-failed
        POST /api/jobs/{job_id}/start
        POST /api/jobs/{job_id}/upload
        POST /api/library/regenerate
        PUT /api/presets
        DELETE /api/presets/{preset_id}
        POST /api/projects
        DELETE /api/projects/{project_id}
        PATCH /api/projects/{project_id}
        POST /api/scripts/analyze
        POST /api/scripts/generate
        POST /api/scripts/improve
        POST /api/scripts/translate
        PUT /api/scripts/{script_id}
        POST /api/stories
        DELETE /api/stories/{story_id}
        PATCH /api/stories/{story_id}
        POST /api/stories/{story_id}/cancel
        POST /api/stories/{story_id}/duplicate
        POST /api/stories/{story_id}/export
        POST /api/stories/{story_id}/improve
        POST /api/stories/{story_id}/render
        POST /api/stories/{story_id}/run
        POST /api/stories/{story_id}/sections
        PUT /api/stories/{story_id}/sections/order
        DELETE /api/stories/{story_id}/sections/{section_id}
        PATCH /api/stories/{story_id}/sections/{section_id}
        POST /api/stories/{story_id}/sections/{section_id}/another
        POST /api/stories/{story_id}/sections/{section_id}/merge
        POST /api/stories/{story_id}/sections/{section_id}/split
        POST /api/stories/{story_id}/translate
        POST /api/stories/{story_id}/uploads
        POST /api/stories/{story_id}/versions/{number}/restore
        POST /api/submissions/{submission_id}/resolve
        POST /api/uncertain/resolve
        POST /api/veo3/cancel/{video_id}
        POST /api/veo3/generate
        POST /api/video_chat/generate
        POST /api/video_chat/generate_with_image
        DELETE /api/video_chat/operations/{operation_id}
        POST /api/videos/retry
        POST /api/videos/upscale
        POST /api/videos/upscale/{task_id}/cancel
        POST /api/videos/{video_id}/edit
        POST /api/videos/{video_id}/extend
        POST /api/videos/{video_id}/regenerate
        POST /api/videos/{video_id}/resolve
        POST /api/videos/{video_id}/retry
        POST /v1/videos
        DELETE /v1/videos/{video_id}
        POST /v1/videos/{video_id}/remix
    """,
    Need.KEYS: """
        POST /api/flow/accounts
        DELETE /api/flow/accounts/{sign_in_id}
        PATCH /api/flow/accounts/{sign_in_id}
        POST /api/flow/accounts/{sign_in_id}/check
        POST /api/flow/sign-ins
        DELETE /api/flow/sign-ins/{sign_in_id}
        PATCH /api/flow/sign-ins/{sign_in_id}
        POST /api/flow/sign-ins/{sign_in_id}/check
        POST /api/keys
        DELETE /api/keys/{key_id}
        PATCH /api/keys/{key_id}
        POST /api/keys/{key_id}/test
    """,
    Need.WEBHOOKS: """
        GET /api/notices/channels
        POST /api/notices/channels
        PATCH /api/notices/channels/{channel_id}
        DELETE /api/notices/channels/{channel_id}
        POST /api/notices/channels/{channel_id}/test
        GET /api/webhooks
        POST /api/webhooks
        GET /api/webhooks/{webhook_id}
        PATCH /api/webhooks/{webhook_id}
        DELETE /api/webhooks/{webhook_id}
        GET /api/webhooks/{webhook_id}/deliveries
        POST /api/webhooks/{webhook_id}/replay
        POST /api/webhooks/{webhook_id}/rotate
        POST /api/webhooks/{webhook_id}/test
    """,
    Need.MANAGE: """
        PUT /api/budgets
    """,
}
_PARAMETER = re.compile(r"\\{\w+(:path)?\\}")


def declared() -> dict[tuple[str, str], Need]:
    """Return the need of every route, by method and path."""
    return {
        (method, path): need
        for need, routes in NEEDS.items()
        for method, path in (line.split() for line in routes.strip().splitlines())
    }


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(_PARAMETER.sub(lambda found: ".*" if found.group(1) else "[^/]+", re.escape(path)))


_EXACT = {route: need for route, need in declared().items() if "{" not in route[1]}
_PATTERNS = [
    (method, _pattern(path), need)
    for (method, path), need in sorted(declared().items(), key=lambda each: each[0][1].count("{"))
    if "{" in path
]


def need_of(method: str, path: str) -> Need | None:
    """Return what a request needs; None when no route is declared for it."""
    method = "GET" if method == "HEAD" else method
    if (method, path) in _EXACT:
        return _EXACT[method, path]
    return next((need for of, there, need in _PATTERNS if of == method and there.fullmatch(path)), None)
