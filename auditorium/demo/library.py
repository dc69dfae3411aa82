"""The demo's library: five classics as books, two sites of public culture, and weeks in which they were used."""

from __future__ import annotations

import io
from dataclasses import dataclass

from auditorium import clock
from auditorium.demo import books, lessons
from auditorium.demo.past import clock_kept, open_moment
from auditorium.domain.library import catalogue, files, publishing, words
from auditorium.library_enums import FileRole, Licence, ResourceKind
from auditorium.media_types import EPUB, PNG
from auditorium.models import Channel, Hall, Resource, ResourceFile, Topic, User

CLASSICS, SITES = "国学经典", "数字文化平台"
WEEKS = 5
"""How long the library has been in use."""

_TEXTS_FROM = "npm chinese-poetry 2.0.1（MIT），转成简体"


@dataclass(frozen=True)
class Told:
    """What is said of one of the books."""

    name: str
    topic: str
    subject: str
    description: str


BOOKS = (
    Told("sanzijing", "启蒙", "启蒙、诵读", "三个字一句的启蒙读物，讲做人、读书和历史，老人小时候大多背过。"),
    Told("dizigui", "启蒙", "启蒙、家教", "讲在家、出门、待人、读书的规矩，三字一句，好念好记。"),
    Told("zhuzijiaxun", "家训", "家训、治家", "“黎明即起，洒扫庭除”，五百多字讲勤俭持家。"),
    Told("lunyu", "诸子", "儒家、诵读", "孔子和弟子们的言行，二十篇。"),
    Told("tangshi", "诗词", "唐诗、诵读", "蘅塘退士选的唐诗，老少都能读。"),
)


def load(*, hall: Hall, by: User) -> dict[str, Resource]:
    """Put everything on the shelf, for every hall, some weeks ago; return it by title."""
    with clock_kept():
        clock.move_to(open_moment(hall, days_ago=WEEKS * 7 + 3))
        return _shelved(by) | {resource.title: resource for resource in lessons.load(hall=hall, by=by)}


def _shelved(by: User) -> dict[str, Resource]:
    classics = Channel.objects.create(name=CLASSICS, description="老一辈念过的书", order=10, is_for_all=True)
    names = dict.fromkeys(told.topic for told in BOOKS)
    topics = {
        name: Topic.objects.create(channel=classics, title=name, order=order) for order, name in enumerate(names, 1)
    }
    sites = Channel.objects.create(name=SITES, description="到别的网站去看", order=90, is_for_all=True)
    shelved = [_book(told, topics[told.topic], order, by) for order, told in enumerate(BOOKS, 1)]
    shelved += [catalogue.describe(resource=site, by=by) for site in _sites(sites)]
    found = Resource.objects.filter(pk__in=[resource.pk for resource in shelved])
    publishing.review(resources=found, by=by)
    publishing.publish(resources=found, by=by)
    return {resource.title: resource for resource in found}


def _book(told: Told, topic: Topic, order: int, by: User) -> Resource:
    book = books.read(told.name)
    resource = catalogue.describe(
        resource=Resource(
            channel=topic.channel,
            topic=topic,
            kind=ResourceKind.BOOK,
            title=book.title,
            creator=book.creator,
            subject=told.subject,
            description=told.description,
            language=book.language,
            source=_TEXTS_FROM,
            rights_holder="作者去世已久，没有权利人",
            licence=Licence.PUBLIC_DOMAIN,
            order=order,
        ),
        by=by,
    )
    content = files.store(io.BytesIO(books.epub(book)), allowed={EPUB})
    cover = files.store(io.BytesIO(book.cover), allowed={PNG})
    ResourceFile.objects.create(resource=resource, file=content, title=book.title)
    ResourceFile.objects.create(resource=resource, file=cover, role=FileRole.COVER)
    words.write_text(resource=resource, paragraphs=book.paragraphs)
    return resource


def _sites(channel: Channel) -> list[Resource]:
    """Sites whose owners let everybody watch there; nothing of them is copied."""
    told = (
        (
            "国家公共文化云",
            "https://www.culturedc.cn/",
            "文化和旅游部全国公共文化发展中心",
            "戏曲、讲座、广场舞、慕课，都能在线看。",
        ),
        (
            "浙里文化圈（浙里办）",
            "https://www.zjzwfw.gov.cn/",
            "浙江省文化和旅游厅",
            "看书、观展、演出、艺培。进“浙里办”以后查找“浙里文化圈”。",
        ),
    )
    return [
        Resource(
            channel=channel,
            kind=ResourceKind.LINK,
            title=title,
            url=url,
            creator=owner,
            rights_holder=owner,
            description=description,
            licence=Licence.PERMITTED,
            licence_note="公开网站，照网站的使用条款在线看；不下载，不转播",
            order=order,
        )
        for order, (title, url, owner, description) in enumerate(told, 1)
    ]
