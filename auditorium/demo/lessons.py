"""The demo's sounds on the shelf: a lesson of 绍兴话, one being written, and something in the place of an opera.

No person speaks and nobody sings: the sound is made here, and titles and speakers say so. What is written follows
common books about the dialect; romanisation is 吴语学堂拼音 without tones, and `待核` marks whatever somebody of the
village should look at first.
"""

from __future__ import annotations

import io
from typing import NamedTuple

from auditorium.demo import sounds
from auditorium.domain.library import catalogue, files, lessons, publishing, speakers
from auditorium.domain.library.lessons import LessonDetails, PhraseDetails
from auditorium.domain.library.speakers import SpeakerDetails
from auditorium.library_enums import Licence, ResourceKind
from auditorium.media_types import WAV
from auditorium.models import Channel, Hall, Resource, ResourceFile, Topic, User

CHANNEL, DIALECT, OPERA = "村里的声音", "方言", "戏曲"
LESSON = "绍兴话·日常十句"
CHECK = "注音待核"
CHECK_BOTH = "写法、注音待核"


class Said(NamedTuple):
    """One phrase of the lesson."""

    words: str
    gloss: str
    romanisation: str
    note: str = ""


PHRASES = (
    Said("偌好！", "你好！", "noq hau"),
    Said("来哉！", "来了！", "le ze"),
    Said("进来坐，吃杯茶。", "进来坐坐，喝杯茶。", "cin le zo, chioq pe dzo", CHECK),
    Said("饭吃过哉未？", "吃过饭了没有？", "vaen chioq kou ze mi", CHECK_BOTH),
    Said("偌到何里去？", "你到哪里去？", "noq tau gha li chi", "“何里”也写“鞋里”，写法待核"),
    Said("今朝落雨哉。", "今天下雨了。", "cin tsau loq yu ze"),
    Said("慢慢叫走，路滑。", "慢慢走，路滑。", "maen maen ciau tseu, lu waq", CHECK),
    Said("我弗晓得。", "我不知道。", "ngo feq shiau teq"),
    Said("呒有事体。", "没有事，不要紧。", "n gneu zy thi", CHECK_BOTH),
    Said("明朝再来嬉！", "明天再来玩！", "men tsau tse le shi", CHECK),
)
MARKET = (
    Said("几铜钿一斤？", "多少钱一斤？", ""),
    Said("忒贵哉，便宜点。", "太贵了，便宜点。", ""),
)
TUNE = (5, 7, 8, 7, 5, 4, 5, 2, 4, 5, 7, 5, 4, 2, 0, 2)
_BEAT = 0.5


def load(*, hall: Hall, by: User) -> list[Resource]:
    """Put them in a channel of the hall's own; return what is on the shelf."""
    channel = Channel.objects.create(name=CHANNEL, description="村里人自己录的", order=20, keeper_hall=hall)
    channel.shares.create(region_id=hall.region_id)
    dialect, opera = (
        Topic.objects.create(channel=channel, title=title, order=order) for order, title in enumerate((DIALECT, OPERA))
    )
    machine = speakers.add(channel=channel, details=SpeakerDetails(name=_voice(), is_synthetic=True), by=by)
    learnt = _lesson(f"{LESSON}（演示，声音是{_voice()}）", dialect, PHRASES, hall, by)
    for phrase in learnt.phrases.all():
        sound = files.store(io.BytesIO(sounds.spoken(phrase.gloss)), allowed={WAV})
        details = PhraseDetails(
            words=phrase.words,
            gloss=phrase.gloss,
            romanisation=phrase.romanisation,
            note=phrase.note,
            audio=sound,
            speaker=machine,
        )
        lessons.change_phrase(phrase=phrase, details=details, by=by)
    _lesson("绍兴话·赶集", dialect, MARKET, hall, by)
    shown = Resource.objects.filter(pk__in=[learnt.pk, _opera(opera, hall, by).pk])
    publishing.review(resources=shown, by=by)
    publishing.publish(resources=shown, by=by)
    return list(shown)


def _voice() -> str:
    return "电脑念的普通话" if sounds.can_speak() else "电脑提示音"


def _lesson(title: str, topic: Topic, phrases: tuple[Said, ...], hall: Hall, by: User) -> Resource:
    details = LessonDetails(
        title=title,
        topic=topic,
        subject="方言、问候",
        description="一句一句学绍兴话。注音用吴语学堂拼音，不标声调；写着“待核”的，请村里会讲的人听过、改过再用。",
        rights_holder=hall.name,
        licence=Licence.OWN,
        licence_note="演示内容",
    )
    lesson = lessons.start(channel=topic.channel, details=details, by=by)
    told = [(None, PhraseDetails(**said._asdict())) for said in phrases]
    lessons.write_phrases(lesson=lesson, phrases=told, by=by, hall=hall)
    return lesson


def _opera(topic: Topic, hall: Hall, by: User) -> Resource:
    resource = catalogue.describe(
        resource=Resource(
            channel=topic.channel,
            topic=topic,
            kind=ResourceKind.OPERA,
            title="越剧欣赏（演示，声音是电脑合成的一段调子）",
            subject="越剧、戏曲",
            description="这里以后放村里戏班的录音。现在的声音是电脑合成的，不是唱段，只为试试能不能放出声音。",
            rights_holder=hall.name,
            licence=Licence.OWN,
            licence_note="演示内容",
        ),
        by=by,
    )
    for title, beat in (("慢的一遍", 2 * _BEAT), ("快的一遍", _BEAT)):
        sound = files.store(io.BytesIO(sounds.melody((step, beat) for step in TUNE)), allowed={WAV})
        ResourceFile.objects.create(
            resource=resource, file=sound, title=f"{title}（电脑合成）", order=2 if beat == _BEAT else 1
        )
    return resource
