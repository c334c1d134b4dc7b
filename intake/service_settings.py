"""Settings of the service, read once from the environment when a process starts and passed on as one value.

Every field is an environment variable: `INTAKE_` and the field's name in capitals. A value that cannot work stops the
start with its name, the value, and what is allowed; a misspelt name does too. Secrets never appear in texts.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from intake.archive.workers import fitting_workers
from intake.settings import DEVICE, MODELS, THREADS, SettingRefused

PREFIX = "INTAKE_"
# Set by the supervisor for its children; nobody else has a reason to.
PROCESS, BEAT_FILE = "INTAKE_PROCESS", "INTAKE_BEAT_FILE"
# Names that belong to other parts of the product and are read there.
_ELSEWHERE = (MODELS, DEVICE, THREADS, PROCESS, BEAT_FILE)
# A name this like one of ours is a slip of the pen; others may belong to the site's own scripts.
_LIKE = 0.85
# From here on one worker is set aside for batches: below, an applicant who waits needs every processor.
_BATCH_FROM_WORKERS = 4

_Count = Annotated[int, Field(ge=0, le=64)]


class ServiceSettings(BaseSettings):
    """What an operator may set.

    The description of a field is the text that says what is allowed. Fields that can hold a secret are left out of
    `repr`, and `SettingRefused` never quotes them.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        env_ignore_empty=True,
        validate_default=False,
    )

    data: Path = Field(default=Path("intake-data"), description="文件夹的路径")
    database_url: str = Field(
        default="",
        repr=False,
        pattern=r"^(sqlite:///|postgresql\+psycopg://).+",
        description="sqlite:///… 或 postgresql+psycopg://…，口令中的特殊字符写成 %XX",
    )
    redis_url: str | None = Field(
        default=None,
        repr=False,
        pattern=r"^(redis|rediss|unix)://.+",
        description="redis://…、rediss://… 或 unix://…，口令中的特殊字符写成 %XX",
    )
    blobs: str = Field(
        default="",
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/].*)?$",
        description="s3://存储桶[/前缀]，或不设",
    )
    s3_endpoint: str | None = Field(default=None, pattern=r"^https?://[^\s@]+$", description="http(s)://主机:端口")
    s3_region: str = Field(default="us-east-1", pattern=r"^[a-z0-9-]{1,32}$", description="区域名称")
    s3_access_key: str | None = Field(default=None, repr=False, description="访问密钥")
    s3_secret_key: str | None = Field(default=None, repr=False, description="访问密钥的口令")
    keys: Path | None = Field(default=None, description="主密钥文件的路径")
    policy: str = Field(default="yunnan-2023", min_length=1, max_length=200, description="采集规则的名称或文件")
    # Loopback: whoever wants to be reached from outside says so, and puts a proxy with TLS in front (deploy/).
    host: str = Field(default="127.0.0.1", min_length=1, max_length=255, description="监听的地址")
    port: int = Field(default=8400, ge=1, le=65535, description="1 至 65535")
    workers: _Count | None = Field(default=None, description="0 至 64")
    batch_workers: _Count | None = Field(default=None, description="0 至 64")
    # A worker that has read some hundred pages is replaced, whatever leaked in native code (intake.md, lesson 6).
    worker_max_jobs: int = Field(default=500, ge=1, le=1_000_000, description="1 至 1000000")
    # A worker peaks at 1.2 GB (issue 2's promise, `make bench-read`); what holds more between two jobs has leaked.
    worker_max_mb: int = Field(default=1500, ge=300, le=65536, description="300 至 65536（MB）")
    # The stage's own limits (10 s of processor for decoding) add up to far less; this is for what hangs in native code.
    stage_deadline_s: int = Field(default=120, ge=5, le=3600, description="5 至 3600（秒）")
    # reliability.md, section 2.1: 12 MB take every phone's photo; the pre-scan's own limit is the same.
    upload_max_mb: int = Field(default=12, ge=1, le=100, description="1 至 100（MB）")
    # Children that look at uploads at once: two, so that one slow picture does not block the next caller.
    checkers: int = Field(default=2, ge=1, le=16, description="1 至 16")
    # A client and minute. A collection front end of a province sends some 20 uploads a second at its busiest; ten times
    # what a reviewer's or a tester's script needs. 0 switches a limit off.
    rate_requests: int = Field(default=6000, ge=0, le=1_000_000, description="0 至 1000000（每客户每分钟；0 为不限）")
    rate_uploads: int = Field(default=1800, ge=0, le=1_000_000, description="0 至 1000000（每客户每分钟；0 为不限）")
    webhook_private: bool = Field(default=False, description="true 或 false")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug、info、warning 或 error"
    )

    @field_validator("database_url", "redis_url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if url:
            # Raises ValueError for a port that is no number, as a password with an unescaped "/" makes it.
            _ = urlsplit(url).port
        return url

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.blobs and (self.s3_access_key is None) != (self.s3_secret_key is None):
            raise ValueError("s3-keys")
        if not self.database_url and not self.data.resolve().name:
            raise ValueError("data-folder")
        return self

    @property
    def database(self) -> str:
        """The database's URL: as set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'intake.sqlite3'}"

    @property
    def keys_file(self) -> Path:
        """The file of master keys: as set, else in the data folder."""
        return self.keys or self.data / "keys.toml"

    @property
    def blob_folder(self) -> Path:
        """Where blobs lie when no S3 store is set."""
        return self.data / "blobs"

    @property
    def run_folder(self) -> Path:
        """What only means something while the service runs: lock, signs of life, state of the children."""
        return self.data / "run"

    @property
    def children_file(self) -> Path:
        """Where the supervisor writes which processes are up; see `intake.queue.supervisor.read_children`."""
        return self.run_folder / "children.json"

    @property
    def metrics_folder(self) -> Path:
        """Where the processes of one machine put their figures for `/metrics`."""
        return self.data / "run" / "metrics"

    @property
    def upload_max_bytes(self) -> int:
        """Most bytes of one upload."""
        return self.upload_max_mb * 1024 * 1024

    @property
    def live_workers(self) -> int:
        """Workers for what people wait for: as set, else one a processor as far as memory reaches, less the batch's.

        A machine with two processors gets two, and none for batches: the interface answers beside them because workers
        run at a lower priority.
        """
        return max(1, fitting_workers() - self.batch_worker_count) if self.workers is None else self.workers

    @property
    def batch_worker_count(self) -> int:
        """Workers for what may wait: as set, else one on machines that carry four or more."""
        if self.batch_workers is not None:
            return self.batch_workers
        return 1 if fitting_workers() >= _BATCH_FROM_WORKERS else 0


_TOGETHER = {
    "s3-keys": "INTAKE_S3_ACCESS_KEY 与 INTAKE_S3_SECRET_KEY：只设了其中一项；请两项都设，或都不设。",
    "data-folder": "INTAKE_DATA：不能是根目录；请写文件夹的路径。",
}
# Addresses may hold a password.
_SECRETS = frozenset(("database_url", "redis_url", "s3_endpoint", "s3_access_key", "s3_secret_key"))
# Longest part of a value that is quoted back.
_QUOTED = 80


def load_service_settings(environment: Mapping[str, str] | None = None) -> ServiceSettings:
    """Reads the settings.

    Args:
        environment: For the check of misspelt names; the process's own when None. Values are always the process's.

    Raises:
        SettingRefused: One of them cannot work; the text is Chinese and names it, its value and what is allowed.
    """
    _refuse_misspelt(os.environ if environment is None else environment)
    try:
        return ServiceSettings()
    except ValidationError as fault:
        raise SettingRefused(_wording(fault.errors(include_url=False, include_input=False))) from None


def _refuse_misspelt(environment: Mapping[str, str]) -> None:
    known = [PREFIX + name.upper() for name in ServiceSettings.model_fields]
    for name in environment:
        if not name.startswith(PREFIX) or name in known or name in _ELSEWHERE:
            continue
        like = difflib.get_close_matches(name, known, n=1, cutoff=_LIKE)
        if like:
            raise SettingRefused(f"{name}：没有这项设置；是不是 {like[0]}？")


def _wording(errors: list[Any]) -> str:
    first = errors[0]
    place = first["loc"]
    if not place:
        return next((text for code, text in _TOGETHER.items() if code in str(first["msg"])), "设置相互矛盾。")
    field = str(place[0])
    name, allowed = PREFIX + field.upper(), ServiceSettings.model_fields[field].description
    if field in _SECRETS:
        return f"{name}：所设的值不能使用（不在此显示）；请写 {allowed}。"
    # Names are taken in capitals and small letters alike.
    said = next((value for key, value in os.environ.items() if key.upper() == name), "")
    return f"{name}：“{said[:_QUOTED]}”不能使用；请写 {allowed}。"
