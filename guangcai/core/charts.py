"""ECharts options as plain data, so that a page can carry them as JSON and needs no script of its own.

Colours and fonts are put in by core/js/chart.js from the tokens, light or dark.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Option = dict[str, Any]
# Beyond this many bars the labels of an upright chart collide.
MOST_UPRIGHT = 8


def _frame(option: Option, *, many: bool) -> Option:
    return {
        "aria": {"enabled": True, "decal": {"show": many}},
        "tooltip": {"renderMode": "richText", "trigger": "axis", "confine": True},
        "grid": {"left": 8, "right": 16, "top": 40 if many else 16, "bottom": 8, "containLabel": True},
        **({"legend": {"top": 0, "left": 0}} if many else {}),
        **option,
    }


def bars(categories: Sequence[str], series: Mapping[str, Sequence[int | float]], *, stacked: bool = False) -> Option:
    """Bars by category; lying down when there are many categories, because Chinese names are long."""
    lying = len(categories) > MOST_UPRIGHT
    names = {"type": "category", "data": list(categories), "axisTick": {"show": False}, "inverse": lying}
    values = {"type": "value", "minInterval": 1}
    drawn = [
        {"type": "bar", "name": name, "data": list(row), "barMaxWidth": 28, **({"stack": "all"} if stacked else {})}
        for name, row in series.items()
    ]
    axes = {"xAxis": values, "yAxis": names} if lying else {"xAxis": names, "yAxis": values}
    return _frame({**axes, "series": drawn}, many=len(series) > 1)


def lines(categories: Sequence[str], series: Mapping[str, Sequence[int | float]]) -> Option:
    """Values over time; `categories` are the dates as people read them."""
    drawn = [{"type": "line", "name": name, "data": list(row), "symbolSize": 6} for name, row in series.items()]
    axis = {"type": "category", "data": list(categories), "boundaryGap": False}
    return _frame({"xAxis": axis, "yAxis": {"type": "value"}, "series": drawn}, many=len(series) > 1)


def share(parts: Mapping[str, int | float]) -> Option:
    """Parts of a whole as a ring with names and numbers beside it."""
    pieces = [{"name": name, "value": value} for name, value in parts.items()]
    label = {"formatter": "{b}\n{c}", "overflow": "break", "edgeDistance": 0, "bleedMargin": 0}
    line = {"length": 6, "length2": 6}
    ring = {"type": "pie", "radius": ["32%", "52%"], "data": pieces, "label": label, "labelLine": line}
    option = _frame({"series": [ring]}, many=False)
    option["tooltip"]["trigger"] = "item"
    return option
