from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auditorium", "0027_learning_and_feedback"),
    ]

    operations = [
        migrations.AddField(
            model_name="display",
            name="chapter",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="display",
            name="leaf",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
