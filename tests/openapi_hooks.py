"""What schemathesis must not try, because it cannot be said in a request."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """Leaves out forms with an empty list for a field: on the wire that is a form without the field, which is good."""
    content = context.operation.definition.raw.get("requestBody", {}).get("content", {})
    if "multipart/form-data" not in content or not isinstance(body, dict):
        return True
    return not any(value == [] for value in body.values())
