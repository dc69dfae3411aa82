"""Checks a page in the browser against WCAG 2.2 AA with axe."""

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def assert_accessible(page: Page) -> None:
    """Fail, naming rule, element and reason, when the page as it stands breaks a rule."""
    page.evaluate(_axe())  # evaluated by the browser itself: the page's content policy stays as it is
    found = page.evaluate(
        # without preload: for it axe writes style sheets of its own, which the page's content policy stops and reports
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, preload: false}).then(it => it.violations)",
        TAGS,
    )
    lines = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html']}\n    {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert not lines, f"{page.url}\n" + "\n".join(lines)
