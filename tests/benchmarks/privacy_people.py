"""Made-up persons' data and its disguises, generated without the guard's own rules.

Numbers carry the check digits of their standards, computed here anew.
"""

import re
from collections.abc import Callable, Iterator
from random import Random

REGIONS = (
    "110105",
    "310115",
    "440304",
    "330106",
    "510107",
    "420106",
    "610113",
    "210102",
    "650102",
    "540102",
    "371302",
    "350203",
)
MOBILES = (
    "130",
    "131",
    "135",
    "137",
    "138",
    "139",
    "147",
    "150",
    "151",
    "155",
    "158",
    "159",
    "166",
    "173",
    "177",
    "180",
    "182",
    "185",
    "187",
    "189",
    "191",
    "198",
    "199",
)
AREAS = (
    ("010", 8),
    ("021", 8),
    ("020", 8),
    ("0755", 8),
    ("0571", 8),
    ("0512", 8),
    ("0871", 8),
    ("0991", 7),
    ("0851", 8),
    ("0531", 8),
    ("0371", 8),
    ("0898", 8),
)
CARDS = (
    ("622202", 19),
    ("621700", 19),
    ("622848", 19),
    ("621661", 19),
    ("622588", 16),
    ("625888", 16),
    ("436742", 16),
    ("548259", 16),
    ("356833", 16),
    ("621226", 19),
)
FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎"
    "易常武乔贺赖龚文欧"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文俊博宇轩浩然子涵欣怡梓萱雨泽"
    "思源嘉铭诗婷雪晓东海燕春莉鹏飞慧琳佳宁晨曦睿哲昊天翊珂钰淇骁骞璐瑶"
)
ROADS = (
    "解放",
    "人民",
    "中山",
    "建设",
    "和平",
    "长江",
    "张江",
    "祖冲之",
    "学院",
    "滨河",
    "朝阳",
    "科苑",
    "文昌",
    "新华",
    "龙华",
    "东湖",
    "凤城",
    "延安",
)
PLACES = (
    "北京市朝阳区",
    "上海市浦东新区",
    "广东省深圳市南山区",
    "浙江省杭州市西湖区",
    "四川省成都市武侯区",
    "湖北省武汉市洪山区",
    "陕西省西安市雁塔区",
    "江苏省苏州市吴中区",
    "新疆维吾尔自治区乌鲁木齐市天山区",
    "山东省济南市历下区",
    "贵阳市云岩区",
    "厦门市思明区",
)
HOMES = ("阳光花园", "金色家园", "翠苑小区", "银河新村", "御景公寓", "世纪大厦")
ILL = (
    "糖尿病",
    "高血压",
    "乙肝",
    "肺癌",
    "抑郁症",
    "艾滋病",
    "癫痫",
    "冠心病",
    "白血病",
    "肺结核",
    "红斑狼疮",
    "乳腺癌",
)
EN_ILL = ("diabetes", "hypertension", "hepatitis B", "cancer", "epilepsy", "asthma")
EN_NAMES = ("John Smith", "Mary Johnson", "Wei Zhang", "Anna Kowalska", "Peter Brown", "Li Na")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
WORDS = ("wang", "lily", "drug", "yao", "chen", "sunny", "happy", "zhao", "mike", "qing", "rain", "blue")
HOSTS = (
    "qq.com",
    "163.com",
    "126.com",
    "gmail.com",
    "outlook.com",
    "sina.com.cn",
    "foxmail.com",
    "pharma-example.cn",
)


def id_number(rng: Random) -> str:
    if rng.random() < 0.1:
        return f"{rng.choice(REGIONS)}{rng.randrange(40, 99):02d}{_day(rng)}{rng.randrange(1, 999):03d}"
    body = f"{rng.choice(REGIONS)}{rng.randrange(1945, 2008)}{_day(rng)}{rng.randrange(1, 999):03d}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def _day(rng: Random) -> str:
    return f"{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"


def mobile(rng: Random) -> str:
    prefix = rng.choice(("", "", "", "", "", "+86 ", "86", "0086"))
    return f"{prefix}{rng.choice(MOBILES)}{rng.randrange(10**8):08d}"


def landline(rng: Random) -> str:
    area, length = rng.choice(AREAS)
    rest = f"{rng.randrange(10 ** (length - 1)):0{length - 1}d}"
    return f"{area}{rng.choice(('-', '-', '', ' '))}{rng.randrange(2, 9)}{rest}"


