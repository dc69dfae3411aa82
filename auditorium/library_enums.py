"""Choices of the hall's library (看书听戏), and which state may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ResourceKind(TextChoices):
    """What a resource is to whoever opens it (Dublin Core `type`)."""

    BOOK = "book", _("图书")
    AUDIO = "audio", _("听书")
    VIDEO = "video", _("视频")
    ARTICLE = "article", _("文章")
    OPERA = "opera", _("戏曲")
    LESSON = "lesson", _("方言课")
    COURSE = "course", _("课程")
    LINK = "link", _("网站")
    PRINTED_BOOK = "printed_book", _("纸质书")


class ResourceState(TextChoices):
    """How far a resource is: nobody at a desk sees it before it is published."""

    DRAFT = "draft", _("草稿")
    REVIEWED = "reviewed", _("已审核")
    PUBLISHED = "published", _("已上架")
    WITHDRAWN = "withdrawn", _("已下架")


RESOURCE_TRANSITIONS: dict[str, tuple[str, ...]] = {
    ResourceState.DRAFT: (ResourceState.REVIEWED, ResourceState.WITHDRAWN),
    ResourceState.REVIEWED: (ResourceState.DRAFT,),
    ResourceState.PUBLISHED: (ResourceState.REVIEWED,),
    ResourceState.WITHDRAWN: (ResourceState.PUBLISHED,),
}


class Licence(TextChoices):
    """On what terms a hall may show a resource."""

    PUBLIC_DOMAIN = "public_domain", _("公有领域")
    CC_BY = "cc_by", "CC BY 4.0"
    CC_BY_SA = "cc_by_sa", "CC BY-SA 4.0"
    CC_BY_NC = "cc_by_nc", "CC BY-NC 4.0"
    OWN = "own", _("本单位自制")
    PERMITTED = "permitted", _("权利人授权")


class FileRole(TextChoices):
    """What a file is to its resource."""

    CONTENT = "content", _("正文")
    CAPTIONS = "captions", _("字幕")
    TRANSCRIPT = "transcript", _("文字稿")
    COVER = "cover", _("封面")


class UsePlace(TextChoices):
    """Where a resource was opened."""

    DESK = "desk", pgettext_lazy("看书听戏", "服务台")
    DISPLAY = "display", _("大屏")
    TAKEN_HOME = "taken_home", _("带回家")


class PackageJobKind(TextChoices):
    """Which way a package goes."""

    IMPORT = "import", _("导入")
    EXPORT = "export", _("导出")


class PackageJobState(TextChoices):
    """How far a package is."""

    WAITING = "waiting", _("排着队")
    RUNNING = "running", _("正在办")
    DONE = "done", _("办好了")
    REFUSED = "refused", _("没办成")


PACKAGE_JOB_TRANSITIONS: dict[str, tuple[str, ...]] = {
    PackageJobState.RUNNING: (PackageJobState.WAITING, PackageJobState.RUNNING),
    PackageJobState.DONE: (PackageJobState.RUNNING,),
    PackageJobState.REFUSED: (PackageJobState.RUNNING,),
}


class CopyState(TextChoices):
    """Where a copy of a printed book is."""

    ON_SHELF = "on_shelf", _("在架")
    LENT = "lent", _("借出")
    LOST = "lost", _("丢了")
    WITHDRAWN = "withdrawn", _("不再外借")


COPY_KEPT = (CopyState.ON_SHELF, CopyState.LENT)
COPY_TRANSITIONS: dict[str, tuple[str, ...]] = {
    CopyState.ON_SHELF: (CopyState.LENT, CopyState.LOST, CopyState.WITHDRAWN),
    CopyState.LENT: (CopyState.ON_SHELF,),
    CopyState.LOST: COPY_KEPT,
    CopyState.WITHDRAWN: (CopyState.ON_SHELF, CopyState.LOST),
}


class LoanState(TextChoices):
    """What became of a book that was taken home."""

    OUT = "out", _("没还")
    RETURNED = "returned", _("还了")
    LOST = "lost", _("丢了")


LOAN_TRANSITIONS: dict[str, tuple[str, ...]] = {
    LoanState.RETURNED: (LoanState.OUT,),
    LoanState.LOST: (LoanState.OUT,),
}
