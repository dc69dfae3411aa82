"""Rows for tests, each valid on its own; name what a test is about, leave the rest."""

from datetime import date, time, timedelta

import factory
from factory.django import DjangoModelFactory
from stdnum.cn import ric

from auditorium import clock, models
from auditorium.enums import (
    ConsentEvidence,
    ConsentPurpose,
    FollowUpKind,
    GatewayKind,
    HelperKind,
    IdentityKind,
    MessageAudience,
    RegionLevel,
    RoleKind,
)
from auditorium.library_enums import Licence, ResourceKind, ResourceState


class RegionFactory(DjangoModelFactory):
    """A village of 柯桥街道; `code` decides where it lies."""

    class Meta:
        model = models.Region
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"330603001{200 + n % 800:03}")
    name = factory.Sequence(lambda n: f"宝善桥{n}村委会")
    level = RegionLevel.VILLAGE


class HallFactory(DjangoModelFactory):
    """A hall in a village of its own, without opening hours."""

    class Meta:
        model = models.Hall

    name = factory.Sequence(lambda n: f"宝善桥{n}村文化礼堂")
    region = factory.SubFactory(RegionFactory)
    phone = "057584000000"


class OpeningHoursFactory(DjangoModelFactory):
    """Monday morning."""

    class Meta:
        model = models.OpeningHours

    hall = factory.SubFactory(HallFactory)
    weekday = 1
    opens = time(8)
    closes = time(11, 30)


class HallClosureFactory(DjangoModelFactory):
    """The national holiday."""

    class Meta:
        model = models.HallClosure

    hall = factory.SubFactory(HallFactory)
    first_day = date(2026, 10, 1)
    last_day = date(2026, 10, 7)


class HelperFactory(DjangoModelFactory):
    """A grid worker of a hall."""

    class Meta:
        model = models.Helper

    hall = factory.SubFactory(HallFactory)
    name = "沈阿毛"
    kind = HelperKind.GRID_WORKER
    phone = "13800000021"


class UserFactory(DjangoModelFactory):
    """Somebody who can log in; without a role they see nothing."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"desk{n}")
    full_name = "何晓燕"
    current_hall = None


def desk_user(hall: models.Hall, **kwargs: object) -> models.User:
    """Somebody at this hall's desk."""
    user = UserFactory(current_hall=hall, **kwargs)
    models.Role.objects.create(user=user, role=RoleKind.DESK, hall=hall)
    return user


def supervisor(region: models.Region, **kwargs: object) -> models.User:
    """Somebody who sees every hall of a region."""
    user = UserFactory(**kwargs)
    models.Role.objects.create(user=user, role=RoleKind.SUPERVISOR, region=region)
    return user


class VillagerFactory(DjangoModelFactory):
    """A villager whose number nobody knows yet; served by `registered_at`."""

    class Meta:
        model = models.Villager
        skip_postgeneration_save = True

    name = "张小明"
    identity_kind = IdentityKind.UNKNOWN
    registered_at = factory.SubFactory(HallFactory)
    link = factory.RelatedFactory(
        "tests.factories.VillagerHallFactory",
        factory_related_name="villager",
        hall=factory.SelfAttribute("..registered_at"),
    )


class VillagerHallFactory(DjangoModelFactory):
    """A hall serves a villager."""

    class Meta:
        model = models.VillagerHall

    villager = factory.SubFactory(VillagerFactory, link=None)
    hall = factory.SelfAttribute("villager.registered_at")


class PhoneFactory(DjangoModelFactory):
    """A mobile number."""

    class Meta:
        model = models.Phone

    number = factory.Sequence(lambda n: f"+861370000{n:04}")


class ContactFactory(DjangoModelFactory):
    """The villager's own mobile phone, to which texts go."""

    class Meta:
        model = models.Contact

    villager = factory.SubFactory(VillagerFactory)
    phone = factory.SubFactory(PhoneFactory)


class VisitFactory(DjangoModelFactory):
    """Somebody nobody knows yet, who has just come in."""

    class Meta:
        model = models.Visit

    hall = factory.SubFactory(HallFactory)
    label = "一位大爷"
    arrived_at = factory.LazyFunction(clock.now)


