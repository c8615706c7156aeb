"""Makes Tabler small and old-browser-proof: keeps the class families we use, and colours every engine understands.

Tabler ships 635 KB for every widget it has, with `light-dark()`, `oklch()` and relative colours that the browsers on
old desks and in older WeChat do not know. A custom property with an unknown function is worse than a missing one, so
they are resolved here, once, at build time. Standard library only: it runs inside the wheel build.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

INFIX = "(?:-(?:sm|md|lg|print))?"
# What stays, as whole class names. Add a line when a screen needs one more family.
KEPT = re.compile(
    "|".join(
        (
            rf"container(?:-fluid|-tight|-narrow)?{INFIX}",
            rf"row(?:-cols{INFIX}-(?:auto|\d))?|row-deck|row-cards",
            rf"col{INFIX}(?:-auto|-\d+)?|order{INFIX}-(?:first|last|\d)",
            rf"g[xy]?{INFIX}-[0-5]|(?:row-|column-)?gap{INFIX}-[0-5]",
            rf"[mp][tbsexy]?{INFIX}-(?:auto|[0-5])",
            rf"d{INFIX}-(?:none|block|inline|inline-block|flex|inline-flex|grid|table|table-cell)",
            rf"flex{INFIX}-(?:fill|row|column|wrap|nowrap|grow-[01]|shrink-[01])",
            rf"justify-content{INFIX}-(?:start|end|center|between)",
            rf"align-(?:items|self){INFIX}-(?:start|end|center|baseline|stretch)",
            r"align-(?:middle|top|baseline)|[vh]stack|vr",
            r"btn(?:-primary|-outline-primary|-danger|-ghost|-link|-sm|-lg|-icon|-list|-close|-group|-check)?",
            r"form-(?:label|label-description|control|control-plaintext|control-sm|control-color|select|select-sm|text"
            r"|hint|check|check-input|check-label|check-inline|check-reverse|switch|fieldset|range|footer|required)",
            r"col-form-label|input-group(?:-text|-flat|-sm)?|has-validation|required|asteriskField",
            r"was-validated|is-valid|is-invalid|(?:in)?valid-feedback",
            r"card(?:-body|-header|-title|-subtitle|-footer|-actions|-sm|-table|-link)?",
            r"table(?:-responsive|-sm|-hover|-active|-striped|-vcenter|-nowrap|-borderless|-group-divider)?",
            r"alert(?:-link|-heading)?|badge|list-(?:unstyled|inline|inline-item)",
            r"list-group(?:-item|-flush|-item-action)?|progress(?:-bar)?|spinner-border(?:-sm)?",
            r"text-(?:start|end|center|nowrap|wrap|break|truncate|reset|decoration-none|body|muted|secondary)",
            r"fw-(?:normal|medium|semibold|bold)|fs-[1-6]|lh-(?:1|sm|base|lg)|font-monospace|h[1-6]|lead|small|mark",
            r"[wh]-(?:25|50|75|100|auto)|mw-100|overflow-(?:auto|hidden|visible)|position-(?:relative|absolute|sticky)",
            r"border(?:-top|-bottom|-start|-end)?(?:-0)?|rounded(?:-0)?|sticky-top|stretched-link",
            r"visually-hidden(?:-focusable)?|img-fluid|clearfix|disabled|active|show|collapse|initialism|blockquote",
        )
    )
)
FOREIGN = re.compile(
    r"data-bs-theme=dark|data-theme=dark|theme-dark|\[dir=|data-bs-navbar|data-bs-popper|::-webkit-scroll"
)

AT_OWN_OPACITY = re.compile(
    r"color-mix\(in oklab,\s*(var\(--[\w-]+\)|currentcolor)\s*"
    r"calc\(var\(--[\w-]+(?:,\s*1)?\)\s*\*\s*100%\),\s*transparent\)"
)


@dataclass
class Block:
    """A rule (`children` empty) or a conditional group such as @media (`children` filled)."""

    head: str
    declarations: list[str] = field(default_factory=list)
    children: list["Block"] = field(default_factory=list)


def split(text: str, separator: str) -> list[str]:
    """Cut at `separator` outside strings and brackets."""
    parts, depth, quote, start = [], 0, "", 0
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == separator and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def _closing(text: str, opened: int) -> int:
    """Index of the brace that closes the one at `opened`."""
    depth, quote = 0, ""
    for at in range(opened, len(text)):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return at
    raise ValueError("unbalanced braces in the style sheet")


def parse(text: str) -> Iterator[Block]:
    at = 0
    while (opened := text.find("{", at)) != -1:
        closed = _closing(text, opened)
        head, inner = text[at:opened].strip(), text[opened + 1 : closed]
        if head.startswith(("@media", "@supports", "@keyframes")):
            yield Block(head, children=list(parse(inner)))
        elif not head.startswith("@"):
            yield Block(head, declarations=split(inner, ";"))
        at = closed + 1


def _kept_selectors(head: str) -> str:
    def keep(selector: str) -> bool:
        if FOREIGN.search(selector) or re.search(r":is\(\.rtl|\[data-bs-toggle", selector):
            return False
        return all(KEPT.fullmatch(name) for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector))

    return ",".join(selector for selector in split(head, ",") if keep(selector))


def _oklch(match: re.Match[str]) -> str:
    """One literal oklch() as hex (CSS Color 4, oklab to linear sRGB, clipped)."""
    lightness, chroma, hue = (0.0 if part == "none" else float(part) for part in match.group(1, 2, 3))
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    lightness /= 100
    long, medium, short = (
        (lightness + x * a + y * b) ** 3
        for x, y in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    gamma = (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in (max(0.0, x) for x in linear))
    return "#" + "".join(f"{round(255 * min(1.0, v)):02x}" for v in gamma)


def _plain_colours(value: str) -> str:
    value = re.sub(r"oklch\(([\d.]+)% ([\d.]+|none) ([\d.]+|none)(?:deg)?\)", _oklch, value)
    # "this colour at its own opacity variable": the opacity utilities are not kept, so it is the colour.
    return AT_OWN_OPACITY.sub(r"\1", value)


def _choose(value: str, which: int) -> str:
    """Resolve every light-dark(light, dark) to its first or second choice."""
    while (start := value.find("light-dark(")) != -1:
        depth, end = 0, start + len("light-dark")
        while True:
            depth += {"(": 1, ")": -1}.get(value[end], 0)
            if depth == 0:
                break
            end += 1
        choices = split(value[start + len("light-dark(") : end], ",")
        value = value[:start] + choices[which] + value[end + 1 :]
    return value


def _resolved(block: Block) -> Iterator[Block]:
    light = [_plain_colours(_choose(d, 0)) for d in block.declarations]
    yield Block(block.head, light)
    dark = [_plain_colours(_choose(d, 1)) for d in block.declarations if "light-dark(" in d]
    if dark:
        yield Block("@media screen and (prefers-color-scheme:dark)", children=[Block(block.head, dark)])


def prune(blocks: Iterator[Block] | list[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.head.startswith("@keyframes"):
            if re.search(r"spinner|progress", block.head):
                yield block
        elif block.children:
            if re.search(r"min-width:(?:1200|1400)px|max-width:(?:1199|1399)", block.head):
                continue
            if children := list(prune(block.children)):
                yield Block(block.head, children=children)
        elif head := _kept_selectors(block.head):
            yield from _resolved(Block(head, block.declarations))


def render(blocks: Iterator[Block] | list[Block]) -> str:
    return "".join(
        f"{b.head}{{{render(b.children) if b.children else ';'.join(b.declarations)}}}"
        for b in blocks
        if b.children or b.declarations
    )


def tabler(source: str) -> str:
    """Tabler's style sheet, pruned and put into the cascade layer `tabler`. Keeps its licence line."""
    licence = re.search(r"/\*!.*?\*/", source, re.DOTALL)
    body = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL).replace('@charset "UTF-8";', "")
    used = render(list(prune(parse(body))))
    return f"{licence.group(0) if licence else ''}\n@layer tabler{{{_without_dead_variables(used)}}}\n"


def _without_dead_variables(css: str) -> str:
    """Drop root variables that no kept rule reads: half of Tabler's are palettes."""
    while (smaller := _drop_unread(css, set(re.findall(r"var\((--[\w-]+)", css)))) != css:
        css = smaller
    return css


def _drop_unread(css: str, read: set[str]) -> str:
    declaration = re.compile(r"(?<=[{;])(--tblr-[\w-]+):[^;{}]*(?:;|(?=\}))")
    return declaration.sub(lambda match: match.group(0) if match.group(1) in read else "", css)