def bank_card(rng: Random) -> str:
    bin_, length = rng.choice(CARDS)
    body = bin_ + "".join(rng.choice("0123456789") for _ in range(length - 1 - len(bin_)))
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def passport(rng: Random) -> str:
    return rng.choice(
        (
            f"E{rng.randrange(10**8):08d}",
            f"G{rng.randrange(10**8):08d}",
            f"E{rng.choice('ABCDEFGHJK')}{rng.randrange(10**7):07d}",
            f"P{rng.randrange(10**7):07d}",
        )
    )


def travel_permit(rng: Random) -> str:
    return rng.choice(
        (
            f"H{rng.randrange(10**8):08d}",
            f"M{rng.randrange(10**8):08d}",
            f"C{rng.randrange(10**8):08d}",
            f"{rng.randrange(10**7, 10**8)}",
        )
    )


def email(rng: Random) -> str:
    person = f"{rng.choice(WORDS)}{rng.choice(('', '.', '_'))}{rng.choice(WORDS)}{rng.randrange(1000)}"
    return f"{person}@{rng.choice(HOSTS)}"


def address(rng: Random) -> str:
    where = rng.choice(PLACES)
    number, room = rng.randrange(1, 2000), rng.randrange(101, 2500)
    return rng.choice(
        (
            f"{where}{rng.choice(ROADS)}路{number}号",
            f"{where}{rng.choice(ROADS)}路{number}号{rng.randrange(1, 30)}栋{room}室",
            f"{where}{rng.choice(ROADS)}大道{number}弄{rng.randrange(1, 99)}号{room}室",
            f"{where}{rng.choice(HOMES)}{rng.randrange(1, 30)}号楼{rng.randrange(1, 9)}单元{room}室",
            f"{rng.choice(ROADS)}街{number}号",
        )
    )


def plate(rng: Random) -> str:
    head = rng.choice(PROVINCES) + rng.choice("ABCDEFGH")
    if rng.random() < 0.3:
        return f"{head}{rng.choice('DF')}{rng.randrange(10**5):05d}"
    first = rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789")
    return f"{head}{rng.choice(('', '·'))}{first}{rng.randrange(10**4):04d}"


def wechat(rng: Random) -> str:
    return rng.choice(
        (
            f"{rng.choice(WORDS)}_{rng.choice(WORDS)}{rng.randrange(100)}",
            f"wxid_{''.join(rng.choice('abcdefghijk0123456789') for _ in range(12))}",
            f"{rng.choice(WORDS)}{rng.randrange(1000, 99999)}",
        )
    )


def qq(rng: Random) -> str:
    return str(rng.randrange(10**6, 3 * 10**9))


def name(rng: Random) -> str:
    given = "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
    return rng.choice(FAMILY) + given


MAKERS: dict[str, Callable[[Random], str]] = {
    "id_number": id_number,
    "mobile": mobile,
    "landline": landline,
    "bank_card": bank_card,
    "passport": passport,
    "travel_permit": travel_permit,
    "email": email,
    "address": address,
    "plate": plate,
    "wechat": wechat,
    "qq": qq,
    "name": name,
}
SIMPLE, GRAND, CIRCLED = "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "⓪①②③④⑤⑥⑦⑧⑨"
FULL = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
CYRILLIC = str.maketrans("aceopxyi", "асеорхуі")


def _spelled(digits: str) -> Callable[[str, Random], str]:
    return lambda text, _rng: text.translate({ord(str(i)): c for i, c in enumerate(digits)})


def _between(*marks: str) -> Callable[[str, Random], str]:
    def apply(text: str, rng: Random) -> str:
        mark = rng.choice(marks)
        return mark.join(text.replace(" ", "").replace("-", ""))

    return apply


def _grouped(text: str, rng: Random) -> str:
    plain, mark, size = (
        re.sub(r"[ \-]", "", text),
        rng.choice((" ", "-", ".", "·", "  ", "—", "_")),
        rng.choice((3, 4, 5)),
    )
    return mark.join(plain[i : i + size] for i in range(0, len(plain), size))


def _half_spelled(text: str, rng: Random) -> str:
    place = rng.randrange(2, max(3, len(text) - 2))
    return text[:place] + _spelled(SIMPLE)(text[place:], rng)


