"""Small real PDF files with a text layer."""

FONT = "STSong-Light"


def make_pdf(text: str) -> bytes:
    """One page with the text's lines, in a Chinese font that every reader of PDF knows by name."""
    lines = "".join(f"<{line.encode('utf-16-be').hex()}> Tj T*\n" for line in text.splitlines())
    stream = f"BT /F1 12 Tf 14 TL 40 800 Td\n{lines}ET"
    return _file(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            "/Resources<</Font<</F1 5 0 R>>>>>>",
            f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
            f"<</Type/Font/Subtype/Type0/BaseFont/{FONT}/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
            f"<</Type/Font/Subtype/CIDFontType0/BaseFont/{FONT}/FontDescriptor 7 0 R"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
            f"<</Type/FontDescriptor/FontName/{FONT}/Flags 4/FontBBox[-25 -254 1000 880]"
            "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
        ]
    )


def _file(objects: list[str]) -> bytes:
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj{one} endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    head = f"xref\n0 {size}\n0000000000 65535 f \n"
    end = f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(content)}\n%%EOF\n"
    return content + (head + table + end).encode()
