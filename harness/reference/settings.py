"""What the environment tells a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .failures import ConfigurationError


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the two systems are, how to get in, and where the mapping and the state lie. Tokens are not shown."""

    sf_url: str
    sf_token: str = field(repr=False)
    hubspot_url: str
    hubspot_token: str = field(repr=False)
    mapping_file: Path
    state_dir: Path
    bugs: tuple[str, ...] = ()


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Return the settings; raises ConfigurationError naming every variable that is missing."""
    names = ("SF_INSTANCE_URL", "SF_ACCESS_TOKEN", "HUBSPOT_BASE_URL", "HUBSPOT_TOKEN", "MAPPING_FILE", "STATE_DIR")
    missing = [name for name in names if not environ.get(name)]
    if missing:
        raise ConfigurationError(f"set these environment variables: {', '.join(missing)}")
    for name in ("SF_INSTANCE_URL", "HUBSPOT_BASE_URL"):
        if not environ[name].startswith(("http://", "https://")):
            raise ConfigurationError(f"{name} must start with http:// or https://")
    bugs = tuple(part.strip() for part in environ.get("SYNC_BUGS", "").split(",") if part.strip())
    return Settings(
        sf_url=environ["SF_INSTANCE_URL"].rstrip("/"),
        sf_token=environ["SF_ACCESS_TOKEN"],
        hubspot_url=environ["HUBSPOT_BASE_URL"].rstrip("/"),
        hubspot_token=environ["HUBSPOT_TOKEN"],
        mapping_file=Path(environ["MAPPING_FILE"]),
        state_dir=Path(environ["STATE_DIR"]),
        bugs=bugs,
    )
