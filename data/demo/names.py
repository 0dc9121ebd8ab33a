"""Invented names: every one says 演示, so that none can be taken for a real firm or estate."""

from __future__ import annotations

_LETTERS = (
    "昭阳青麦望禾听雨荷风桂影竹溪柳岸梅坞松涛稻香芦花晴川栖霞明塘枕河春浦秋水朝露晚照新桐槐荫兰皋芷汀菱湖苇岸"
    "汀兰花朝云麓星野月桥风荷雨前霜叶雪梅麦浪棠梨海棠杏林桃源榴园橘洲葵园蔷薇紫藤丁香茉莉木槿银杏香樟红枫白桦"
    "水杉乌桕合欢玉兰石榴枇杷金桂腊梅"
)
_WORDS = [_LETTERS[at : at + 2] for at in range(0, len(_LETTERS), 2)]
_ENDINGS = "里苑庭坊居园湾轩台院巷洲"
_OLD_ENDINGS = ("新村", "花园", "小区", "公寓")
_RENTAL_ENDINGS = ("公寓", "家园", "安居苑")
_NUMBERS = "甲乙丙丁戊己庚辛壬癸"
_TRADES = ("置业", "安居", "筑家")
_SERVICES = ("物业", "物业服务", "生活服务", "城市服务")

DEVELOPERS = len(_TRADES) * len(_NUMBERS)


def project_name(number: int) -> str:
    """Name of the ``number``-th project of the city; repeats only after 720 projects, then with a mark."""
    # Stepping by a number prime to both lists keeps neighbours in time from sounding alike.
    turn, at = divmod(number, len(_WORDS) * len(_ENDINGS))
    place = at * 7 % (len(_WORDS) * len(_ENDINGS))
    word, ending = _WORDS[place % len(_WORDS)], _ENDINGS[place // len(_WORDS)]
    return f"演示·{word}{ending}" + (f"（{turn + 1}）" if turn else "")


def developer(number: int) -> tuple[str, str]:
    """Name of a developer, and a credit code that can't be valid: the true ones hold no letter S."""
    trade, letter = divmod(number, len(_NUMBERS))
    return f"演示{_TRADES[trade]}{_NUMBERS[letter]}公司", f"YSDEMO{number + 1:012d}"


def estate_name(district: int, number: int) -> str:
    """Name of an older estate whose homes are sold second-hand."""
    place = (number * 6 + district) * 11 % (len(_WORDS) * len(_ENDINGS))
    return f"演示·{_WORDS[place % len(_WORDS)]}{_OLD_ENDINGS[number % 4]}"


def rental_name(district: int, number: int) -> str:
    """Name of a building of homes to let."""
    place = (number * 6 + district) * 13 % (len(_WORDS) * len(_ENDINGS))
    return f"演示·{_WORDS[place % len(_WORDS)]}{_RENTAL_ENDINGS[number % 3]}"


def road_name(district: int, number: int) -> str:
    """Name of a road."""
    place = (number * 6 + district) * 17 % (len(_WORDS) * len(_ENDINGS))
    return f"演示·{_WORDS[place % len(_WORDS)]}路"


def old_estate_name(district: int, number: int) -> str:
    """Name of the ``number``-th older estate of a district, each its own; after 240 of them with a mark."""
    turn, at = divmod(number, len(_WORDS) * len(_OLD_ENDINGS))
    place = at * 7 % (len(_WORDS) * len(_OLD_ENDINGS))
    word = _WORDS[(place + 10 * district) % len(_WORDS)]
    return f"演示·{word}{_OLD_ENDINGS[place // len(_WORDS)]}" + (f"（{turn + 1}）" if turn else "")


def property_company(number: int) -> tuple[str, str]:
    """Name of a property company, and a credit code that can't be valid: the true ones hold no letter S."""
    kind, word = divmod(number, len(_WORDS))
    return f"演示{_WORDS[word]}{_SERVICES[kind % len(_SERVICES)]}公司", f"YSWUYE{number + 1:012d}"
