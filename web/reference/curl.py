"""A call as a line for the terminal. What differs from caller to caller stands as a variable of the shell."""

import json
import re
import shlex
from typing import Any

JSON_TYPE = "application/json"
KEY, TALK, SESSION, SIGNATURE = "apiKey", "conversation", "session", "signature"
WITH_KEY = '-H "Authorization: Bearer $API_KEY"'
WITH_TALK = '-H "Authorization: Bearer $CONVERSATION_TOKEN"'
WITH_SESSION = '-b cookies.txt -H "X-CSRF-Token: $CSRF_TOKEN"'
WITH_SIGNATURE = '-H "X-Yaozheng-Signature: $SIGNATURE"'
NAMED = re.compile(r"\{(\w+)\}")
KNOWN = {"code": "cosmetic_filing"}


def curl(base: str, path: str, method: str, operation: dict[str, Any], locale: str) -> str:
    """Return the command that calls an operation.

    Args:
        base: address of the API, such as ``https://host/api/v1``.
        path: as the document names it; ``{case_id}`` becomes ``$CASE_ID``.
        method: in any case.
        operation: from the document.
        locale: in which the answer is wished.
    """
    parts = ["curl -sS"]
    if method.upper() != "GET":
        parts.append(f"-X {method.upper()}")
    parts += _credentials(operation)
    address = NAMED.sub(lambda found: KNOWN.get(found.group(1), f"${found.group(1).upper()}"), path)
    query = [f"{one['name']}=${one['name'].upper()}" for one in _parameters(operation) if one.get("required")]
    parts.append(f'"{base}{address}?{"&".join([f"lang={locale}", *query])}"')
    content = operation.get("requestBody", {}).get("content", {})
    if JSON_TYPE in content:
        body = json.dumps(content[JSON_TYPE].get("example", {}), ensure_ascii=False)
        parts.append(f"--json {shlex.quote(body)}")
    elif content:
        parts.append("-F file=@paper.pdf")
    return " \\\n  ".join(parts)


def _credentials(operation: dict[str, Any]) -> list[str]:
    schemes = {name for one in operation["security"] for name in one}
    is_open = {} in operation["security"]
    by_scheme = ((KEY, WITH_KEY), (TALK, WITH_TALK), (SIGNATURE, WITH_SIGNATURE), (SESSION, WITH_SESSION))
    if not schemes or (is_open and KEY in schemes and len(schemes) == 1):
        return []
    return [next(shown for name, shown in by_scheme if name in schemes)]


def _parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in operation.get("parameters", []) if one.get("in") == "query"]
