"""What may be saved of a line and as the words of a text (rules of the mainland SMS providers), and of a hall."""

import ipaddress
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_BRACES = re.compile(r"[{}｛｝]")
_PROMOTION = re.compile(r"(?:拒收|退订|回复?)(?:请)?(?:回复?)?\s*(?:R|TD?|N)(?![a-z])", re.IGNORECASE)
_ADVERTISING = re.compile(r"促销|打折|特价|特惠|优惠券|抽奖|中奖|红包|秒杀|返现|限时抢|买.送")
_MOBILE = re.compile(r"(?<!\d)1[3-9](?:[-\s]?\d){9}(?!\d)")
_ADDRESS = re.compile(
    r"https?:|www\.|\.(?:com|cn|net|org|gov|edu|info|top|xyz|vip|shop|cc|io|me|link)(?![a-z0-9])", re.IGNORECASE
)


def validate_signature(text: str) -> None:
    """A signature has 2 to 12 characters and carries no brackets of its own."""
    if not 2 <= len(text) <= 12 or "【" in text or "】" in text:
        raise ValidationError(_("签名要 2 到 12 个字，不带【】。"))


def validate_template_body(text: str) -> None:
    """What every mainland provider refuses: brackets, links, words of promotion or advertising, private numbers, and
    two variables side by side, one twice, or nothing else."""
    plain = unicodedata.normalize("NFKC", text)  # full-width digits and letters are read like any others
    if "【" in text or "】" in text:
        raise ValidationError(_("正文里不能有【】，签名会自动加上。"))
    if _ADDRESS.search(plain):
        raise ValidationError(_("短信里不能放网址。"))
    if re.search(r"\}\s*\{", text):
        raise ValidationError(_("两个变量不能挨在一起，中间要有字。"))
    if _PROMOTION.search(plain):
        raise ValidationError(_("提醒不是营销短信，不能写“拒收请回复R”这类话。"))
    if advert := _ADVERTISING.search(text):
        raise ValidationError(_("提醒不是营销短信，不能写“%(word)s”这类话。") % {"word": advert[0]})
    if _MOBILE.search(plain):
        raise ValidationError(_("短信里不能留个人手机号，请用 {ask}。"))
    if _BRACES.search(_VARIABLE.sub("", text)):
        raise ValidationError(_("花括号里要写变量名，例如 {name}，前后括号都要有。"))
    names = _VARIABLE.findall(text)
    if len(names) != len(set(names)):
        raise ValidationError(_("同一个变量只能用一次。"))
    if not _VARIABLE.sub("", text).strip():
        raise ValidationError(_("正文不能只有变量。"))


def validate_sources(text: str) -> None:
    """One address or network a line."""
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            ipaddress.ip_network(line, strict=False)
        except ValueError:
            raise ValidationError(_("%(line)s 不是网络地址，例如 203.0.113.0/24。") % {"line": line}) from None


def validate_market_days(text: str) -> None:
    """Numerals between one and ten, each the last of a lunar day: 三、八."""
    if not re.fullmatch(r"[一二三四五六七八九十](、[一二三四五六七八九十])*", text):
        raise ValidationError(_("写农历逢几，例如：三、八。"))
