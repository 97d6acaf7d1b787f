"""The page: one HTML file made through pyvis, with kgq's own template and nothing from the network.

Whatever comes from a graph is data: it reaches the page as escaped text or as JSON, and a Content-Security-Policy
names the two scripts and the style sheet that may run, by their hashes. vis-network is taken from the pyvis
package as installed; the page's own parts are beside this module, in ``assets``.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kg.maps.page_data import PageData
from kg.maps.scene import Scene

__all__ = ["VIS_NETWORK_SHA256", "render"]

VIS_NETWORK_SHA256 = "1f20f0736f32cb9bedf8f6383b25cfea2f839e1abe80d6e8040b4d5bea378c69"
"""The build of vis-network 9.1.2 that pyvis 0.3.2 carries, and that the page was made for."""

_SCRIPTS = ("state.js", "marks.js", "lines.js", "drawing.js", "view.js", "panel.js", "tools.js", "start.js")
_TABLE_AT_ONCE = 1_500
"""Rows of a table that a browser reads without delay; a longer one is read where there are no scripts only."""
_OPTIONS = {
    "autoResize": True,
    "physics": {"enabled": False},
    "layout": {"randomSeed": 1},
    "interaction": {"hover": False, "selectConnectedEdges": False, "tooltipDelay": 100000, "zoomSpeed": 0.7},
    "nodes": {"shape": "custom", "labelHighlightBold": False, "chosen": False},
}


def render(scene: Scene) -> str:
    """Return the HTML of a scene.

    Args:
        scene: what to show, with its views.
    """
    import pyvis.network
    from jinja2 import Environment, PackageLoader

    data = PageData(scene)
    # add_node and add_edge look through all that is there at each call; what they would add is added directly
    network = pyvis.network.Network(directed=True)
    network.nodes.extend({"id": number, **options} for number, options in enumerate(data.nodes()))
    network.edges.extend(data.edges())
    network.options = _OPTIONS
    environment = Environment(loader=PackageLoader("kg.maps", "assets"), autoescape=True, trim_blocks=True)
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": True,
        "ensure_ascii": False,
        "separators": (",", ":"),
    }
    environment.globals.update(_parts(), rest=data.rest(), table=data.table(), table_at_once=_TABLE_AT_ONCE)
    network.templateEnv = environment
    network.path = "page.html"
    html: str = network.generate_html("map.html")
    return html


@lru_cache(maxsize=1)
def _parts() -> dict[str, Any]:
    """Return the scripts and the style sheet as trusted text, with their hashes for the policy."""
    from markupsafe import Markup

    vis = (files("pyvis") / "templates/lib/vis-9.1.2/vis-network.min.js").read_text(encoding="utf-8")
    assets = files("kg.maps") / "assets"
    own = "\n".join((assets / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    page = f'"use strict";\n(() => {{\n{own}\n}})();\n'
    style = (assets / "page.css").read_text(encoding="utf-8")
    return {
        "vis_script": Markup(vis),  # noqa: S704 - a file of an installed package, not data of a graph
        "page_script": Markup(page),  # noqa: S704 - a file of this package
        "style": Markup(style),  # noqa: S704 - a file of this package
        "script_hashes": " ".join(f"'sha256-{_sha256(text)}'" for text in (vis, page)),
        "style_hash": f"'sha256-{_sha256(style)}'",
    }


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
