"""Every version there is was in force from when it was written: none has ever waited for a provider."""

from typing import Any

from django.db import migrations
from django.db.models import F


def since_written(apps: Any, schema_editor: Any) -> None:
    templates = apps.get_model("auditorium", "MessageTemplate")
    templates.objects.filter(in_force_at=None).update(in_force_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("auditorium", "0008_rules_and_versions")]

    operations = [migrations.RunPython(since_written, migrations.RunPython.noop)]
