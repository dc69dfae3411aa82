"""Which static files are collected for browsers, and how their links are rewritten."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class UsedStaticFiles(StaticFilesConfig):
    """Django's staticfiles, leaving out the parts of Bootstrap and htmx and Django's admin that no page loads."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.map", "bootstrap-*.*", "bootstrap.rtl.*", "bootstrap.esm.*", "bootstrap.css", "bootstrap.js"),
        "admin/js/vendor/select2/i18n/[!ez]*.js",  # the screen speaks Chinese and English
        *("bootstrap.bundle.js", "hx-*.js", "htmx-2-*.js", "htmx-2.js", "*-4.js", "*-4.min.js"),
    ]


class DeskStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names by content, compressed once. Source maps are not shipped, so links to them are left as they are."""

    patterns = tuple(
        (extension, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for extension, rules in CompressedManifestStaticFilesStorage.patterns
    )
