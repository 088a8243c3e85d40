"""What the style sheets keep to."""

from __future__ import annotations

import re

from tests.isolation import ROOT

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def test_text_that_is_read_again_does_not_fade() -> None:
    """Pictures do, by one rule: half faded, text has too little contrast."""
    sheets = sorted((ROOT / "frontend" / "src").rglob("*.css"))
    fading = [
        (sheet.name, selector.strip())
        for sheet in sheets
        for selector, content in RULE.findall(sheet.read_text())
        if "[data-old]" in selector and "opacity" in content
    ]
    assert [name for name, _ in fading] == ["global.css"]
    assert fading[0][1].endswith(":not(text, tspan, g)")
