"""Logging in."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """Django's own, with an answer that says what to look at."""

    error_messages = {
        "invalid_login": _("用户名或密码不对。请看看大小写和输入法，再试一次；连着错 5 次要等 15 分钟。"),
        "inactive": _("这个账号停用了，请找礼堂负责人。"),
    }
