"""The shapes of requests and answers. Requests are checked by these; answers are described by them.

What stands inside `entered` is judged by the rules on forms (`verify.entered`), not here: a wrong value there is a
finding for the applicant, and no refused request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from intake.case_folder import MAX_IMAGES
from intake.storage.deliveries import DeliveryState
from intake.storage.ids import ID_PATTERN
from intake.storage.materials import MaterialState
from intake.storage.submissions import Purpose, SubmissionState
from ocr.model import Kind
from verify.model import Band, Level, Match

KINDS = tuple(kind for kind in Kind if kind is not Kind.UNKNOWN)
_KIND_WORDS = "|".join(kind.value for kind in KINDS)
# The kind, and a number for each further document of that kind (design.md, section 4).
SLOT_PATTERN = rf"^({_KIND_WORDS})(-[1-9][0-9]?)?$"
REGION_PATTERN = r"^[0-9]{6}$"

Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$")]
Slot = Annotated[str, StringConstraints(pattern=SLOT_PATTERN)]
Region = Annotated[str, StringConstraints(pattern=REGION_PATTERN)]
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Score = Annotated[int, Field(ge=0, le=100)]
# Names of packs are short; the catalogue of names stands in the document (`api.rest.openapi`).
PolicyName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
# A form that is certainly understood; `intake.webhooks.addresses` has the last word and takes addresses too.
_CALLBACK_PATTERN = (
    r"^https://([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\.){1,3}[a-z]{2,20}(:[1-9][0-9]{0,3})?(/[A-Za-z0-9._~/-]{0,200})?$"
)
Callback = Annotated[str, Field(json_schema_extra={"pattern": _CALLBACK_PATTERN, "maxLength": 2048})]


def _different(ids: list[str]) -> list[str]:
    if len(set(ids)) != len(ids):
        raise ValueError("given twice")
    return ids


class _Asked(BaseModel):
    """Of a caller: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Told(BaseModel):
    """To a caller: a later version may tell more."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)


# Pydantic leaves the last word of it out of the document.
Slots = Annotated[dict[Slot, Id], Field(max_length=MAX_IMAGES, json_schema_extra={"additionalProperties": False})]
Ids = Annotated[
    list[Id], AfterValidator(_different), Field(max_length=MAX_IMAGES, json_schema_extra={"uniqueItems": True})
]


class Refiling(_Asked):
    """一次重新申报。"""

    entered: dict[str, Any] = Field(description="申报人填写的内容（entered.json）；未知的键由采集规则判断。")
    materials: Slots | Ids = Field(
        description="材料：位置→材料 id 的对象，或材料 id 的列表（位置由上传时的 kind 得出：diploma、diploma-2……）。"
    )
    policy: PolicyName | None = Field(
        default=None, description="采集规则的名称；不填则用默认的（重新申报时用原来的）。"
    )
    region: Region | None = Field(default=None, description="行政区划代码；不填则用本客户端的（重新申报时用原来的）。")


class NewFiling(Refiling):
    """一次申报。"""

    purpose: Literal["registration", "completion", "change", "archive"] = Field(
        description="registration 首次采集，completion 原有会计人员补充，change 信息变更，archive 档案核对。"
    )
    callback: Callback | None = Field(default=None, description="评分后把结果 POST 到这里；主机须在允许名单内。")


class Finding(_Told):
    """一条核验结论。"""

    code: str
    level: Level
    field: str | None = Field(description="entered 中的路径，如 person.name。")
    material: str | None = Field(description="位置，如 diploma-2。")
    entered: str | None
    read: str | None
    match: Match | None
    confidence: float = Field(ge=0, le=1)
    box: list[list[float]] | None = Field(description="归一化图像上的四个角，0..1，原点在左上。")
    message: str = Field(description="给申报人看的话。")
    short: str = Field(description="给审核人看的短语。")
    points_lost: float
    picture: int | None = Field(default=None, description="框在第几张图像上；不写即第 1 张。")


class Rendition(_Told):
    """将用于识别和展示的图像。"""

    width_px: int
    height_px: int
    source_width_px: int
    source_height_px: int
    photo_will_be_made: bool = Field(description="将由上传的照片制作符合要求的一寸照片。")


class MaterialAnswer(_Told):
    """一份材料。"""

    id: Id
    kind: Kind
    state: MaterialState
    file: str = Field(description="文件名，去掉路径和控制字符。")
    sha256: str
    size_bytes: int
    source_format: str | None
    created_at: Instant
    updated_at: Instant
    findings: list[Finding] = Field(description="识别之前是快速检查的结论，之后是识别的结论。")
    rendition: Rendition | None = Field(description="为空：文件不能用作图像，或快速检查没有做完。")
    duplicates: list[Id] | None = Field(default=None, description="本客户端此前上传的同一文件；只在上传时给出。")
    reading: dict[str, Any] | None = Field(description="识别结果；尚未识别时为空。")


class RevisionAnswer(_Told):
    """一次申报的结果。"""

    number: int
    state: SubmissionState
    score: Score | None
    band: Band | None
    created_at: Instant
    scored_at: Instant | None


class SubmissionAnswer(_Told):
    """一个人的申报及其最新一次的结果。"""

    id: Id
    revision: int
    purpose: Purpose
    region: str
    policy: str
    status: Literal["审核中", "审核失败", "审核成功"]
    state: SubmissionState
    score: Score | None
    band: Band | None
    findings: list[Finding]
    materials: dict[str, dict[str, Any]] = Field(description="位置→材料 id 和识别结果。")
    decision: dict[str, Any] | None
    created_at: Instant
    updated_at: Instant
    revision_created_at: Instant
    scored_at: Instant | None
    revisions: list[RevisionAnswer] | None = Field(default=None, description="每次申报；只在查询时给出。")


class PhotoAnswer(_Told):
    """照片检查或制作的结果。"""

    accepted: bool
    findings: list[Finding]
    measures: dict[str, float]
    photo: str | None = Field(default=None, description="制作出的 JPEG，Base64；检查和不能制作时为空。")
    media_type: Literal["image/jpeg"] | None = None
    size_bytes: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    background_replaced: bool | None = None
    turned_deg: int | None = None


class DeliveryAnswer(_Told):
    """一条回调消息，不含内容。"""

    id: Id = Field(description="即 Intake-Event-Id。")
    submission_id: Id
    revision: int
    event: str
    sequence: int
    state: DeliveryState
    attempts: int
    next_at: Instant | None
    last_status: int | None
    last_error: str | None
    created_at: Instant
    delivered_at: Instant | None


class DeliveryList(_Told):
    """回调消息，新的在前。"""

    deliveries: list[DeliveryAnswer]


class PolicyEntry(_Told):
    """一套采集规则。"""

    name: str
    title: str
    effective_from: str
    effective_to: str | None


class PolicyList(_Told):
    """可用的采集规则。"""

    policies: list[PolicyEntry]


class Part(_Told):
    """一个部件是否正常。"""

    name: Literal["database", "store", "keys", "redis", "workers", "children"]
    ok: bool
    code: str | None = None


class Health(_Told):
    """服务是否可用。"""

    status: Literal["ok", "degraded", "unready"]
    parts: list[Part] = []


class FaultPlace(_Told):
    """请求中不对的一处。"""

    at: str
    kind: str


class ProblemAnswer(_Told):
    """RFC 9457 的问题对象。"""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    faults: list[FaultPlace] | None = None


def first_faults(errors: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Places and kinds of pydantic's errors, made of our own words only: a name that the caller chose becomes `*`."""
    found = []
    for error in errors:
        place = [str(part) if isinstance(part, int) else _own(part) for part in error["loc"]]
        found.append((".".join(part for part in place if part), str(error["type"]).replace("_", "-")))
    return found


_OWN_NAMES = frozenset(NewFiling.model_fields)
# Names that pydantic gives the sides of a union; they say nothing to a caller.
_SIDES = ("dict[", "list[", "constrained", "[key]")


def _own(part: Any) -> str:
    if part in _OWN_NAMES:
        return str(part)
    return "" if any(str(part).startswith(side) for side in _SIDES) else "*"
