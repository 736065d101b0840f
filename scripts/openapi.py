"""Prints the API's OpenAPI document: `python -m scripts.openapi > openapi.json`. Needs no database."""

import json
import sys

from rushes.api.app import create_app
from rushes.settings import Settings

if __name__ == "__main__":
    json.dump(create_app(Settings()).openapi(), sys.stdout, indent=1)
