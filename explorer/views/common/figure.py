"""A Plotly figure as data: its objects in Python would take as long as all the rest of the page."""

from typing import Any

Figure = dict[str, Any]  # in Plotly's own JSON: `data` and `layout`, or a part of these
