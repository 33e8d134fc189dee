"""Whether white text can be read on a colour.

Source: WCAG 2.2, relative luminance and contrast ratio (1.4.3).
"""

LEAST = 4.5


def is_readable(colour: str) -> bool:
    """Whether white on ``colour``, such as ``#0b4a94``, has a contrast of at least 4.5 to 1."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 1.05 / (luminance + 0.05) >= LEAST


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
