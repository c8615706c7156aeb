"""Puts the browser files into the wheel: they are fetched at build time and never committed."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs scripts/build_assets.py for a real wheel; an editable install leaves that to `make setup`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or self.target_name != "wheel":
            return
        sys.path.insert(0, str(Path(self.root) / "scripts"))
        from build_assets import VENDOR, build_assets

        build_assets()
        build_data["force_include"][str(VENDOR)] = "guangcai/core/static/vendor"
