"""The one password rule whose sentence Django 5.2 has no Chinese for."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class MinimumLength(MinimumLengthValidator):
    """Django's minimum length, said in the language of the screen."""

    def get_error_message(self) -> str:
        """The sentence beside the field."""
        return ngettext(
            "密码太短了，至少要%(count)d个字符。", "密码太短了，至少要%(count)d个字符。", self.min_length
        ) % {"count": self.min_length}
