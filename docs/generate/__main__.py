"""Write the generated pages; say which of them are new."""

from __future__ import annotations

from docs.generate import DOCS, generated

for path, text in generated().items():
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
        print(path.relative_to(DOCS.parent))
