"""Everything the interface refuses or fails at: RFC 9457 problem objects with stable codes and no content.

What is wrong, the limit and what to do are fixed Chinese sentences made here. Nothing that a caller sent is repeated
but names of our own fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
# RFC 9457, section 3.1.1: an absolute URI that need not be fetched.
TYPE_PREFIX = "urn:intake:problem:"
# Places told of one request; who sends more faults than this fixes the first ones.
_MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What one code means.

    Attributes:
        status: HTTP status.
        title: Chinese, the same for every occurrence.
        detail: Chinese, what to do.
        retry_after_s: When to come again; None where the same call will not succeed.
    """

    status: int
    title: str
    detail: str
    retry_after_s: int | None = None


# Seconds after which a passing fault of a store or a full house is likely over.
_SOON_S = 2
_LATER_S = 10

_KINDS = {
    # The request as it is written.
    "form-invalid": ProblemKind(422, "上传表单格式不对", "请按接口文档用 multipart/form-data 重新提交。"),
    "body-invalid": ProblemKind(422, "请求内容格式不对", "请按接口文档改正后重新提交。"),
    "parameter-invalid": ProblemKind(422, "请求参数不对", "请按接口文档改正参数。"),
    "idempotency-key-invalid": ProblemKind(
        422, "Idempotency-Key 不能使用", "请用 1 至 255 个可见 ASCII 字符，建议用随机 UUID。"
    ),
    "kind-unknown": ProblemKind(422, "没有这种材料", "请使用接口文档列出的 kind。"),
    "policy-unknown": ProblemKind(422, "没有这个名称的采集规则", "请用 GET /api/v1/policies 列出的名称，或不填。"),
    "callback-url-malformed": ProblemKind(422, "回调地址格式不对", "须形如 https://主机[:端口]/路径。"),
    "callback-scheme-refused": ProblemKind(422, "回调地址只能用 https", "请换成 https 地址。"),
    "body-too-large": ProblemKind(413, "请求内容过大", "请减小后重新提交。"),
    "upload-too-large": ProblemKind(413, "上传的文件过大", "请压缩或重新拍摄后上传。"),
    "upload-too-slow": ProblemKind(408, "上传超时", "请检查网络后重新上传。"),
    "media-type-unsupported": ProblemKind(415, "内容类型不对", "请按接口文档设置 Content-Type。"),
    # Who calls.
    "not-authenticated": ProblemKind(401, "没有有效的密钥", "请在 Authorization 头中写 Bearer 和管理员发放的密钥。"),
    "scope-missing": ProblemKind(403, "密钥没有这项权限", "请联系管理员用 intake client change 的 --scopes 增加。"),
    "region-not-allowed": ProblemKind(403, "不能为这个行政区划申报", "请使用本客户端所属的行政区划或其下级的代码。"),
    "callback-host-not-allowed": ProblemKind(
        403, "回调主机不在允许名单内", "请联系管理员用 intake client change 的 --callback-host 加入名单。"
    ),
    "callback-address-refused": ProblemKind(403, "回调地址是内网、本机或保留地址", "请改用可公开访问的地址。"),
    "rate-limited": ProblemKind(429, "请求过于频繁", "请按 Retry-After 稍后再试。", retry_after_s=1),
    "too-many-streams": ProblemKind(429, "同时打开的事件流过多", "请关闭不用的事件流后再试。", retry_after_s=_LATER_S),
    # What it is about.
    "not-found": ProblemKind(404, "没有找到", "请核对编号；编号不存在，或不属于本客户端。"),
    "route-unknown": ProblemKind(404, "没有这个地址", "请核对路径；所有地址见 /openapi.json。"),
    "material-unknown": ProblemKind(
        404, "申报引用的材料不存在", "请先用 POST /api/v1/materials 上传，再引用返回的 id。"
    ),
    "picture-unknown": ProblemKind(404, "没有这张图像", "请核对 picture；图像数见材料的 reading.pictures。"),
    "method-not-allowed": ProblemKind(405, "这个地址不接受该方法", "可用的方法见 Allow 头。"),
    "slot-kind-differs": ProblemKind(
        409, "材料种类与所放位置不符", "位置名须为上传时的 kind，或 kind 加 -2、-3……；请改正位置名或重新上传。"
    ),
    "rendition-not-ready": ProblemKind(409, "图像尚未生成", "请等材料的 state 变为 read 后再取。"),
    "submission-closed": ProblemKind(
        409, "申报已审核通过，不能再改", "如需变更，请另行提交 purpose 为 change 的申报。"
    ),
    "idempotency-key-reused": ProblemKind(
        409, "Idempotency-Key 已用于另一个请求", "同一个键只能重发同一个请求；新的请求请换新的键。"
    ),
    # What is the matter here.
    "server-busy": ProblemKind(503, "服务繁忙", "请按 Retry-After 稍后用同一个 Idempotency-Key 重试。", _SOON_S),
    "checks-unavailable": ProblemKind(503, "图像检查暂不可用", "请联系维护人员；材料没有保存。", _LATER_S),
    "database-away": ProblemKind(
        503, "数据库暂不可用", "可能已保存，也可能没有；请按 Retry-After 稍后用同一个 Idempotency-Key 重发。", _SOON_S
    ),
    "store-away": ProblemKind(503, "文件存储暂不可用", "没有保存任何内容；请按 Retry-After 稍后重试。", _SOON_S),
    "key-unknown": ProblemKind(503, "密钥文件不完整", "请联系维护人员检查主密钥文件。", _LATER_S),
    "storage-full": ProblemKind(507, "存储空间已满", "没有保存任何内容；请联系维护人员腾出空间后重试。", _LATER_S),
    "stored-data-damaged": ProblemKind(500, "已存的内容不完整", "请把 instance 中的编号告诉维护人员，从备份恢复。"),
    "internal-error": ProblemKind(500, "服务内部出错", "请把 instance 中的编号告诉维护人员。"),
}
PROBLEMS: Mapping[str, ProblemKind] = MappingProxyType(_KINDS)


