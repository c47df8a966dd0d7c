"""Jinja, compiling each template once for each language.

Which of two sentences a reader sees is settled when a template is compiled, not eighty times a
page: `t("提交", "Send")` becomes the one word, and what follows from `lang` alone is worked out.
A template is called by its language and its file: `zh/reports/list.html`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import markupsafe
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

_escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)
"""Text as text, where it can be had: an object that says "I am safe" for each takes longer than
the escaping, and the page is one string in the end."""


class Templates(Environment):
    """`StrictUndefined`: a misspelt name in a template is an error, not an empty place."""

    def __init__(self, folder: Path, *, debug: bool) -> None:
        super().__init__(
            loader=_Folder(folder),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=debug,
            cache_size=-1,
        )
        self.code_generator_class = _Generator

    def join_path(self, template: str, parent: str) -> str:
        """What a template extends or imports is in its own language."""
        return f"{parent.partition('/')[0]}/{template}"

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        assert name is not None
        settled: nodes.Template = _Settled(name.partition("/")[0]).visit(tree)
        return settled

    @staticmethod
    def written(value: object) -> str:
        """A value as it stands in the page."""
        kind = type(value)
        if kind is str:
            return _escape_text(value)  # type: ignore[arg-type]
        return value if kind is Markup else str(escape(value))  # type: ignore[return-value]


class _Folder(FileSystemLoader):
    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        return super().get_source(environment, template.partition("/")[2])


class _Settled(NodeTransformer):
    """A template's tree for readers of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802 (called by the node's name)
        if node.ctx == "load" and node.name == "lang":
            return nodes.Const(self.language, lineno=node.lineno)
        if node.ctx == "load" and node.name == "t":
            return nodes.Name(f"t_{self.language}", "load", lineno=node.lineno)
        return node

    def visit_FromImport(self, node: nodes.FromImport) -> nodes.FromImport:  # noqa: N802
        """With a page's context, the macros would be made anew for every page. They need none:
        what they must know of the reader, filters and globals tell."""
        node.with_context = False
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        is_t = isinstance(node.node, nodes.Name) and node.node.name == "t"
        self.generic_visit(node)
        said = [one.value for one in node.args if isinstance(one, nodes.Const)]
        if is_t and len(said) == len(node.args) == 2:
            chosen = nodes.Const(said[self.language == "en"], lineno=node.lineno)
            if not node.kwargs:
                return chosen
            node.args = [chosen]
        return node


class _Generator(CodeGenerator):
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)
