"""A dialect lesson in the browser: played, slowed, repeated, with eyes on the next phrase; and one being recorded."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from auditorium.models import Phrase, Resource, ResourceUse
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]
USE = re.compile(r"/library/use/")


@pytest.fixture
def lesson(site: Site) -> Resource:
    """The demo's lesson."""
    with site.orm():
        return Resource.objects.get(kind="lesson", state="published")


@pytest.fixture
def draft(site: Site) -> Resource:
    """The lesson still being written."""
    with site.orm():
        return Resource.objects.get(kind="lesson", state="draft")


def begin(page: Page, lesson: Resource) -> Page:
    page.goto(f"/library/{lesson.pk}/")
    page.get_by_role("button", name="开始学").click()
    page.wait_for_url(USE)
    return page


def phrase(page: Page, number: int) -> Locator:
    return page.locator("[data-phrase]").nth(number - 1)


def sound(page: Page, number: int, what: str) -> object:
    return phrase(page, number).locator("audio").evaluate(f"(audio) => audio.{what}")


def test_a_phrase_is_played_slowly_and_again_and_again(logged_in: LogIn, lesson: Resource, site: Site):
    page = begin(logged_in("desk"), lesson)
    page.get_by_label("很慢", exact=True).check()
    page.get_by_role("button", name="反复听这一句").click()
    expect(page.get_by_role("button", name="反复听这一句")).to_have_attribute("aria-pressed", "true")
    phrase(page, 1).get_by_role("button", name="听").click()
    expect(phrase(page, 1)).to_have_attribute("aria-current", "true")
    assert (sound(page, 1, "playbackRate"), sound(page, 1, "paused")) == (0.5, False)
    phrase(page, 1).locator("audio").evaluate(
        "(audio) => { audio.dataset.times = '0';"
        " audio.addEventListener('play', () => { audio.dataset.times = Number(audio.dataset.times) + 1; }); }"
    )
    expect(phrase(page, 1).locator("audio")).to_have_attribute("data-times", re.compile("[2-9]"), timeout=15_000)
    page.get_by_label("平常", exact=True).check()
    assert sound(page, 1, "playbackRate") == 1
    page.get_by_role("button", name="反复听这一句").click()
    expect(phrase(page, 1).get_by_role("button")).to_have_text("听", timeout=15_000)
    assert sound(page, 2, "paused") is True
    page.get_by_role("button", name="学完了").click()
    page.wait_for_url(f"**/library/{lesson.pk}/")
    with site.orm():
        use = ResourceUse.objects.filter(resource=lesson).latest("started_at")
        assert use.completed_at is not None


def test_all_phrases_are_played_one_after_the_other_by_key(logged_in: LogIn, lesson: Resource):
    page = begin(logged_in("desk"), lesson)
    page.keyboard.press("p")
    expect(phrase(page, 1)).to_have_attribute("aria-current", "true")
    expect(phrase(page, 2)).to_have_attribute("aria-current", "true", timeout=15_000)
    page.keyboard.press("n")
    expect(phrase(page, 3)).to_have_attribute("aria-current", "true")
    assert sound(page, 2, "paused") is True
    page.keyboard.press("b")
    expect(phrase(page, 2)).to_have_attribute("aria-current", "true")
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="从头放")).to_be_visible()
    assert sound(page, 2, "paused") is True


@pytest.mark.parametrize("scripts", [True, False])
def test_the_meaning_can_be_hidden_with_and_without_javascript(logged_in: LogIn, lesson: Resource, scripts: bool):
    page = begin(logged_in("desk", java_script_enabled=scripts), lesson)
    meaning = phrase(page, 1).locator(".phrase-gloss")
    expect(meaning).to_be_visible()
    page.get_by_text("遮住意思").click()
    expect(meaning).to_be_hidden()
    page.get_by_text("露出意思").click()
    expect(meaning).to_be_visible()


def test_each_phrase_has_its_own_player_without_javascript(logged_in: LogIn, lesson: Resource):
    page = begin(logged_in("desk", java_script_enabled=False), lesson)
    assert page.locator("[data-phrase] audio:visible").count() == 10
    expect(page.get_by_role("button", name="从头放")).to_be_hidden()


def test_lesson_pages_keep_their_layout_in_every_size(logged_in: LogIn, lesson: Resource, draft: Resource, site: Site):
    page = begin(logged_in("desk"), lesson)
    learning = page.url
    with site.orm():
        first = Phrase.objects.filter(resource=draft).first()
    page.goto("/library/lessons/")
    for size in ("特大", "标准"):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.locator("header").get_by_role("button", name=size).click()
        for address in (
            learning,
            "/library/lessons/",
            "/library/lessons/new",
            f"/library/lessons/{draft.pk}/",
            f"/library/lessons/{draft.pk}/phrases",
            f"/library/lessons/{draft.pk}/import",
            f"/library/lessons/{draft.pk}/speakers",
            f"/library/phrases/{first.pk}/",
        ):
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 844})
                page.goto(address)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (size, address, width)
            assert_accessible(page)


def test_controls_are_large_enough_for_old_hands(logged_in: LogIn, lesson: Resource):
    page = begin(logged_in("desk"), lesson)
    for control in page.locator("[data-lesson] button:visible, [data-lesson] label:visible").all():
        assert control.bounding_box()["height"] >= 60, control.inner_text()


def test_a_phrase_is_recorded_in_the_page_and_heard_before_it_is_sent(logged_in: LogIn, draft: Resource, site: Site):
    page = logged_in("desk")
    # A microphone is the machine's: in its place a tone, taken up by the browser's own recorder.
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { const sound = new AudioContext();"
        " const tone = sound.createOscillator(); const out = sound.createMediaStreamDestination();"
        " tone.connect(out); tone.start(); return out.stream; };"
    )
    page.goto(f"/library/lessons/{draft.pk}/speakers")
    page.get_by_label("怎么称呼").fill("阿根伯")
    page.get_by_label("哪个村").fill("后仓村")
    page.get_by_text("同意把录音放给大家听").click()
    page.get_by_role("button", name="记下").click()
    page.goto(f"/library/lessons/{draft.pk}/phrases")
    page.get_by_role("button", name="开始录音").click()
    expect(page.locator("[data-recorded-for]")).to_have_text("0:01")
    page.get_by_role("button", name="停下").click()
    expect(page.get_by_text("录好了，听一听")).to_be_visible()
    page.locator("[data-recorded]").evaluate("(audio) => audio.play()")
    page.get_by_label("方言怎么写").fill("侪要。")
    page.get_by_label("录音的人").select_option("后仓村 阿根伯")
    page.get_by_role("button", name="加上这一句").click()
    # what is missing is asked for, and nobody speaks twice
    expect(page.get_by_text("刚才的录音已经收好，不用再传。")).to_be_visible()
    page.get_by_label("普通话意思").fill("都要。")
    page.get_by_role("button", name="加上这一句").click()
    page.wait_for_url(f"**/library/lessons/{draft.pk}/")
    with site.orm():
        recorded = Phrase.objects.get(words="侪要。")
        assert (recorded.audio.media_type, str(recorded.speaker)) == ("audio/webm", "后仓村 阿根伯")
        recorded.delete()


def test_a_page_that_may_not_record_says_so(logged_in: LogIn, draft: Resource):
    page = logged_in("desk")
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { get: () => false });")
    page.goto(f"/library/lessons/{draft.pk}/phrases")
    expect(page.get_by_text("这个网址不能在网页里录音")).to_be_visible()
    expect(page.get_by_role("button", name="开始录音")).to_be_hidden()
