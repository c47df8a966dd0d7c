"""The description of the API for programs, corrected to what we really answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
    SecurityRequirement,
    SecurityScheme,
)

from tracker import __version__
from tracker.web.errors import Problem
from tracker.web.guards import ANONYMOUS
from tracker.web.idempotency import LONGEST_KEY

SECURITY: list[SecurityRequirement] = [{"bearer": []}]

DESCRIPTION = """\
Everything that `triage`, a build server or anybody's script may do with Orange Friday.

Send `Authorization: Bearer TOKEN`; tokens are made under Settings. Times are RFC 3339 with a zone,
numbers are strings like `R-12` and `P-3`. Lists take `limit` and `after` and answer
`{items, next}`. A POST with an `Idempotency-Key` may be repeated: a repeat gets the first answer.
PUT twice is the same as once. What is refused is answered with a problem document (RFC 9457), in
the language of `Accept-Language`.
"""

_REFUSALS = {
    "401": "No token, or one that is unknown, revoked or of nobody any more",
    "403": "This act belongs to another role",
    "404": "There is no such thing, or it is none of your business",
    "409": "The state of the thing does not permit this",
    "422": "Values that cannot be taken, by field",
}


_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Anything of your own making: a repeat with the same one gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}


@dataclass
class AlsoMarkdown(Operation):
    """For a GET that answers those who accept `text/markdown` in that."""

    def __post_init__(self) -> None:
        answer = (self.responses or {})["200"]
        assert isinstance(answer, OpenAPIResponse)
        text = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
        answer.content = {**(answer.content or {}), "text/markdown": text}


def _correct(schema: dict[str, Any]) -> None:
    """The framework describes refusals of its own making, which we never send, and does not see
    what is read from the headers of every POST."""
    (_,), components = msgspec.json.schema_components(
        [Problem], ref_template="#/components/schemas/{name}"
    )
    schema.setdefault("components", {}).setdefault("schemas", {}).update(components)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in schema["paths"].values():
        for method, operation in path.items():
            if not isinstance(operation, dict):
                continue
            if method == "post" and _ONCE not in operation.setdefault("parameters", []):
                operation["parameters"].append(_ONCE)
            operation["responses"].pop("400", None)
            for status, description in _REFUSALS.items():
                operation["responses"].setdefault(
                    status, {"description": description, "content": content}
                )


# Anybody may ask, and it never changes while the process lives: YAML takes 400 ms to write.


class _Json(JsonRenderPlugin):
    _made = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if not self._made:
            _correct(openapi_schema)
            self._made = super().render(request, openapi_schema)
        return self._made


class _Yaml(YamlRenderPlugin):
    _made = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if not self._made:
            _correct(openapi_schema)
            self._made = super().render(request, openapi_schema)
        return self._made


def openapi_config() -> OpenAPIConfig:
    """At /schema as JSON, and as YAML. No renderer: every one of them loads from elsewhere."""
    return OpenAPIConfig(
        title="Orange Friday",
        version=__version__,
        description=DESCRIPTION,
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http", scheme="bearer", description="A token from Settings › Tokens."
                )
            }
        ),
        render_plugins=[
            _Json(path=["/", "/openapi.json"]),
            _Yaml(path=["/openapi.yaml", "/openapi.yml"]),
        ],
        openapi_router=Router("/schema", route_handlers=[], include_in_schema=False, opt=ANONYMOUS),
    )
