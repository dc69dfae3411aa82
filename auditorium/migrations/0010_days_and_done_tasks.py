"""The desk's lists are read by indexes of their own, of what is open by a date not written yet: SQLite proves a
condition only where it is said without values."""

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
        migrations.RemoveIndex(model_name="visit", name="visit_open"),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["hall", "arrived_at"],
                name="visit_open",
            ),
        ),
        migrations.RemoveIndex(model_name="followup", name="follow_up_open"),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["hall", "due_at"],
                name="follow_up_open",
            ),
        ),
        migrations.RemoveIndex(model_name="followup", name="follow_up_to_hand_on"),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("escalated_at__isnull", True)),
                fields=["due_at"],
                name="follow_up_to_hand_on",
            ),
        ),
        migrations.RemoveIndex(model_name="followup", name="follow_up_at_backup_hall"),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("escalated_hall__isnull", False)),
                fields=["escalated_hall", "due_at"],
                name="follow_up_at_backup_hall",
            ),
        ),
        migrations.RemoveIndex(model_name="followup", name="follow_up_at_town"),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("escalated_region__isnull", False)),
                fields=["escalated_region", "due_at"],
                name="follow_up_at_town",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["assignee", "due_at"],
                name="follow_up_mine",
            ),
        ),
    ]
