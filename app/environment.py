"""The environment of the processes that foldbase starts of itself."""

import os
from collections.abc import Mapping


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of foldbase's own processes: ours, and `settings` by their FOLDBASE_ names."""
    chosen = {f"FOLDBASE_{name.upper()}": value for name, value in settings.items()}
    return {"FOLDBASE_AUTO_DECLARE": "true", **os.environ, "PYTHONUNBUFFERED": "1", **chosen}
