"""How the pages are built: ``sphinx-build -W -b html docs OUTPUT``, without the network."""

from __future__ import annotations

from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "kgq"
author = "the kgq maintainers"
version = release = installed_version("kgq")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["generate", "how-to/plugins", "deploy"]

myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
napoleon_use_ivar = True
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"kgq {version}"
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_extra_path = ["llms.txt"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False


def is_field(_app: object, _what: str, _name: str, member: object, skip: bool, _options: object) -> bool | None:
    """Leave fields to the description of their class, which says what they hold."""
    said = getattr(member, "__doc__", None) or ""
    return True if skip or said.startswith("Alias for field number") else None


def setup(app: Sphinx) -> None:
    """Tell Sphinx."""
    app.connect("autodoc-skip-member", is_field)
