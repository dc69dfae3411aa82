"""What our own gateways say when no provider has answered: each is written where a provider's code would be."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "no-connection": _("连不上平台"),
    "bad-address": _("平台的地址不对"),
    "bad-certificate": _("平台的证书不对"),
    "bad-settings": _("接口设置不对"),
    "no-template": _("这段话还没有平台的模板编号"),
    "no-database": _("找不到短信猫的数据库"),
    "not-sent": _("短信猫一直没有发出去"),
    "absent": _("关机或不在服务区"),
}
