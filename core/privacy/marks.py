"""Marks by which a paper says that it is secret.

A mark stands as a paper bears it: with its star or term (机密★5年), alone on a line, in brackets, or as
an order not to pass it on. Words about secrets (商业秘密受法律保护) are none.

Source: 保守国家秘密法 (2024) article 22; GB/T 9704-2012 7.2.2 (mark and term of secrecy).
"""

import re
import unicodedata

_LEVEL = r"(?:绝\s?密|機\s?密|机\s?密|秘\s?密|絕\s?密)"
_TERM = (
    r"(?:\d{1,3}\s?(?:年|个月|個月|月|天|日)|长期|長期|启用前|啟用前|"
    r"永久|[一二三四五六七八九十百]{1,4}\s?(?:年|个月))"
)
_INTERNAL = r"(?:内部(?:资料|文件|材料|使用|参考|刊物|传阅|信息)|內部(?:資料|文件))"
_ORDER = (
    r"(?:(?:严禁|禁止|不得|请勿|切勿|不准|勿|嚴禁)\s?(?:外传|外泄|外洩|"
    r"外流|外发|转发|扩散|传播|复制|翻印|對外|对外|公开|泄露|泄漏|流传|"
    r"外傳)|注意\s?(?:保存|保密|保管)|"
    r"(?:仅限|仅供|只供|限于?)\s?(?:内部|本单位|公司内部|系统内|局内)(?:人员)?(?:使用|传阅|参考|阅读|掌握)?)"
)
_COMMERCIAL = (
    r"(?:商业\s?秘密|商業秘密|商\s?密|核心商密|普通商密|核心商业秘密|公司机密|企业机密|公司秘密|核心机密)"
)
MARK = re.compile(
    "|".join(
        (
            rf"{_LEVEL}\s?[★☆*✭✩⭐]\s?(?:{_TERM})?",
            rf"[★☆⭐]\s?{_LEVEL}",
            rf"(?:密\s?级|密級|保密等级|涉密等级)\s?[:：]\s?{_LEVEL}",
            (
                rf"[【\[（(\u3014]\s?(?:{_LEVEL}|{_COMMERCIAL}|{_INTERNAL}|内部)\s?(?:[·,，、\-—]\s?{_TERM}|"
                rf"{_TERM})?\s?[】\]）)\u3015]"
            ),
            rf"^\s*(?:{_LEVEL}|{_COMMERCIAL})\s*(?:{_TERM})?\s*$",
            rf"^\s*{_LEVEL}\s?[·\-—]\s?{_TERM}",
            rf"{_COMMERCIAL}\s?[★☆*·:：\-—,，]?\s?(?:[▲★]|{_TERM}|{_ORDER})",
            rf"{_INTERNAL}\s?[,，;；、·!！:：\-— ]{{0,3}}\s?{_ORDER}",
            rf"{_ORDER}\s?[,，;；、·\-— ]{{0,3}}\s?{_INTERNAL}",
            rf"^\s*{_INTERNAL}\s*$",
            r"(?<![A-Z])(?:TOP SECRET|STRICTLY CONFIDENTIAL|COMPANY CONFIDENTIAL|TRADE SECRET)(?![A-Za-z])",
            (
                r"(?i:\bconfidential\b\s?[-—:,]\s?(?:do not (?:distribute|disclose|"
                r"copy|forward)|internal use only|not for distribution))"
            ),
            r"(?i:\binternal use only\b|\bnot for distribution outside\b)",
        )
    ),
    re.MULTILINE,
)
_ABOUT = re.compile(
    r"[\"“「『《'‘]\s*$|(?:标明|标注|标有|标示|标志|加盖|注明|写明|"
    r"标记|字样|盖有|写着|印有|什么是|何为|是指)[\"“「『'‘:：]?\s*$"
)
_QUICK = re.compile(r"密|内部|內部|secret|confidential|internal use|not for distribution", re.IGNORECASE)
_UNSEEN = frozenset({"Cf", "Mn", "Me"})


def classification_mark(text: str) -> str | None:
    """Return the mark of a state secret, an internal paper or a trade secret that a text bears, or None."""
    whole = unicodedata.normalize("NFKC", text)
    plain = "".join(c for c in whole if c.isascii() or unicodedata.category(c) not in _UNSEEN)
    if not _QUICK.search(plain):
        return None
    for match in MARK.finditer(plain):
        if not _ABOUT.search(plain[max(0, match.start() - 12) : match.start()]):
            return match.group().strip()
    return None
