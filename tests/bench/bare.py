"""What everything is compared with: a Litestar page from a Jinja template, and nothing else; and
at /static as many fixed bytes as are asked for at the start."""

from __future__ import annotations

import sys

import uvicorn
from jinja2 import DictLoader, Environment
from litestar import Litestar, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig

PAGE = """<!doctype html><title>{{ title }}</title>
<ul>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ul>"""


@get("/", media_type="text/html")
async def show() -> Template:
    return Template("page.html", context={"title": "Hello", "items": range(10)})


def main(port: int, size: int) -> None:
    fixed = b"x" * size

    @get("/static", media_type="text/html")
    async def static() -> bytes:
        return fixed

    environment = Environment(loader=DictLoader({"page.html": PAGE}), autoescape=True)
    engine = JinjaTemplateEngine.from_environment(environment)
    app = Litestar(
        [show, static],
        template_config=TemplateConfig(instance=engine),
        openapi_config=None,
        logging_config=None,
    )
    # As `tracker serve` runs its own (tracker/server.py).
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
