"""Screenshots of the maps in ``exports/``: wide and phone, light and dark."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.maps import FLAGS
from bench.servers import command

SIZES = {"wide": (1440, 900), "phone": (390, 844)}
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write one picture a map, size and theme."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--maps", type=Path, default=ROOT / "exports", help="where the maps are (default exports)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=command("chromium", "google-chrome"), args=FLAGS)
        for path in sorted(options.maps.glob("*.html")):
            for size, (width, height) in SIZES.items():
                for theme in ("light", "dark"):
                    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)  # type: ignore[arg-type]
                    page.goto(path.resolve().as_uri())
                    page.wait_for_selector("html[data-ready=yes]")
                    page.wait_for_timeout(300)
                    page.screenshot(path=options.folder / f"{path.stem}-{size}-{theme}.png")
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
