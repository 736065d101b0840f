"""The description of the API: complete, with examples that are true, and names a client can rely on."""

import json
import re
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter

from rushes.accounts.tokens import ApiTokenCreated
from rushes.accounts.views import Me, SpaceView, UserView
from rushes.api.app import create_app
from rushes.api.openai import OpenAiDeleted, OpenAiModel, OpenAiModelPage, OpenAiVideo, OpenAiVideoPage
from rushes.api.openai_errors import OpenAiError
from rushes.api.problems import MEDIA_TYPE, Problem
from rushes.api.studio import Accepted, Done, Operation, OperationPage
from rushes.engine.views import JobPage, JobView, ProviderView, Started, UploadReport, VideoView
from rushes.jobs.overview_views import Estimate, NeedView, StatsView, UploadCheck
from rushes.material.pictures import ImagePrompts, Recommendation
from rushes.material.speech import VoiceListing
from rushes.material.views import PictureJob, ScriptJob, SpeechJob
from rushes.settings import Settings
from rushes.story.analysis import ScriptAnalysis

PROMISED = """
get /api/notices/channels
post /api/notices/channels
patch /api/notices/channels/{channel_id}
delete /api/notices/channels/{channel_id}
post /api/notices/channels/{channel_id}/test
get /api/webhooks
post /api/webhooks
get /api/message-types
get /api/webhooks/{webhook_id}
patch /api/webhooks/{webhook_id}
delete /api/webhooks/{webhook_id}
get /api/webhooks/{webhook_id}/deliveries
post /api/webhooks/{webhook_id}/replay
post /api/webhooks/{webhook_id}/rotate
post /api/webhooks/{webhook_id}/test
get /api/deleted
post /api/deleted/purge
get /api/deleted/{video_id}/thumbnail
get /api/library
post /api/library/regenerate
get /api/presets
put /api/presets
delete /api/presets/{preset_id}
post /api/jobs/{job_id}/duplicate
post /api/videos/reject
post /api/video_chat/keep
get /api/auth/methods
post /api/auth/invitation
post /api/auth/login
post /api/auth/logout
post /api/auth/password/reset
post /api/auth/refresh
post /api/auth/register
post /api/setup
get /api/auth/me
get /api/spaces
get /api/spaces/{space_id}
get /api/spaces/{space_id}/members
patch /api/me
put /api/me/space
post /api/me/password
get /api/me/sessions
delete /api/me/sessions/{session_id}
get /api/me/tokens
post /api/me/tokens
delete /api/me/tokens/{token_id}
delete /api/me/token
get /api/shares
post /api/shares
delete /api/shares/{share_id}
get /api/shares/{share_id}/reviews
get /api/shared/{secret}
post /api/shared/{secret}/unlock
get /api/shared/{secret}/{item_id}/content
get /api/shared/{secret}/{item_id}/thumbnail
put /api/shared/{secret}/{item_id}/review
post /api/invitations/accept
post /api/spaces
patch /api/spaces/{space_id}
put /api/spaces/{space_id}/members/{user_id}
delete /api/spaces/{space_id}/members/{user_id}
get /api/spaces/{space_id}/invites
post /api/spaces/{space_id}/invites
delete /api/spaces/{space_id}/invites/{invite_id}
get /api/audit
get /api/users
post /api/users/invites
patch /api/users/{user_id}
delete /api/users/{user_id}
post /api/users/{user_id}/reset-link
post /api/stories
get /api/stories
get /api/stories/{story_id}
patch /api/stories/{story_id}
delete /api/stories/{story_id}
get /api/stories/{story_id}/estimate
post /api/stories/estimate
get /api/stories/{story_id}/speech
post /api/stories/{story_id}/run
get /api/stories/{story_id}/status
post /api/stories/{story_id}/cancel
post /api/stories/{story_id}/render
post /api/stories/{story_id}/export
get /api/stories/{story_id}/films
post /api/stories/{story_id}/duplicate
post /api/stories/{story_id}/translate
post /api/stories/{story_id}/improve
post /api/stories/{story_id}/sections
put /api/stories/{story_id}/sections/order
patch /api/stories/{story_id}/sections/{section_id}
delete /api/stories/{story_id}/sections/{section_id}
post /api/stories/{story_id}/sections/{section_id}/split
post /api/stories/{story_id}/sections/{section_id}/merge
post /api/stories/{story_id}/sections/{section_id}/another
get /api/stories/{story_id}/analysis
get /api/stories/{story_id}/versions
get /api/stories/{story_id}/versions/{number}
post /api/stories/{story_id}/versions/{number}/restore
get /api/stories/{story_id}/pictures
get /api/stories/{story_id}/timeline
get /api/stories/{story_id}/frame
post /api/stories/{story_id}/uploads
get /api/stories/{story_id}/files/{name}
get /api/stories/{story_id}/preview
get /api/stories/{story_id}/proxies/{name}
get /api/stories/{story_id}/camera/{name}
get /api/stories/{story_id}/sound/{which}
get /api/fonts/{family}
get /api/films/{film_id}
get /api/films/{film_id}/files/{name}
post /api/batch
get /api/batch/{batch_id}
get /api/batch/{batch_id}/results
post /api/batch/{batch_id}/retry
post /api/veo3/generate
get /api/veo3/status/{video_id}
get /api/veo3/download/{video_id}
post /api/veo3/cancel/{video_id}
post /api/check/zip
get /api/uncertain
post /api/uncertain/resolve
get /api/storage
post /api/storage/sweep
post /api/jobs/create
post /api/jobs/{job_id}/upload
post /api/jobs/{job_id}/start
get /api/jobs/{job_id}
get /api/jobs
delete /api/jobs/{job_id}
patch /api/jobs/{job_id}
post /api/jobs/{job_id}/move
get /api/projects
post /api/projects
get /api/projects/{project_id}
patch /api/projects/{project_id}
delete /api/projects/{project_id}
post /api/jobs/{job_id}/cancel
post /api/jobs/{job_id}/pause
post /api/jobs/{job_id}/resume
post /api/jobs/{job_id}/retry-failed
get /api/jobs/{job_id}/videos
get /api/jobs/{job_id}/events
get /api/stats
get /api/needs
post /api/estimate
post /api/check
get /api/videos/{video_id}/image
put /api/videos/{video_id}/rate
post /api/videos/{video_id}/restore
post /api/videos/{video_id}/retry
post /api/videos/select
post /api/videos/delete
post /api/videos/restore
post /api/videos/retry
post /api/videos/download-form
get /api/events
get /api/videos/{video_id}
put /api/videos/{video_id}/select
post /api/videos/{video_id}/regenerate
post /api/videos/{video_id}/edit
post /api/videos/{video_id}/extend
get /api/videos/{video_id}/candidates
post /api/videos/{video_id}/resolve
get /api/videos/{video_id}/content
get /api/videos/{video_id}/thumbnail
get /api/videos/{video_id}/image
get /api/videos/{video_id}/last-frame
delete /api/videos/{video_id}
post /api/videos/download
get /api/downloads/{download_id}
post /api/videos/upscale
get /api/videos/upscale
get /api/videos/upscale/{task_id}/status
post /api/videos/upscale/{task_id}/cancel
get /api/shots/{shot_id}
get /api/shots/{shot_id}/image
post /api/submissions/{submission_id}/resolve
post /api/video_chat/generate
post /api/video_chat/generate_with_image
post /api/video_chat/status
get /api/video_chat/operations
get /api/video_chat/operations/{operation_id}
delete /api/video_chat/operations/{operation_id}
post /v1/videos
get /v1/videos
get /v1/videos/{video_id}
get /v1/videos/{video_id}/content
delete /v1/videos/{video_id}
post /v1/videos/{video_id}/remix
get /v1/models
get /v1/models/{model_id}
get /api/providers
get /api/providers/{provider_id}
get /api/health
get /healthz/live
get /healthz/ready
post /api/keys
get /api/keys
patch /api/keys/{key_id}
post /api/keys/{key_id}/test
delete /api/keys/{key_id}
get /api/flow/sign-ins
post /api/flow/sign-ins
post /api/flow/sign-ins/{sign_in_id}/check
delete /api/flow/sign-ins/{sign_in_id}
patch /api/flow/sign-ins/{sign_in_id}
get /api/flow/accounts
post /api/flow/accounts
post /api/flow/accounts/{sign_in_id}/check
delete /api/flow/accounts/{sign_in_id}
patch /api/flow/accounts/{sign_in_id}
get /api/flow/queue/status
post /api/flow/queue/requeue-failed
get /api/route
get /api/costs
get /api/costs.csv
get /api/budgets
put /api/budgets
put /api/jobs/{job_id}/budget
post /api/scripts/generate
post /api/scripts/analyze
post /api/scripts/improve
post /api/scripts/translate
get /api/scripts/{script_id}
put /api/scripts/{script_id}
post /api/images/recommend
post /api/images/prompts
post /api/images/generate
get /api/images/status/{job_id}
get /api/images/{job_id}/content
get /api/videos
get /api/tts/voices
post /api/tts/generate
post /api/tts/preview
get /api/tts/status/{job_id}
get /api/tts/{job_id}/content
"""
SHAPES: dict[str, TypeAdapter[Any]] = {
    "create_job": TypeAdapter(dict[str, str]),
    "upload_batch": TypeAdapter(UploadReport),
    "start_job": TypeAdapter(Started),
    "read_job": TypeAdapter(JobView),
    "read_jobs": TypeAdapter(JobPage),
    "read_videos": TypeAdapter(list[VideoView]),
    "read_video": TypeAdapter(VideoView),
    "regenerate_video": TypeAdapter(VideoView),
    "edit_video": TypeAdapter(VideoView),
    "extend_video": TypeAdapter(VideoView),
    "generate_video": TypeAdapter(Accepted),
    "generate_video_with_image": TypeAdapter(Accepted),
    "read_operation_status": TypeAdapter(Done),
    "read_operations": TypeAdapter(OperationPage),
    "read_operation": TypeAdapter(Operation),
    "create_openai_video": TypeAdapter(OpenAiVideo),
    "read_openai_video": TypeAdapter(OpenAiVideo),
    "remix_openai_video": TypeAdapter(OpenAiVideo),
    "list_openai_videos": TypeAdapter(OpenAiVideoPage),
    "delete_openai_video": TypeAdapter(OpenAiDeleted),
    "list_openai_models": TypeAdapter(OpenAiModelPage),
    "read_openai_model": TypeAdapter(OpenAiModel),
    "read_providers": TypeAdapter(list[ProviderView]),
    "read_stats": TypeAdapter(StatsView),
    "read_needs": TypeAdapter(list[NeedView]),
    "estimate": TypeAdapter(Estimate),
    "generate_script": TypeAdapter(ScriptJob),
    "get_script": TypeAdapter(ScriptJob),
    "analyze_script": TypeAdapter(ScriptAnalysis),
    "recommend_images": TypeAdapter(Recommendation),
    "describe_images": TypeAdapter(ImagePrompts),
    "read_image_status": TypeAdapter(PictureJob),
    "read_speech_status": TypeAdapter(SpeechJob),
    "read_voices": TypeAdapter(VoiceListing),
    "check": TypeAdapter(UploadCheck),
    "read_me": TypeAdapter(Me),
    "read_space": TypeAdapter(SpaceView),
    "create_token": TypeAdapter(ApiTokenCreated),
    "read_users": TypeAdapter(list[UserView]),
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    app: FastAPI = create_app(Settings.model_validate({}))
    return app.openapi()


@pytest.fixture(scope="module")
def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By method and path."""
    return {
        f"{method} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


OF_THE_PROVIDER = {"JobSettings"}
"""What is not named in them is an option of the provider, whose own model refuses what it does not know."""


def named_in(schema: dict[str, Any], part: Any, found: set[str]) -> set[str]:
    """The names of all schemas that a part of the description is made of."""
    for name in re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(part)):
        if name not in found:
            found.add(name)
            named_in(schema, schema["components"]["schemas"][name], found)
    return found


def test_every_body_refuses_fields_that_it_does_not_know(
    schema: dict[str, Any], operations: dict[str, dict[str, Any]]
):
    open_ended: dict[str, set[str]] = {}
    bodies = 0
    for name, operation in operations.items():
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "multipart/form-data":
                continue  # read field by field: see test_a_form_refuses_fields_that_it_does_not_know
            bodies += 1
            parts = [schema["components"]["schemas"][each] for each in named_in(schema, body, set())]
            for part in [*parts, body["schema"]]:
                known = part.get("title") in OF_THE_PROVIDER or "properties" not in part
                if not known and part.get("additionalProperties") is not False:
                    open_ended.setdefault(name, set()).add(str(part.get("title")))
    assert bodies > 20
    assert not open_ended


def test_there_is_exactly_what_was_promised(operations: dict[str, dict[str, Any]]):
    assert set(operations) == set(PROMISED.strip().splitlines())


def test_every_route_says_what_it_does(operations: dict[str, dict[str, Any]]):
    for name, operation in operations.items():
        assert operation["summary"], name
        assert operation["description"].endswith((".", "`).")), name
        assert operation["tags"], name
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (name, parameter["name"])


def test_operation_ids_are_the_names_of_functions_and_unique(operations: dict[str, dict[str, Any]]):
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(set(ids)) == len(ids)
    assert all(each.isidentifier() and each.islower() for each in ids)


def test_every_answer_and_every_body_has_an_example(operations: dict[str, dict[str, Any]]):
    for name, operation in operations.items():
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)
            for media in response.get("content", {}).values():
                assert "example" in media, (name, status)
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert media.get("example") or media.get("examples"), name


def test_every_route_tells_of_its_problems(operations: dict[str, dict[str, Any]]):
    for name, operation in operations.items():
        if "/v1/" in name:
            continue  # told in OpenAI's words: the next test
        problems = {
            status: response["content"][MEDIA_TYPE]
            for status, response in operation["responses"].items()
            if MEDIA_TYPE in response.get("content", {})
        }
        assert {"422", "default"} <= set(problems), name
        if "{" in name:
            assert "404" in problems, name
        for status, media in problems.items():
            assert media["schema"] == {"$ref": "#/components/schemas/Problem"}
            example = Problem.model_validate(media["example"])
            assert status in (str(example.status), "default"), name
        others = set(operation["responses"]) - set(problems)
        assert all(
            int(status) < 400 or name in ("get /api/health", "get /healthz/ready") for status in others
        ), name


def test_every_route_of_openai_tells_of_its_errors(operations: dict[str, dict[str, Any]]):
    of_openai = {name: each for name, each in operations.items() if "/v1/" in name}
    assert len(of_openai) == 8
    for name, operation in of_openai.items():
        errors = {status for status in operation["responses"] if status == "default" or int(status) >= 400}
        assert {"400", "default"} <= errors and "422" not in errors, name
        if "{" in name:
            assert "404" in errors, name
        for status in errors:
            media = operation["responses"][status]["content"]
            assert set(media) == {"application/json"}, (name, status)
            assert media["application/json"]["schema"] == {"$ref": "#/components/schemas/OpenAiError"}
            OpenAiError.model_validate(media["application/json"]["example"])


def test_examples_are_what_the_shapes_say(operations: dict[str, dict[str, Any]]):
    seen: set[str] = set()
    for operation in operations.values():
        shape = SHAPES.get(operation["operationId"])
        if shape:
            seen.add(operation["operationId"])
            status = next(each for each in operation["responses"] if each.startswith("2"))
            example = operation["responses"][status]["content"]["application/json"]["example"]
            shape.validate_json(json.dumps(example), strict=False)
    assert seen == set(SHAPES)


def test_every_reference_leads_somewhere(schema: dict[str, Any]):
    text = json.dumps(schema)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(schema["components"]["schemas"])
    assert "HTTPValidationError" not in names
    assert {"Problem", "Change"} <= set(schema["components"]["schemas"])
    assert not [name for name in schema["components"]["schemas"] if "_" in name], "two shapes of one name"
