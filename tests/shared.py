"""The evidence beside the checkout that some tests need."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("DIPLOGRAPH_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def shared(name: str) -> Path:
    """Return a file of the shared evidence, or skip the test saying what is missing."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not at {SHARED}; set DIPLOGRAPH_SHARED to the folder that has it")
    return path
