"""What the container files promise: nobody's root, nothing writable but the data, one version everywhere."""

import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from rushes import __version__
from rushes.settings import Settings

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
SERVICES: dict[str, dict[str, Any]] = {
    f"{file.name}: {name}": service
    for file in sorted((ROOT / "deploy").glob("compose*.yaml"))
    for name, service in yaml.safe_load(file.read_text())["services"].items()
}
OURS = [name for name, each in SERVICES.items() if str(each["image"]).startswith("rushes:")]


def test_the_image_runs_as_nobody_in_particular_with_accounts_and_a_probe():
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "USER 10001:10001" in last
    assert "RUSHES_ACCOUNTS=on" in last
    assert "HEALTHCHECK" in last and "/healthz/live" in last
    assert "--require-hashes" in DOCKERFILE
    assert "latest" not in DOCKERFILE


def test_what_is_copied_into_the_build_is_there_and_nothing_else_is():
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert (ROOT / ".dockerignore").read_text().startswith("*\n"), "what is not named stays out"
    assert [name for name in kept if not (ROOT / name).exists()] == []
    assert "tests" not in kept


@pytest.mark.parametrize("name", OURS)
def test_every_service_of_ours_is_closed(name: str):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["image"] == f"rushes:{__version__}"


def test_there_are_services_of_ours():
    assert OURS == ["compose.scale.yaml: api", "compose.scale.yaml: worker", "compose.yaml: rushes"]


def test_images_are_pinned_and_ports_of_the_plain_form_stay_on_this_machine():
    for name, service in SERVICES.items():
        assert re.search(r":\d+\.\d+", service["image"]), name
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["compose.yaml: rushes"]["ports"])


def test_every_variable_is_a_setting():
    names = {f"RUSHES_{name}".upper() for name in Settings.model_fields}
    given = set(re.findall(r"RUSHES_[A-Z_]+", DOCKERFILE))
    for service in SERVICES.values():
        given |= {name for name in cast("dict[str, str]", service.get("environment", {})) if "RUSHES" in name}
    assert {name.removesuffix("_FILE") for name in given} <= names