class FollowUpFactory(DjangoModelFactory):
    """A call to be made within two hours."""

    class Meta:
        model = models.FollowUp

    hall = factory.SubFactory(HallFactory)
    villager = factory.SubFactory(VillagerFactory, registered_at=factory.SelfAttribute("..hall"))
    kind = FollowUpKind.CALL
    reason = "短信没送到"
    words = "11月24日上午8点半到示例医院骨科，带身份证。"
    due_at = factory.LazyFunction(lambda: clock.now() + timedelta(hours=2))
    created_at = factory.LazyFunction(clock.now)


class ConsentFactory(DjangoModelFactory):
    """The villager agreed to be reminded by text."""

    class Meta:
        model = models.Consent

    villager = factory.SubFactory(VillagerFactory)
    purpose = ConsentPurpose.REMINDERS
    hall = factory.SelfAttribute("villager.registered_at")
    given_at = factory.LazyFunction(clock.now)


class SmsLineFactory(DjangoModelFactory):
    """A line for every hall that writes to the log only."""

    class Meta:
        model = models.SmsLine

    name = "演示线路"
    gateway = GatewayKind.CONSOLE
    signature = "柯桥文化礼堂"


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = models.Message

    hall = factory.SubFactory(HallFactory)
    phone = factory.SubFactory(PhoneFactory)
    line = factory.SubFactory(SmsLineFactory)
    audience = MessageAudience.OWN
    body = "【柯桥文化礼堂】张小明，11月24日周二上午8:30到柯桥区示例医院。"
    parts = 1
    created_at = factory.LazyFunction(clock.now)
    not_before = factory.SelfAttribute("created_at")
    expires_at = factory.LazyAttribute(lambda text: text.created_at + timedelta(days=3))


class ChannelFactory(DjangoModelFactory):
    """A channel that every hall may show."""

    class Meta:
        model = models.Channel

    name = factory.Sequence(lambda n: f"书架{n}")
    is_for_all = True


class ResourceFactory(DjangoModelFactory):
    """A published book out of copyright."""

    class Meta:
        model = models.Resource

    channel = factory.SubFactory(ChannelFactory)
    kind = ResourceKind.BOOK
    title = factory.Sequence(lambda n: f"三字经 第{n}册")
    creator = "王应麟"
    rights_holder = "公有领域"
    licence = Licence.PUBLIC_DOMAIN
    state = ResourceState.PUBLISHED
    published_at = factory.LazyFunction(clock.now)


class PrintedBookFactory(ResourceFactory):
    """A book on paper; its copies are of their own making."""

    kind = ResourceKind.PRINTED_BOOK
    title = "活着"
    creator = "余华"


class BookCopyFactory(DjangoModelFactory):
    """A volume on the hall's shelf."""

    class Meta:
        model = models.BookCopy

    resource = factory.SubFactory(PrintedBookFactory)
    hall = factory.SubFactory(HallFactory)
    number = factory.Sequence(lambda n: f"N{n:04}")


class StoredFileFactory(DjangoModelFactory):
    """A row of a file that lies nowhere."""

    class Meta:
        model = models.StoredFile

    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    media_type = "application/epub+zip"
    size = 1000


class ResourceFileFactory(DjangoModelFactory):
    class Meta:
        model = models.ResourceFile

    resource = factory.SubFactory(ResourceFactory)
    file = factory.SubFactory(StoredFileFactory)


class SpeakerFactory(DjangoModelFactory):
    """Somebody who agreed to be heard."""

    class Meta:
        model = models.Speaker

    channel = factory.SubFactory("tests.factories.ChannelFactory")
    name = factory.Sequence(lambda n: f"阿根伯{n}")
    village = "后仓村"
    consent_given_on = date(2026, 10, 12)
    consent_evidence = ConsentEvidence.SIGNED


class PhraseFactory(DjangoModelFactory):
    """A phrase of a lesson; without sound unless it is given, with its speaker."""

    class Meta:
        model = models.Phrase

    resource = factory.SubFactory("tests.factories.ResourceFactory", kind="lesson", state="draft")
    order = factory.Sequence(lambda n: n % 30_000)
    words = "饭吃过哉𠲎？"
    gloss = "吃过饭了吗？"


def resident_id(born: str = "19540312", serial: str = "301", county: str = "330603") -> str:
    """A valid resident identity number; an odd serial is a man's."""
    first_17 = county + born + serial
    return first_17 + ric.calc_check_digit(first_17 + "0")
