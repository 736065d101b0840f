"""What `rushes providers test` does: one real video, the cheapest there is, through the engine as any other."""

from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image

from rushes.actions.environment import take_in_environment
from rushes.actions.jobs import delete_job
from rushes.actions.settings import Plan, check_shot, plan
from rushes.actions.start_job import create_planned, start_job
from rushes.actions.upload import store_batch
from rushes.cli._words import Code
from rushes.cli.work import watch
from rushes.cli.work.background import Background
from rushes.cli.work.output import money, say, tell
from rushes.cli.work.session import can_ask, confirm, with_runtime
from rushes.core.views import JobSettings
from rushes.db.models import LOCAL_OWNER
from rushes.db.queries.credentials import usable
from rushes.db.queries.jobs import get_job
from rushes.errors import ActionNeeded, Invalid
from rushes.intake.batch import read_batch
from rushes.intake.gather import new_work_folder
from rushes.providers._contract import Mode, ShotInput
from rushes.runtime import Runtime

PROMPT = "A paper boat drifts on a calm lake at dawn, slow push in"