@dataclass(frozen=True, slots=True)
class Fault:
    """One place of a request that is wrong.

    Attributes:
        at: Path made of our own field names and list places, such as `materials.2`; `*` stands for a name that the
            caller chose.
        kind: Stable kebab-case word.
    """

    at: str
    kind: str


class Problem(Exception):
    """A request is refused, or failed.

    Attributes:
        code: One of `PROBLEMS`.
        detail: Chinese, in place of the kind's own sentence.
        faults: Places.
        headers: Further headers of the answer.
    """

    def __init__(
        self,
        code: str,
        *,
        detail: str | None = None,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.kind = PROBLEMS[code]
        self.detail = detail or self.kind.detail
        self.faults = tuple(faults)[:_MOST_PLACES]
        self.headers = dict(headers or {})


def problem_body(problem: Problem, *, request_id: str) -> dict[str, Any]:
    """The object of RFC 9457; `instance` is the request's id, by which the log is searched."""
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": problem.kind.title,
        "status": problem.kind.status,
        "code": problem.code,
        "detail": problem.detail,
        "instance": request_id,
    }
    if problem.faults:
        body["faults"] = [{"at": fault.at, "kind": fault.kind} for fault in problem.faults]
    return body


def problem_response(problem: Problem, *, request_id: str) -> Response:
    """The answer."""
    headers = dict(problem.headers)
    if problem.kind.retry_after_s is not None:
        headers.setdefault("Retry-After", str(problem.kind.retry_after_s))
    if problem.code == "not-authenticated":
        headers["WWW-Authenticate"] = 'Bearer realm="intake"'
    content = json.dumps(problem_body(problem, request_id=request_id), ensure_ascii=False, separators=(",", ":"))
    return Response(content.encode(), problem.kind.status, headers, MEDIA_TYPE)


def codes_by_status() -> dict[int, list[str]]:
    """All codes, sorted, by HTTP status."""
    found: dict[int, list[str]] = {}
    for code, kind in sorted(PROBLEMS.items()):
        found.setdefault(kind.status, []).append(code)
    return found
