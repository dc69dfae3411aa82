import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auditorium", "0010_days_and_done_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="LineDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "等发送"),
                            ("claimed", "准备发送"),
                            ("sending", "发送中"),
                            ("sent", "已发出"),
                            ("delivered", "已送达"),
                            ("undelivered", "没送到"),
                            ("failed", "发送失败"),
                            ("cancelled", "已取消"),
                            ("expired", "已过时"),
                            ("unknown", "不清楚"),
                            ("replied", "有回复"),
                        ],
                        max_length=12,
                        verbose_name="结果",
                    ),
                ),
                ("error_code", models.CharField(blank=True, max_length=60, verbose_name="原因")),
                ("texts", models.PositiveIntegerField(verbose_name="短信")),
                ("parts", models.PositiveIntegerField(verbose_name="条数")),
                ("cost", models.DecimalField(decimal_places=4, default=0, max_digits=12, verbose_name="费用")),
                ("counted_at", models.DateTimeField(verbose_name="统计时间")),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="auditorium.smsline",
                        verbose_name="短信线路",
                    ),
                ),
            ],
            options={
                "verbose_name": "短信统计",
                "verbose_name_plural": "短信统计",
                "ordering": ["-day", "line", "hall", "outcome"],
                "indexes": [
                    models.Index(fields=["line", "day"], name="line_day"),
                    models.Index(
                        fields=["line", "day"], condition=models.Q(("hall__isnull", True)), name="line_day_total"
                    ),
                    models.Index(
                        fields=["hall", "-day"], condition=models.Q(("hall__isnull", False)), name="line_day_of_hall"
                    ),
                ],
            },
        ),
    ]