def _look_alike(text: str, _rng: Random) -> str:
    return text.replace("0", "O", 3).replace("1", "l", 1)


DIGITS: dict[str, Callable[[str, Random], str]] = {
    "full width": lambda text, _rng: text.translate(FULL),
    "Chinese digits": _spelled(SIMPLE),
    "grand Chinese digits": _spelled(GRAND),
    "circled": _spelled(CIRCLED),
    "spaced": _between(" ", "  "),
    "dashed": _between("-", "—", "－"),
    "dotted": _between(".", "·"),
    "zero width": _between("\u200b", "\u2060", "\u200d"),
    "grouped": _grouped,
    "half spelled": _half_spelled,
}
LETTERS_TOO: dict[str, Callable[[str, Random], str]] = {
    "full width": lambda text, _rng: text.translate(FULL),
    "zero width": _between("\u200b", "\u2060"),
    "look-alike letters": lambda text, _rng: text.translate(CYRILLIC),
}
MAIL: dict[str, Callable[[str, Random], str]] = LETTERS_TOO | {
    "written at": lambda text, rng: text.replace(
        "@", rng.choice(("(at)", "[at]", " at ", "（at）", "艾特", "＠", "#at#"))
    ),
    "written dot": lambda text, rng: _host_dots(text, rng.choice(("[dot]", " dot ", "点", "(dot)", "。"))),
    "both written": lambda text, rng: _host_dots(text, rng.choice(("[dot]", " dot ", "点"))).replace(
        "@", rng.choice(("(at)", " at ", "艾特"))
    ),
    "spaced at": lambda text, _rng: text.replace("@", " @ "),
}
WRITING: dict[str, Callable[[str, Random], str]] = {
    "zero width": _between("\u200b", "\u2060"),
    "full width": lambda text, _rng: text.translate(FULL),
}


def _host_dots(text: str, dot: str) -> str:
    person, _, host = text.partition("@")
    return f"{person}@{host.replace('.', dot)}"


def disguises_of(kind: str) -> dict[str, Callable[[str, Random], str]]:
    if kind in {"id_number", "mobile", "bank_card"}:
        return DIGITS | {"look-alike digits": _look_alike}
    if kind in {"landline", "qq"}:
        return DIGITS
    if kind in {"passport", "travel_permit"}:
        return {
            way: DIGITS[way]
            for way in ("full width", "zero width", "spaced", "dashed", "Chinese digits", "circled")
        }
    if kind == "email":
        return MAIL
    if kind in {"wechat"}:
        return LETTERS_TOO
    if kind == "plate":
        return {way: DIGITS[way] for way in ("full width", "zero width", "spaced", "circled")}
    if kind == "address":
        return WRITING | {"Chinese digits": _spelled(SIMPLE), "circled": _spelled(CIRCLED)}
    return {"zero width": WRITING["zero width"], "spaced": _between(" ")}


def filled(template: str, value: str, rng: Random) -> tuple[str, str]:
    """Put a value into a sentence; return it with what must not be left of it."""
    made = template.replace("{en}", english := rng.choice(EN_NAMES)).replace(
        "{agent}", rng.choice(("代办人", "经办人"))
    )
    made = made.replace("{ill}", ill := rng.choice(ILL)).replace("{en_ill}", en_ill := rng.choice(EN_ILL))
    if "{x}" in template:
        secret = value
    elif "{en}" in template:
        secret = english
    else:
        secret = ill if "{ill}" in template else en_ill
    if "{ill}" in template or "{en_ill}" in template:
        secret = ill if "{ill}" in template else en_ill
    return made.replace("{x}", value), secret


def sentences(
    kind: str, templates: list[str], count: int, rng: Random, *, disguised: bool
) -> Iterator[tuple[str, str, str, str]]:
    """Yield (sentence, value as it stands in it, plain value, disguise)."""
    ways = list(disguises_of(kind).items())
    for number in range(count):
        template = templates[number % len(templates)]
        plain = MAKERS.get(kind, name)(rng)
        way, change = (
            ways[(number // len(templates)) % len(ways)]
            if disguised and "{en}" not in template
            else ("", None)
        )
        if change is None or kind == "health":
            value, way = plain, ""
        else:
            value = change(plain, rng)
        text, secret = filled(template, value, rng)
        yield text, secret, plain, way
