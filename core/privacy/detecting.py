"""Personal data in words: addresses of mail and of houses, papers with letters, names, accounts, illnesses.

Each rule is a pattern over the undisguised text, with what must stand around it. A name counts in a telling
context alone (我叫, 联系人：, 先生): every second word of a law begins like a family name.

Source: 个人信息保护法 articles 4, 28; GB/T 35273-2020 appendix A and B (kinds of personal data); GA 36-2018
(vehicle plates).
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.privacy.words import load_words

Found = tuple[int, str, int, int]
_GAP = r"[\s:：=为是叫码碼号號，,()（）\-—]{0,6}"
_SPOKEN_AT = r"\s?(?:[(\[{（【<]\s?(?:at|AT|@|艾特)\s?[)\]}）】>]|艾特|圈a|小老鼠|\s(?:at|AT)\s|#at#)\s?"
_SPOKEN_DOT = r"(?:\s?(?:[(\[{（【<]\s?(?:dot|DOT|点|\.)\s?[)\]}）】>]|点|點)\s?|\s(?:dot|DOT)\s)"
_DOT = rf"(?:[.。·・]|{_SPOKEN_DOT})"
_LOCAL = r"[A-Za-z0-9_%+\-](?:[A-Za-z0-9._%+\-]|(?<=[A-Za-z0-9])(?:点|\(dot\)|\[dot\])(?=[A-Za-z0-9])){0,63}"
EMAIL = re.compile(
    rf"(?<![A-Za-z0-9]){_LOCAL}(?:\s?@\s?|{_SPOKEN_AT})[A-Za-z0-9][A-Za-z0-9\-]*(?:{_DOT}[A-Za-z0-"
    rf"9\-]+){{0,3}}"
    rf"(?:{_DOT}|(?<=[A-Za-z0-9])\s\.\s)[A-Za-z]{{2,12}}(?![A-Za-z0-9])"
)
PLATE = re.compile(
    r"(?<![一-龥])?([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s{0,2}[A-HJ-"
    r"Za-hj-z][\s·.\-•_]{0,5}"
    r"(?:[A-HJ-NP-Za-hj-np-z0-9][\s·.\-•_]{0,2}){4,5}(?:[A-HJ-NP-Za-hj-np-z0-9]|"
    r"[挂学警港澳使领]))(?![A-Za-z0-9])"
)
PASSPORT = re.compile(
    (
        rf"(?:护照|護照|passport)(?:号码?|號碼?|no\.?|number|is|\s){{0,4}}{_GAP}((?:[A-Za-z][\s\-—.·]{{"
        rf"0,3}}){{1,2}}(?:\d[\s\-—.·]{{0,3}}){{6,7}}\d|[A-Za-z]{{1,2}}\d{{6,8}}|"
        rf"\d{{9}})(?![A-Za-z0-9])"
    ),
    re.IGNORECASE,
)
PERMIT = re.compile(
    r"(?:通行证|通行證|回乡证|回鄉證|台胞证|台胞證|往来港澳|港澳证|"
    r"赴台证|大陆居民|(?:travel|entry)\s?permit)[^0-9A-Za-z\n]{0,8}"
    r"(?:(?:no\.?|number|is)\s?)?([A-Za-z]?[\s\-—.·]{0,3}(?:\d[\s\-—.·]{0,3}){7,9}\d)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
HONG_KONG = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,2}[\s\-]?\d{3}[\s\-]?\d{3}\s?[(（]\s?[0-9A]\s?[)）])")
WECHAT = re.compile(
    r"(?:微\s?信|薇信|威信|徽信|維信|(?<![A-Za-z])(?:we\s?chat|weixin|"
    r"wx|vx|v信)(?![A-Za-z])|加(?:我|一下|个)?\s?[vV](?![A-Za-z])|[vV]我)"
    r"(?P<link>\s*(?:号|號|帐号|账号|id|ID|[:：=]|是|为|叫|加我|加|联系|找我|找|给我|我|聊|发我|搜|同号)*[\s:：=是为]*)"
    r"(?P<id>[A-Za-z](?:[\-_ .]?[A-Za-z0-9]){5,19}|[A-Za-z][\-_A-Za-z0-9]{5,19}|"
    r"\d(?:[\s\-]?\d){5,12})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
QQ = re.compile(
    r"(?:(?<![A-Za-z])[qQ]\s?[qQ](?![A-Za-z])|扣扣|企鹅号?|球球|秋秋)"
    r"\s*(?:号|號|号码|帐号|账号|群|id|ID|number|[:：=]|是|为|加|联系|"
    r"is)*[\s:：=是为]*([1-9](?:[\s\-.·—_]{0,3}\d){4,10})(?![A-Za-z0-9])"
)
_NUMBER = r"[0-9百十千]{1,6}"
_ROADS = (
    r"(?:路|街|大道|巷|弄|胡同|里弄|公路|环路|东道|西道|南道|北道|支路|"
    r"横街|村|社区|小区|花园|家园|新村|苑|公寓|大厦|广场|工业园|科技园|"
    r"开发区|园区|组|屯)"
)
_NEAR = r"(?:(?![了到的装有是在搬各每等和])[一-龥0-9]){0,6}?"
_UNIT = r"(?:号楼?|號|弄|栋|棟|幢|座|单元|單元|楼|层|室|房|号院|组)"
ADDRESS = re.compile(
    rf"((?:[一-龥0-9]{{2,3}}省|[一-龥]{{2,7}}自治[区州])?(?:[一-龥]{{2,7}}[市州盟])?(?:[一-龥]{{1,"
    rf"8}}?[区县旗市])?"
    rf"(?:[一-龥0-9]{{1,8}}?(?:街道|镇|乡))?[一-龥0-9]{{1,10}}?{_ROADS}{_NEAR}\s?{_NUMBER}\s?[\-—]"
    rf"?[0-9]{{0,4}}\s?{_UNIT}"
    rf"(?:\s?[\-—,，]?[一-龥]{{0,8}}?[0-9A-Za-z百十]{{1,5}}\s?{_UNIT}){{0,5}}(?:\s?[0-9]{{2,4}}(?![0-9]))?)"
)
_TOWERS = re.compile(
    r"([一-龥0-9]{2,10}?(?:小区|花园|家园|新村|苑|公寓|大院|家属院|"
    r"城)\s?[0-9]{1,3}\s?(?:[\-—]\s?[0-9]{1,4}){1,3}(?:室|号)?)"
)
STREET = re.compile(
    r"((?:(?:Room|Unit|Flat|Apt\.?|Suite)\s?[0-9A-Z\-]+,?\s)?(?:No\.?\s?)?[0-9]{1,5},?\s(?:[A-Z]["
    r"A-Za-z']+\s){1,4}(?:Road|Rd\.?|Street|St\.?|Avenue|Ave\.?|Lane|"
    r"Boulevard|Blvd\.?)(?![a-z])(?:,\s?[A-Z][A-Za-z]+){0,3})"
)
_LEADING = re.compile(
    r"^(?:我们?|本人|他|她|家在|现居|现住|的|地址|住址|住所|住|位于|"
    r"座落|坐落|在|是|寄|送|快递|到|至|请|搬|户籍|来自|收货)+"
)
_NOT_ROADS = re.compile(
    r"(?:电路|思路|线路|道路|回路|管路|气路|油路|光路|通路|各村|该村|"
    r"本村|每村|链路|分组|每组|各组|小组|实验组|对照组)\s?[0-9]"
)
_CALLED = (
    r"(?:我叫|我的名字(?:叫|是)|我是|本人叫?|名叫|名字叫|名字是|姓名|"
    r"名字|称呼|联系人|聯繫人|聯絡人|经办人|經辦人|代办人|办理人|申请人|"
    r"申請人|收件人|负责人|負責人|"
    r"法定代表人|法人代表|法人|质量负责人|企业负责人|受托人|委托人|"
    r"当事人|患者|病人|投诉人|举报人|受试者|监护人|家属|持卡人|户名|"
    r"我爸爸?|我妈妈?|我父亲|我母亲|我爱人|我老公|我老婆|我丈夫|我妻子|"
    r"我儿子|我女儿|我孩子|我同事|我朋友|我们?老板|我们?经理|同事|朋友)"
)
_TITLE = r"(?:先生|女士|小姐|大夫|医生|阿姨|叔叔|师傅|老师|同志|经理|主任|科长|博士|教授|律师|总)"
_DOUBTFUL = frozenset("植那班勾时司籍谈查向申章应解单包关成路能")  # more often words than family names
_STRONG = ("我叫", "名叫", "名字叫", "本人叫", "我的名字")
_AFTER = re.compile(
    r"\s*(?:$|[，,。.;；:：!！?？、\s()（）《「\"'“”0-9A-Za-z\[]|的|"
    r"是|在|于|手机|电话|身份|今年|现年|男|女|来|想|要|已|被|确诊|患|"
    r"因|有|住|先生|女士|向|与|和|年|不|不良|昨|今|近|前|曾|做|得|服|"
    r"怀|感染|出现|同|没|电|证|办|代办|申请|签|提交|递交|，)"
)
ENGLISH_NAME = re.compile(
    r"(?:(?i:my name is|i am called|name\s?[:：]|contact(?: person)?\s?[:：]|"
    r"patient(?: named)?|this is)\s?|\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s)((?:[A-Z][a-z]+(?:[-'][A-Za-z]+"
    r")?)(?:\s[A-Z][a-z]+(?:[-'][A-Za-z]+)?){0,2})"
)
_NO_ENGLISH = frozenset(
    [
        "The",
        "This",
        "That",
        "Class",
        "Drug",
        "Medical",
        "Device",
        "Is",
        "Not",
        "Who",
        "What",
        "Please",
        "Number",
        "Phone",
        "Patient",
    ]
)


def find_words(text: str, figures: str) -> Iterator[Found]:
    """Yield (rank, kind, start, end) of personal data in words."""
    if "@" in text or _MAY_BE_MAIL.search(text):
        yield from (_whole(4, "email", match) for match in EMAIL.finditer(text))
    if _MAY_BE_PAPER.search(text):
        yield from _papers(figures)
    yield from _accounts(figures)
    for match in PLATE.finditer(figures):
        if _is_plate(match.group(1)):
            yield 20, "plate", match.start(1), match.end(1)
    yield from _addresses(text, figures)
    yield from find_names(text)


_PAPERS = (("passport", PASSPORT), ("travel_permit", PERMIT), ("travel_permit", HONG_KONG))
_MAY_BE_MAIL = re.compile(r"艾特|圈a|小老鼠|[\[({（【<\s#]\s?(?:at|AT)\s?[\])}）】>\s#]")
_MAY_BE_PAPER = re.compile(
    r"护照|護照|passport|通行|回乡|回鄉|台胞|港澳|赴台|大陆居民|permit|[A-Z]\s?\d{3}", re.IGNORECASE
)


def _papers(figures: str) -> Iterator[Found]:
    for kind, pattern in _PAPERS:
        for match in pattern.finditer(figures):
            if pattern is not HONG_KONG or _is_hong_kong(match.group(1)):
                yield -1, kind, match.start(1), match.end(1)


def _whole(rank: int, kind: str, match: re.Match[str]) -> Found:
    return rank, kind, match.start(), match.end()


def _is_hong_kong(number: str) -> bool:
    """Whether the check digit of a Hong Kong identity card is right (mod 11 over weighted characters)."""
    plain = "".join(c for c in number if c.isalnum())
    letters, digits, check = plain[:-7], plain[-7:-1], plain[-1]
    values = [36] * (2 - len(letters)) + [ord(c) - 55 for c in letters] + [int(c) for c in digits]
    total = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True))
    return (total + (10 if check == "A" else int(check))) % 11 == 0


def _is_plate(found: str) -> bool:
    plain = "".join(c for c in found if c.isalnum())
    return sum(c.isdigit() for c in plain[2:]) >= 2 and len(plain) in (7, 8)


def _accounts(figures: str) -> Iterator[Found]:
    for match in WECHAT.finditer(figures):
        said, link = match.group("id"), match.group("link").strip()
        is_sure = bool(link) or any(c.isdigit() for c in said)
        if is_sure and not _is_word(said):
            yield 6, "wechat", match.start("id"), match.end("id")
    yield from ((6, "qq", match.start(1), match.end(1)) for match in QQ.finditer(figures))


def _is_word(said: str) -> bool:
    """Whether an id is ordinary English, such as "mini program"."""
    return " " in said and not any(c.isdigit() or c in "-_" for c in said)


def _addresses(text: str, figures: str) -> Iterator[Found]:
    for pattern in (ADDRESS, _TOWERS):
        for match in pattern.finditer(figures):
            said = text[match.start(1) : match.end(1)]
            if _NOT_ROADS.search(match.group(1)):
                continue
            leading = _LEADING.match(said)
            yield 21, "address", match.start(1) + (leading.end() if leading else 0), match.end(1)
    yield from ((21, "address", match.start(1), match.end(1)) for match in STREET.finditer(text))


@lru_cache(maxsize=1)
def _name_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    surname = load_words().surname
    called = re.compile(
        rf"(?P<called>{_CALLED})(?P<link>\s?(?:[:：=]|是|为|叫|姓名[:：]?|"
        rf"的?名字(?:是|叫)|\s)?\s?)(?P<name>{surname}\s{{0,2}}[一-龥](?:\s{{0,2}}[一-龥])?)"
    )
    titled = re.compile(
        rf"(?:^|[，,。；;：:、！!？?\s(（“\"]|是|叫|找|给|向|由|和|与|请|"
        rf"对(?!方)|跟|让|替|问|帮|联系)(?P<name>{surname}(?:\s{{0,2}}[一-龥]){{0,2}}?)\s{{0,2}}{_TITLE}"
    )
    return called, titled


def find_names(text: str) -> Iterator[Found]:
    """Yield names of persons where the words around tell that they are names."""
    called, titled = _name_patterns()
    for match in called.finditer(text):
        if not _is_sure(match) and match.group("name")[0] in _DOUBTFUL:
            continue
        name = _cut(text, match.start("name"), match.end("name"), is_sure=_is_sure(match))
        if name:
            yield 22, "name", match.start("name"), name
    for match in titled.finditer(text):
        if not _is_no_name(
            match.group("name").replace(" ", "") + text[match.end("name") : match.end("name") + 1]
        ):
            yield 22, "name", match.start("name"), match.end("name")
    for match in ENGLISH_NAME.finditer(text):
        if match.group(1).split()[0] not in _NO_ENGLISH:
            yield 22, "name", match.start(1), match.end(1)


def _is_sure(match: re.Match[str]) -> bool:
    return match.group("called").startswith(_STRONG) or match.group("link").strip() != ""


def _cut(text: str, start: int, end: int, *, is_sure: bool) -> int:
    """Return where a name ends, 0 where it is none: the longest reading after which a name may end."""
    for stop in (end, end - 1):
        name = text[start:stop]
        if len(name.replace(" ", "")) < 2 or _is_no_name(name):
            continue
        if _AFTER.match(text, stop):
            return stop
    return end if is_sure and not _is_no_name(text[start:end]) else 0


def _is_no_name(name: str) -> bool:
    name = name.replace(" ", "")
    return name[:2] in load_words().no_name or name[:3] in load_words().no_name


_SELF = (
    r"(?:我们?家?(?:爸爸?|妈妈?|父亲|母亲|爱人|老公|老婆|丈夫|妻子|"
    r"儿子|女儿|孩子|爷爷|奶奶|姐姐?|哥哥?|弟弟?|妹妹?)?|本人|自己|"
    r"他|她|(?i:\bI\b|\bmy (?:wife|husband|son|daughter|mother|father|"
    r"child)\b))"
)
_SUFFERS = (
    r"(?:患有|患上|患了|患(?!者)|得了|得过|确诊(?:为|了|是)?|查出(?:来)?(?:有|"
    r"了)?|诊断(?:为|出|是)?|检查出|感染(?:了|过|上)?|染上(?:了)?|有(?:多年)?|"
    r"是|怀孕|(?i:has|have|had|was diagnosed with|am diagnosed with|"
    r"suffers? from|am|is))"
)


@lru_cache(maxsize=1)
def _illness_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    illness = load_words().illness
    state = (
        rf"(?:(?:{_SUFFERS})\s?(?:[一-龥]{{0,6}}?)(?:{illness})(?:阳性|晚期|"
        rf"早期|患者|病人)?|(?:HIV|乙肝|丙肝|梅毒|艾滋|新冠)(?:抗体|检测|"
        rf"核酸)?(?:结果)?(?:呈|为|是)?阳性|怀孕[一-龥0-9]{{0,4}}(?:周|个?月)?|"
        rf"流产(?:了|过)?)"
    )
    return re.compile(state), re.compile(rf"{_SELF}(?:[^。！？!?\n]{{0,12}}?({state})|({illness}))")


def find_illnesses(text: str, persons: list[tuple[int, int]]) -> Iterator[Found]:
    """Yield what is said of a person's health.

    Args:
        text: the undisguised text.
        persons: where persons are named in it; near them an illness is theirs.
    """
    state, own = _illness_patterns()
    begins = [0, *(end for _start, end in persons)]
    for begin in begins:
        for match in state.finditer(text, begin):
            if any(start - 12 <= match.start() and match.start() - end <= 16 for start, end in persons):
                yield 23, "health", match.start(), match.end()
    for match in own.finditer(text):
        part = 1 if match.group(1) else match.lastindex or 1
        yield 24, "own_health", match.start(part), match.end(part)


def find_bare(text: str, figures: str) -> Iterator[Found]:
    """Yield what is a person's in an answer to a form's question: a bare name or a bare place."""
    surname = load_words().surname
    bare = re.compile(rf"\s*(?P<name>{surname}\s?[一-龥](?:\s?[一-龥])?)\s*(?=$|[,，、;；/\s0-9(（])")
    match = bare.match(text)
    if match and not _is_no_name(match.group("name").replace(" ", "")):
        yield 22, "name", match.start("name"), match.end("name")
    place = _PLACE.fullmatch(figures.strip())
    if place:
        start = len(figures) - len(figures.lstrip())
        yield 21, "address", start, start + len(figures.strip())


_PLACE = re.compile(
    r"[一-龥]{2,7}(?:省|市|自治区|州)[一-龥0-9]{2,24}(?:路|街|大道|"
    r"巷|弄|村|镇|园区|号|室|楼|大厦|广场)[一-龥0-9A-Za-z\-]{0,20}"
)
