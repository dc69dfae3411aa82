"""The newest of everything on the shelf, in their order: a hall shows those of many channels."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("auditorium", "0024_covers")]
    operations = [
        migrations.RemoveIndex(model_name="resource", name="resource_published"),
        migrations.AddIndex(
            model_name="resource",
            index=models.Index(
                condition=models.Q(("state", "published")), fields=["-published_at", "-id"], name="resource_newest"
            ),
        ),
    ]
