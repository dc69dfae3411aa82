"""Files: stored once by what they contain, used by any number of resources."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.library_enums import FileRole
from auditorium.models.library.resources import Resource


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Contents by whether anything needs them."""

    def unused(self) -> StoredFileQuerySet:
        """Those no row of any kind points to."""
        used = [
            Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
            for relation in StoredFile._meta.related_objects
        ]
        return self.filter(*(~uses for uses in used))


class StoredFile(models.Model):
    """One content; its SHA-256 (64 hexadecimal digits) is what it is, whatever it was called.

    `media_type` was found by looking into it. It lies in the storage under `path`. `created_at` is when it was last
    stored anew.
    """

    sha256 = models.CharField(max_length=64, unique=True, validators=[RegexValidator(r"^[0-9a-f]{64}$")])
    media_type = models.CharField(_("格式"), max_length=80)
    size = models.PositiveBigIntegerField(_("大小"))
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")

    def __str__(self) -> str:
        return f"{self.media_type} {self.sha256[:12]}"

    @property
    def path(self) -> str:
        """Its name in the storage."""
        return f"library/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


class ResourceFile(models.Model):
    """One file of a resource, in order: a chapter of an audio book, the captions of a film.

    `language` is a BCP 47 tag, for captions and transcripts. `seconds` is how long it plays, once that is known.
    `looked_at` is when a worker looked into it for a cover, or made it small if it is one.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="files", verbose_name=_("资源"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="uses", verbose_name=_("文件"))
    role = models.CharField(_("用途"), max_length=12, choices=FileRole, default=FileRole.CONTENT)
    title = models.CharField(_("名称"), max_length=120, blank=True)
    language = models.CharField(_("语种"), max_length=20, blank=True)
    seconds = models.PositiveIntegerField(_("时长（秒）"), null=True, blank=True, editable=False)
    order = models.PositiveSmallIntegerField(_("顺序"), default=1)
    looked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("资源文件")
        verbose_name_plural = _("资源文件")
        ordering = ["role", "order", "pk"]
        indexes = [
            # what the worker has still to look into
            models.Index(fields=["id"], name="resource_file_unseen", condition=models.Q(looked_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"], condition=models.Q(role=FileRole.COVER), name="resource_has_one_cover"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.file)
