"""The encodings that a mapping may name."""

from __future__ import annotations

import codecs

from kernel.errors import BadRequest

# Codecs that turn bytes into text and nothing else: rot13, zip or punycode are codecs too.
TEXT_CODECS = frozenset(
    [
        "ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be",
        *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
        *(f"cp125{part}" for part in range(9)),
        "cp437", "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp858", "cp860", "cp861", "cp862",
        "cp863", "cp864", "cp865", "cp866", "cp869", "cp874", "cp932", "cp949", "cp950", "cp1125",
        "koi8-r", "koi8-u", "koi8-t", "kz1048", "ptcp154", "mac-roman", "mac-cyrillic", "mac-greek", "mac-turkish",
        "mac-latin2", "mac-iceland", "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "shift_jis", "shift_jis_2004",
        "euc_jp", "euc_kr", "johab", "tis-620",
    ]
)  # fmt: skip


def codec_named(name: str) -> str:
    """The codec's canonical name. BadRequest for an unknown one, or one that is not for text."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        found = ""
    if found not in TEXT_CODECS:
        raise BadRequest(
            f"There is no encoding {name[:40]!r}; use one such as utf-8, cp1252 or utf-16.", slug="bad-mapping"
        )
    return found
