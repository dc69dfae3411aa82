"""The desk's list of today and its done tasks are read by indexes of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("auditorium", "0009_when_words_came_into_force")]

    operations = [
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["hall", "-closed_at", "-id"],
                name="follow_up_done",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False), ("escalated_hall__isnull", False)),
                fields=["escalated_hall", "-closed_at", "-id"],
                name="follow_up_done_handed",
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["hall", "serving_since"], name="visit_resumed"),
        ),
    ]
