"""What `scripts.try_litellm` runs in LiteLLM's own environment: its video calls against a server of ours."""

import sys
import time

import litellm

BASE = {"api_base": sys.argv[1], "api_key": "anything"}


def until_made(video_id: str) -> str:
    """Ask for the status until the video is there or failed."""
    for _ in range(600):
        status = litellm.video_status(video_id=video_id, **BASE).status
        if status in ("completed", "failed"):
            return status
        time.sleep(0.2)
    raise TimeoutError(video_id)


def main() -> None:
    """Create, wait, download, list, remix; and one refusal."""
    video = litellm.video_generation(
        prompt="a fox in the snow", model="openai/echo", seconds="4", size="720x1280", **BASE
    )
    print("create   ", video.status, video.id[:24])
    print("status   ", until_made(video.id))
    content = litellm.video_content(video_id=video.id, **BASE)
    print("content  ", len(content), "bytes, MP4:", content[4:8] == b"ftyp")
    listed = litellm.video_list(custom_llm_provider="openai", **BASE)
    print("list     ", len(listed["data"]), "video")
    remix = litellm.video_remix(video_id=video.id, prompt="the fox at night", **BASE)
    print("remix    ", remix.status, "->", until_made(remix.id))
    refused = litellm.video_generation(prompt="a fox [refuse:people]", model="openai/echo", **BASE)
    print("refused  ", until_made(refused.id), litellm.video_status(video_id=refused.id, **BASE).error)
    try:
        litellm.video_generation(prompt="a fox", model="openai/echo", seconds="99", **BASE)
    except litellm.BadRequestError as error:
        print("bad input", str(error).splitlines()[0])


main()
