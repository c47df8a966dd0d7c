"""Jinja for pages and mail, compiling each template once for each language.

Which of two sentences a reader sees is settled when a template is compiled, not eighty times a
page: `t("提交", "Send")` becomes the one word, and what follows from `lang` alone is worked out.
A template is called by its language and its file: `zh/reports/list.html`.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from tracker.language import Language, Text

PACKAGE = Path(__file__).parent


def templates_folder() -> Path:
    """Inside the package when installed from a wheel, beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


Translate = Callable[..., str | Markup]


def _translator(language: Language) -> Translate:
    def t(zh: str | Text, en: str | None = None, /, **values: object) -> str | Markup:
        text = zh.within(language) if isinstance(zh, Text) else zh if language == "zh" else en or zh
        if not values:
            return text
        # The sentence is ours, the values are not. Markup.format would escape them too, and takes
        # ten times as long.
        escaped = {
            name: value if isinstance(value, int) else escape(value)
            for name, value in values.items()
        }
        return Markup(text.format(**escaped))  # noqa: S704

    return t


TRANSLATORS: dict[Language, Translate] = {"zh": _translator("zh"), "en": _translator("en")}


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
        for language, translate in TRANSLATORS.items():
            self.globals[f"t_{language}"] = translate

    def join_path(self, template: str, parent: str) -> str:
        """What a template extends or imports is in its own language."""
        return f"{parent.partition('/')[0]}/{template}"

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        assert name is not None
        settled: nodes.Template = _Settled(name.partition("/")[0]).visit(tree)
        return settled

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dict: ours stay as they are once templates are loaded, and every page, macro and
        import looks them through."""
        return {**self.globals, **(d or {})}


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

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Expr:  # noqa: N802
        """`name[lang]` as `name.zh`: a Text has that at once, a dict at the second try."""
        is_lang = isinstance(node.arg, nodes.Name) and node.arg.name == "lang"
        self.generic_visit(node)
        if is_lang:
            return nodes.Getattr(node.node, self.language, node.ctx, lineno=node.lineno)
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
