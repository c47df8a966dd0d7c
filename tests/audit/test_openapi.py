"""The description of the API at /schema says what the API really takes and answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from litestar import Litestar
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.audit import sheet
from tests.audit.bodies import body_for
from tests.audit.programme import Names
from tests.audit.sheet import COLUMNS, Line
from tests.cast import ApiOf, BrowserOf
from tracker import database as door

API = "/api/v1/"
JSON_LINES = "application/x-ndjson"
PROBLEM = "application/problem+json"


class Description:
    """The document, asked about one operation after the other."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = DRAFT202012.create_resource(document)
        self._registry = Registry().with_resource("urn:description", resource)

    def operation(self, method: str, template: str) -> dict[str, Any]:
        """What is said of a route, by the application's own name for it."""
        path = template
        for kind in ("str", "int"):
            path = path.replace(f":{kind}}}", "}")
        found: dict[str, Any] = self.document["paths"][path][method.lower()]
        return found

    def problems(self, schema: dict[str, Any], value: object) -> list[str]:
        """What is wrong with a value by one of the document's schemas."""
        # References start at the document's root.
        rooted = _rooted(schema)
        validator = Draft202012Validator(
            rooted, registry=self._registry, format_checker=FormatChecker()
        )
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]

    def problems_of_answer(self, operation: dict[str, Any], answer: httpx.Response) -> list[str]:
        said = operation["responses"].get(str(answer.status_code))
        if said is None:
            return [f"{answer.status_code} is not described"]
        kind = answer.headers["content-type"].partition(";")[0]
        if kind not in said.get("content", {}):
            return [f"{answer.status_code} as {kind} is not described"]
        if "json" not in kind or kind == JSON_LINES:
            return []
        return self.problems(said["content"][kind]["schema"], answer.json())


def _rooted(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: f"urn:description{part}" if name == "$ref" else _rooted(part)
            for name, part in value.items()
        }
    return [_rooted(part) for part in value] if isinstance(value, list) else value


@pytest.fixture
async def description(browser_of: BrowserOf) -> Description:
    response = await browser_of(None).get("/schema/openapi.json")
    assert response.status_code == 200
    return Description(response.json())


@pytest.fixture
def lines(app: Litestar) -> list[tuple[Line, str]]:
    """The API's lines of the audit sheet, each with the path template of its route."""
    routes = sheet.routes_of(app)
    found = []
    for line in sheet.read():
        route = sheet.route_of(line, routes)
        if route is not None and line.path.startswith(API):
            found.append((line, route[1]))
    return found


class _Undone(Exception):
    """Takes back what an answer changed."""


async def _ask(
    client: httpx.AsyncClient, line: Line, names: Names, body: object, **more: Any
) -> httpx.Response:
    path = line.path.format_map(names).removeprefix(API)
    found: list[httpx.Response] = []
    try:
        async with door.transaction():
            found.append(await client.request(line.method, path, json=body, **more))
            raise _Undone
    except _Undone:
        return found[0]


async def test_it_has_every_route_and_no_other(app: Litestar, description: Description) -> None:
    described = {
        (method.upper(), path)
        for path, operations in description.document["paths"].items()
        for method in operations
    }
    real = {
        (method, path.replace(":str}", "}").replace(":int}", "}"))
        for method, path in sheet.routes_of(app)
        if path.startswith(API)
    }
    assert described == real


async def test_answers_are_what_it_says(
    description: Description, lines: list[tuple[Line, str]], api_of: ApiOf, names: Names
) -> None:
    """Every route's answers to every role, refusals included."""
    wrong = []
    for line, template in lines:
        operation = description.operation(line.method, template)
        body = body_for(line.method, line.path, line.body, names)
        for who in COLUMNS.values():
            answer = await _ask(api_of(who), line, names, body)
            problems = description.problems_of_answer(operation, answer)
            if answer.is_error and answer.headers["content-type"] != PROBLEM:
                problems.append("not a problem document")
            wrong += [f"{line.method} {line.path} as {who}: {one}" for one in problems]
    assert wrong == []


async def test_bodies_are_what_it_says(
    description: Description, lines: list[tuple[Line, str]], api_of: ApiOf, names: Names
) -> None:
    """What is taken is described as that, and what is not is refused with a problem document."""
    wrong = []
    for line, template in lines:
        operation = description.operation(line.method, template)
        body = body_for(line.method, line.path, line.body, names)
        name = f"{line.method} {line.path}"
        if body is None:
            if "requestBody" in operation:
                wrong.append(f"{name}: described with a body that the sheet does not send")
            continue
        (content,) = operation["requestBody"]["content"].items()
        assert content[0] == "application/json"
        wrong += [f"{name}: {one}" for one in description.problems(content[1]["schema"], body)]
        answer = await _ask(api_of("erin"), line, names, ["nonsense"])
        if answer.status_code != 422:
            wrong.append(f"{name}: {answer.status_code} for nonsense")
        wrong += [f"{name}: {one}" for one in description.problems_of_answer(operation, answer)]
    assert wrong == []


async def test_a_release_is_described_as_json_and_as_markdown(
    description: Description, api_of: ApiOf, names: Names
) -> None:
    operation = description.operation("GET", "/api/v1/releases/{day:str}")
    for accept in ("application/json", "text/markdown"):
        answer = await api_of("alice").get(f"releases/{names['out']}", headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(accept)
        assert description.problems_of_answer(operation, answer) == []


async def test_every_operation_takes_a_bearer_token_and_says_how_it_refuses(
    description: Description,
) -> None:
    document = description.document
    bearer = document["components"]["securitySchemes"]["bearer"]
    assert (bearer["type"], bearer["scheme"]) == ("http", "bearer")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["security"] == [{"bearer": []}], where
            assert operation["summary"], where
            for status in ("401", "403", "404", "409", "422"):
                assert list(operation["responses"][status]["content"]) == [PROBLEM], where
            assert "400" not in operation["responses"], where
            once = [one["name"] for one in operation.get("parameters", [])].count("Idempotency-Key")
            assert once == (method == "post"), where


async def test_every_post_keeps_its_first_answer(
    lines: list[tuple[Line, str]], api_of: ApiOf, names: Names
) -> None:
    for line, _ in lines:
        if line.method != "POST" or line.body:
            continue
        who = next(
            who for who, answer in zip(COLUMNS.values(), line.answers, strict=True) if answer < "3"
        )
        body = body_for(line.method, line.path, line.body, names)
        path = line.path.format_map(names).removeprefix(API)
        first, again = [
            await api_of(who).post(path, json=body, headers={"Idempotency-Key": line.path})
            for _ in range(2)
        ]
        assert first.is_success
        assert (again.status_code, again.json()) == (first.status_code, first.json()), line.path
