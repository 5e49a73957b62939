"""What the environment tells a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .failures import ConfigurationError
from .renewing import RefreshGrant


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
    sf_grant: RefreshGrant | None = None  # without it, the session that was given has to last


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
        sf_grant=_grant_from(environ),
    )


def _grant_from(environ: Mapping[str, str]) -> RefreshGrant | None:
    names = ("SF_CLIENT_ID", "SF_CLIENT_SECRET", "SF_REFRESH_TOKEN")
    given = [environ[name] for name in names if environ.get(name)]
    if given and len(given) < len(names):
        raise ConfigurationError(f"set all of these environment variables or none: {', '.join(names)}")
    return RefreshGrant(*given) if given else None


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a service listens, for webhooks (at the path of ``url``) and for requests to run; how often it polls."""

    url: str
    client_secret: str = field(repr=False)
    poll_s: float = 30.0

    @property
    def host(self) -> str:
        """Return the address to listen on."""
        return urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        """Return the port to listen on."""
        return urlsplit(self.url).port or 80


def listening_from(environ: Mapping[str, str]) -> Listening:
    """Return where to listen; raises ConfigurationError naming what is missing or no number. `POLL_SECONDS=0`: never poll."""
    if not environ.get("LISTEN_URL"):
        raise ConfigurationError("set these environment variables: LISTEN_URL")
    try:
        poll_s = float(environ.get("POLL_SECONDS", "30"))
    except ValueError as error:
        raise ConfigurationError("POLL_SECONDS must be a number of seconds") from error
    return Listening(environ["LISTEN_URL"], environ.get("HUBSPOT_CLIENT_SECRET", ""), poll_s)
