"""Tables and texts as HTML pages, which the report shows in place, where it only offers other files for download."""

from html import escape
from pathlib import Path

import pandas as pd

from eqlearn.files import write_text

DIGITS = 4
_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 14px/1.4 sans-serif; margin: 1em; }}
table {{ border-collapse: collapse; width: max-content; }}
th {{ position: sticky; top: 0; background: #eee; text-align: left; }}
th, td {{ max-width: 30em; padding: 0.2em 0.7em; border-bottom: 1px solid #ddd; vertical-align: top; }}
pre {{ white-space: pre-wrap; }}
</style></head><body>
"""
_FOOT = "</body></html>\n"


def write_table_page(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table, numbers with four digits and missing ones empty, completely or not at all."""
    with pd.option_context("display.max_colwidth", None):  # else long text is cut
        body = table.to_html(index=False, border=0, na_rep="", float_format=lambda value: f"{value:.{DIGITS}g}")
    _write(body, path)


def write_text_page(text: str, path: str | Path) -> None:
    """Write text with its lines kept, completely or not at all."""
    _write(f"<pre>{escape(text)}</pre>\n", path)


def _write(body: str, path: str | Path) -> None:
    write_text(path, _HEAD.format(title=escape(Path(path).stem)) + body + _FOOT)
