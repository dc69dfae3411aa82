"""All tables in one step: what a new database begins with. A database that went through the steps before goes on."""

import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import phonenumber_field.modelfields
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import auditorium.clock
import auditorium.fields
import auditorium.models.library.texts
import auditorium.validators

AUDIT_POSTGRESQL = [
    """
    CREATE FUNCTION auditorium_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_setting('auditorium.retention', true) = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'the audit log is append-only';
    END $$
    """,
    """
    CREATE TRIGGER auditorium_audit_append_only BEFORE UPDATE OR DELETE ON auditorium_auditentry
    FOR EACH ROW EXECUTE FUNCTION auditorium_audit_append_only()
    """,
]
AUDIT_POSTGRESQL_BACK = [
    "DROP TRIGGER auditorium_audit_append_only ON auditorium_auditentry",
    "DROP FUNCTION auditorium_audit_append_only()",
]
# SQLite has no session settings: its retention job drops and remakes the delete trigger in one transaction.
AUDIT_SQLITE = [
    """
    CREATE TRIGGER auditorium_audit_no_update BEFORE UPDATE ON auditorium_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER auditorium_audit_no_delete BEFORE DELETE ON auditorium_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
]
AUDIT_SQLITE_BACK = ["DROP TRIGGER auditorium_audit_no_update", "DROP TRIGGER auditorium_audit_no_delete"]
WORDS_POSTGRESQL = [
    """
    ALTER TABLE auditorium_resourcetext
    ADD COLUMN vector tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED
    """,
    "CREATE INDEX resource_text_words ON auditorium_resourcetext USING gin (vector)",
]
WORDS_POSTGRESQL_BACK = ["ALTER TABLE auditorium_resourcetext DROP COLUMN vector"]
# The FTS5 table reads the words from the table itself. Who empties a row from it must say what stood there.
WORDS_SQLITE = [
    """
    CREATE VIRTUAL TABLE auditorium_resourcetext_fts USING fts5(
        words, content='auditorium_resourcetext', content_rowid='id', tokenize='unicode61 remove_diacritics 0'
    )
    """,
    """
    CREATE TRIGGER auditorium_resourcetext_added AFTER INSERT ON auditorium_resourcetext
    BEGIN
        INSERT INTO auditorium_resourcetext_fts(rowid, words) VALUES (NEW.id, NEW.words);
    END
    """,
    """
    CREATE TRIGGER auditorium_resourcetext_removed AFTER DELETE ON auditorium_resourcetext
    BEGIN
        INSERT INTO auditorium_resourcetext_fts(auditorium_resourcetext_fts, rowid, words)
        VALUES ('delete', OLD.id, OLD.words);
    END
    """,
    """
    CREATE TRIGGER auditorium_resourcetext_changed AFTER UPDATE OF id, words ON auditorium_resourcetext
    BEGIN
        INSERT INTO auditorium_resourcetext_fts(auditorium_resourcetext_fts, rowid, words)
        VALUES ('delete', OLD.id, OLD.words);
        INSERT INTO auditorium_resourcetext_fts(rowid, words) VALUES (NEW.id, NEW.words);
    END
    """,
]
WORDS_SQLITE_BACK = [
    "DROP TRIGGER auditorium_resourcetext_changed",
    "DROP TRIGGER auditorium_resourcetext_removed",
    "DROP TRIGGER auditorium_resourcetext_added",
    "DROP TABLE auditorium_resourcetext_fts",
]


def _run(postgresql, sqlite):
    def run(apps, schema_editor):
        for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    replaces = [
        ("auditorium", "0001_initial"),
        ("auditorium", "0002_audit_is_append_only"),
        ("auditorium", "0003_suspended_and_offered"),
        ("auditorium", "0004_replies"),
        ("auditorium", "0005_line_health"),
        ("auditorium", "0006_lines_in_full"),
        ("auditorium", "0007_connections_and_parts"),
        ("auditorium", "0008_rules_and_versions"),
        ("auditorium", "0009_when_words_came_into_force"),
        ("auditorium", "0010_days_and_done_tasks"),
        ("auditorium", "0011_line_days"),
        ("auditorium", "0012_outbox_indexes"),
        ("auditorium", "0013_certain_in_time"),
        ("auditorium", "0014_waiting_for_word"),
        ("auditorium", "0015_words_of_replies"),
        ("auditorium", "0016_asked_about_receipts"),
        ("auditorium", "0017_alerts_not_lost"),
        ("auditorium", "0018_moved_away"),
        ("auditorium", "0019_library"),
        ("auditorium", "0020_dialect_lessons"),
        ("auditorium", "0021_resource_texts"),
        ("auditorium", "0022_activities"),
        ("auditorium", "0023_package_jobs"),
        ("auditorium", "0024_covers"),
        ("auditorium", "0025_newest_resources"),
        ("auditorium", "0026_displays"),
        ("auditorium", "0027_learning_and_feedback"),
        ("auditorium", "0028_display_pages"),
        ("auditorium", "0029_lending"),
        ("auditorium", "0030_resource_grants"),
        ("auditorium", "0031_follow_up_with_words"),
        ("auditorium", "0032_heard_before"),
        ("auditorium", "0033_uses_by_time"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                        validators=[django.core.validators.RegexValidator("^\\d{12}$", "区划代码是12位数字。")],
                        verbose_name="区划代码",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "省"),
                            ("city", "市"),
                            ("county", "县"),
                            ("town", "乡镇街道"),
                            ("village", "村社区"),
                        ],
                        max_length=8,
                        verbose_name="级别",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="auditorium.region",
                        verbose_name="上级",
                    ),
                ),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
            ],
            options={
                "verbose_name": "行政区划",
                "verbose_name_plural": "行政区划",
                "ordering": ["code"],
                "indexes": [models.Index(fields=["level", "code"], name="region_by_level")],
            },
        ),
        migrations.CreateModel(
            name="Hall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="halls",
                        to="auditorium.region",
                        verbose_name="所在村",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True,
                        help_text="村民打这个号码找礼堂，会印在预约单上。",
                        max_length=128,
                        region=None,
                        verbose_name="电话",
                    ),
                ),
                (
                    "backup_hall",
                    models.ForeignKey(
                        blank=True,
                        help_text="本礼堂关门时，到期的待办显示在这里；不填就显示给乡镇。",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="backs_up",
                        to="auditorium.hall",
                        verbose_name="替班礼堂",
                    ),
                ),
                (
                    "market_days",
                    models.CharField(
                        blank=True,
                        help_text="农历逢几赶集，用顿号隔开，例如：三、八；没有就不填。",
                        max_length=20,
                        validators=[auditorium.validators.validate_market_days],
                        verbose_name="赶集日",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
            ],
            options={
                "verbose_name": "礼堂",
                "verbose_name_plural": "礼堂",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opening_hours",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "周一"),
                            (2, "周二"),
                            (3, "周三"),
                            (4, "周四"),
                            (5, "周五"),
                            (6, "周六"),
                            (7, "周日"),
                        ],
                        verbose_name="星期",
                    ),
                ),
                ("opens", models.TimeField(verbose_name="开门")),
                ("closes", models.TimeField(verbose_name="关门")),
            ],
            options={
                "verbose_name": "开放时间",
                "verbose_name_plural": "开放时间",
                "ordering": ["weekday", "opens"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes__gt", models.F("opens"))),
                        name="opening_hours_in_order",
                        violation_error_message="关门时间要晚于开门时间。",
                    ),
                    models.UniqueConstraint(
                        fields=("hall", "weekday", "opens"),
                        name="opening_hours_once",
                        violation_error_message="这个时间段已经有了。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HallClosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closures",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                ("first_day", models.DateField(verbose_name="从")),
                ("last_day", models.DateField(verbose_name="到")),
                ("reason", models.CharField(blank=True, max_length=60, verbose_name="原因")),
            ],
            options={
                "verbose_name": "关门日",
                "verbose_name_plural": "关门日",
                "ordering": ["first_day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="hall_closure_in_order",
                        violation_error_message="结束日期不能早于开始日期。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Helper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="helpers",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "kind",
                    models.CharField(
                        choices=[("grid_worker", "网格员"), ("village_doctor", "村医"), ("volunteer", "志愿者")],
                        default="volunteer",
                        max_length=16,
                        verbose_name="身份",
                    ),
                ),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="电话"
                    ),
                ),
                (
                    "groups",
                    models.CharField(
                        blank=True, help_text="例如：1组、2组", max_length=80, verbose_name="负责的村民组"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="在岗")),
            ],
            options={
                "verbose_name": "帮手",
                "verbose_name_plural": "帮手",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rooms",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                ("name", models.CharField(help_text="例如：二楼教室", max_length=20, verbose_name="名称")),
                ("places", models.PositiveSmallIntegerField(verbose_name="坐得下几人")),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
            ],
            options={
                "verbose_name": "场地",
                "verbose_name_plural": "场地",
                "ordering": ["hall", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hall", "name"),
                        name="room_named_once",
                        violation_error_message="这个礼堂已经有同名的场地了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("places__gte", 1)),
                        name="room_has_places",
                        violation_error_message="至少要坐得下1人。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="households",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                ("name", models.CharField(help_text="例如：张小明家", max_length=40, verbose_name="户名")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="住址")),
            ],
            options={
                "verbose_name": "户",
                "verbose_name_plural": "户",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="介绍")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="顺序")),
                ("is_for_all", models.BooleanField(default=False, verbose_name="所有礼堂都能看")),
                (
                    "keeper_hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_channels",
                        to="auditorium.hall",
                        verbose_name="管理的礼堂",
                    ),
                ),
                (
                    "keeper_region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_channels",
                        to="auditorium.region",
                        verbose_name="管理的区域",
                    ),
                ),
            ],
            options={
                "verbose_name": "频道",
                "verbose_name_plural": "频道",
                "ordering": ["order", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("keeper_hall__isnull", True), ("keeper_region__isnull", True), _connector="OR"
                        ),
                        name="channel_has_one_keeper",
                        violation_error_message="管理的礼堂和区域只填一个。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="auditorium.channel",
                        verbose_name="频道",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shared_channels",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shared_channels",
                        to="auditorium.region",
                        verbose_name="区域",
                    ),
                ),
            ],
            options={
                "verbose_name": "共享范围",
                "verbose_name_plural": "共享范围",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hall__isnull", True), ("region__isnull", False)),
                            models.Q(("hall__isnull", False), ("region__isnull", True)),
                            _connector="OR",
                        ),
                        name="channel_share_is_of_one",
                        violation_error_message="礼堂和区域填一个，也只填一个。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("hall__isnull", False)),
                        fields=("channel", "hall"),
                        name="channel_shared_once_with_hall",
                        violation_error_message="已经共享给这个礼堂了。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("region__isnull", False)),
                        fields=("channel", "region"),
                        name="channel_shared_once_with_region",
                        violation_error_message="已经共享给这个区域了。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="topics",
                        to="auditorium.channel",
                        verbose_name="频道",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="auditorium.topic",
                        verbose_name="上级主题",
                    ),
                ),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="顺序")),
            ],
            options={
                "verbose_name": "主题",
                "verbose_name_plural": "主题",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    phonenumber_field.modelfields.PhoneNumberField(
                        max_length=128, region=None, unique=True, verbose_name="号码"
                    ),
                ),
                ("opted_out_at", models.DateTimeField(blank=True, null=True, verbose_name="退订时间")),
                ("bad_since", models.DateTimeField(blank=True, null=True, verbose_name="打不通起")),
                ("bad_reason", models.CharField(blank=True, max_length=60, verbose_name="原因")),
            ],
            options={
                "verbose_name": "号码",
                "verbose_name_plural": "号码",
            },
        ),
        migrations.CreateModel(
            name="SmsLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "gateway",
                    models.CharField(
                        choices=[
                            ("console", "演示（只记录）"),
                            ("http", "HTTP 接口"),
                            ("aliyun", "阿里云短信"),
                            ("tencent", "腾讯云短信"),
                            ("smpp", "SMPP 3.4 专线"),
                            ("modem", "礼堂里的短信猫"),
                        ],
                        max_length=12,
                        verbose_name="接口",
                    ),
                ),
                ("config", auditorium.fields.EncryptedJSONField(blank=True, default=dict, verbose_name="接口设置")),
                (
                    "signature",
                    models.CharField(
                        help_text="2到12个字，不带【】。",
                        max_length=12,
                        validators=[auditorium.validators.validate_signature],
                        verbose_name="签名",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sms_lines",
                        to="auditorium.region",
                        verbose_name="服务区域",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="先后")),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="暂停时间")),
                ("paused_reason", models.CharField(blank=True, max_length=120, verbose_name="暂停原因")),
                ("failing_since", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="连不上起")),
                ("alert_at", models.DateTimeField(editable=False, null=True)),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="一条短信多少元，用来算费用。",
                        max_digits=6,
                        null=True,
                        verbose_name="每条价格",
                    ),
                ),
                (
                    "daily_cap",
                    models.PositiveIntegerField(
                        blank=True, help_text="一天最多发多少条。不填就不限。", null=True, verbose_name="每天最多"
                    ),
                ),
                (
                    "sources",
                    models.TextField(
                        blank=True,
                        help_text="平台推送回执和回复的地址，一行一个，例如 203.0.113.0/24。不填就不限。",
                        validators=[auditorium.validators.validate_sources],
                        verbose_name="回执来源",
                    ),
                ),
                ("polled_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "短信线路",
                "verbose_name_plural": "短信线路",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LineConnection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="connection",
                        to="auditorium.smsline",
                        verbose_name="线路",
                    ),
                ),
                ("held_by", models.CharField(blank=True, editable=False, max_length=80)),
                ("held_until", models.DateTimeField(editable=False, null=True)),
                ("connected_at", models.DateTimeField(editable=False, null=True, verbose_name="连上的时间")),
                ("error_code", models.CharField(blank=True, editable=False, max_length=60, verbose_name="错误码")),
            ],
            options={
                "verbose_name": "线路连接",
                "verbose_name_plural": "线路连接",
                "ordering": ["line"],
            },
        ),
        migrations.CreateModel(
            name="LineDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
            ],
            options={
                "verbose_name": "短信统计",
                "verbose_name_plural": "短信统计",
                "ordering": ["-day", "line", "hall", "outcome"],
                "indexes": [
                    models.Index(fields=["line", "day"], name="line_day"),
                    models.Index(
                        condition=models.Q(("hall__isnull", True)), fields=["line", "day"], name="line_day_total"
                    ),
                    models.Index(
                        condition=models.Q(("hall__isnull", False)), fields=["hall", "-day"], name="line_day_of_hall"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sha256",
                    models.CharField(
                        max_length=64, unique=True, validators=[django.core.validators.RegexValidator("^[0-9a-f]{64}$")]
                    ),
                ),
                ("media_type", models.CharField(max_length=80, verbose_name="格式")),
                ("size", models.PositiveBigIntegerField(verbose_name="大小")),
                ("created_at", models.DateTimeField(default=auditorium.clock.now, editable=False)),
            ],
            options={
                "verbose_name": "文件",
                "verbose_name_plural": "文件",
            },
        ),
        migrations.CreateModel(
            name="LendingPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lending_policy",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="借几天",
                    ),
                ),
                (
                    "books",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="一个人最多借几本",
                    ),
                ),
                (
                    "renewals",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[django.core.validators.MaxValueValidator(12)],
                        verbose_name="可以续借几次",
                    ),
                ),
                (
                    "call_after",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="还没还的，每过这么多天再问一次。",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="过期几天打电话去问",
                    ),
                ),
            ],
            options={
                "verbose_name": "借书规则",
                "verbose_name_plural": "借书规则",
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("confirmation", "约好了"),
                            ("three_days", "提前几天"),
                            ("one_day", "提前一天"),
                            ("two_hours", "提前几小时"),
                            ("changed", "改了"),
                            ("cancelled", "取消了"),
                            ("suspended", "停诊了"),
                            ("offered", "候补有号了"),
                            ("together", "几个人一起"),
                        ],
                        max_length=16,
                        verbose_name="用途",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("own", "本人手机"), ("discreet", "别人手机")], max_length=10, verbose_name="给谁看"
                    ),
                ),
                ("about_kind", models.CharField(max_length=20, verbose_name="关于")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        default="zh-hans",
                        max_length=8,
                        verbose_name="语言",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "body",
                    models.CharField(
                        max_length=300, validators=[auditorium.validators.validate_template_body], verbose_name="正文"
                    ),
                ),
                ("is_current", models.BooleanField(default=True, verbose_name="现用")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="写于")),
                ("in_force_at", models.DateTimeField(blank=True, null=True, verbose_name="启用时间")),
            ],
            options={
                "verbose_name": "短信模板",
                "verbose_name_plural": "短信模板",
                "ordering": ["about_kind", "purpose", "audience", "language", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("about_kind", "purpose", "audience", "language", "version"),
                        name="template_version_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("about_kind", "purpose", "audience", "language"),
                        name="template_current_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="templates",
                        to="auditorium.smsline",
                        verbose_name="短信线路",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codes",
                        to="auditorium.messagetemplate",
                        verbose_name="短信模板",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="平台模板编号")),
            ],
            options={
                "verbose_name": "平台模板编号",
                "verbose_name_plural": "平台模板编号",
                "constraints": [models.UniqueConstraint(fields=("line", "template"), name="line_template_once")],
            },
        ),
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about_kind", models.CharField(max_length=20, verbose_name="关于")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("confirmation", "约好了"),
                            ("three_days", "提前几天"),
                            ("one_day", "提前一天"),
                            ("two_hours", "提前几小时"),
                            ("changed", "改了"),
                            ("cancelled", "取消了"),
                            ("suspended", "停诊了"),
                            ("offered", "候补有号了"),
                        ],
                        max_length=16,
                        verbose_name="用途",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        help_text="不填就是所有地方。",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminder_rules",
                        to="auditorium.region",
                        verbose_name="区域",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        help_text="只管一家礼堂时填。",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminder_rules",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="要发")),
                ("days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="提前几天")),
                ("at", models.TimeField(blank=True, null=True, verbose_name="几点")),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="提前几小时")),
                (
                    "gap_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="刚告诉过，不到这么久就不再发。不填就照平常的。",
                        null=True,
                        verbose_name="离上一条至少几小时",
                    ),
                ),
                (
                    "copies",
                    models.BooleanField(
                        default=True, help_text="村民同意告诉家人的，这一种也发给他们一份。", verbose_name="也发给家人"
                    ),
                ),
            ],
            options={
                "verbose_name": "提醒规则",
                "verbose_name_plural": "提醒规则",
                "ordering": ["about_kind", "purpose", "region", "hall"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("region", None), ("hall", None), _connector="OR"),
                        name="reminder_rule_one_scope",
                        violation_error_message="区域和礼堂只填一个。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("hall", None), ("region", None)),
                        fields=("about_kind", "purpose"),
                        name="reminder_rule_everywhere_once",
                        violation_error_message="这个范围已经有一条同样的规则了。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("region__isnull", False)),
                        fields=("about_kind", "purpose", "region"),
                        name="reminder_rule_region_once",
                        violation_error_message="这个范围已经有一条同样的规则了。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("hall__isnull", False)),
                        fields=("about_kind", "purpose", "hall"),
                        name="reminder_rule_hall_once",
                        violation_error_message="这个范围已经有一条同样的规则了。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("full_name", models.CharField(blank=True, max_length=40, verbose_name="姓名")),
                (
                    "current_hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="当前礼堂",
                    ),
                ),
                ("language", models.CharField(default="zh-hans", max_length=10, verbose_name="语言")),
                (
                    "text_size",
                    models.CharField(
                        choices=[("normal", "标准"), ("large", "大字"), ("largest", "特大")],
                        default="normal",
                        max_length=8,
                        verbose_name="字号",
                    ),
                ),
                ("shortcuts", models.BooleanField(default=True, verbose_name="单键快捷键")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "用户",
                "verbose_name_plural": "用户",
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="HistoricalHall",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True,
                        help_text="村民打这个号码找礼堂，会印在预约单上。",
                        max_length=128,
                        region=None,
                        verbose_name="电话",
                    ),
                ),
                (
                    "market_days",
                    models.CharField(
                        blank=True,
                        help_text="农历逢几赶集，用顿号隔开，例如：三、八；没有就不填。",
                        max_length=20,
                        validators=[auditorium.validators.validate_market_days],
                        verbose_name="赶集日",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="auditorium.region",
                        verbose_name="所在村",
                    ),
                ),
                (
                    "backup_hall",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="本礼堂关门时，到期的待办显示在这里；不填就显示给乡镇。",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="替班礼堂",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical 礼堂",
                "verbose_name_plural": "historical 礼堂",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("class", "班"),
                            ("lecture", "讲座"),
                            ("festival", "我们的节日"),
                            ("clinic", "义诊"),
                            ("meeting", "交流会"),
                        ],
                        default="class",
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("title", models.CharField(help_text="例如：智能手机班", max_length=30, verbose_name="名称")),
                ("summary", models.CharField(blank=True, max_length=200, verbose_name="讲什么、做什么")),
                (
                    "audience",
                    models.CharField(
                        blank=True, help_text="例如：想学用手机的老人", max_length=60, verbose_name="请谁来"
                    ),
                ),
                ("from_age", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="几岁以上")),
                ("teacher", models.CharField(blank=True, max_length=40, verbose_name="谁来讲")),
                (
                    "places",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="不填就是不限人数。", null=True, verbose_name="名额"
                    ),
                ),
                (
                    "materials",
                    models.CharField(blank=True, help_text="例如：手机、充电线", max_length=60, verbose_name="带什么"),
                ),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="报名截止")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "照常"), ("cancelled", "取消了")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("ended_reason", models.CharField(blank=True, max_length=120, verbose_name="为什么取消")),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("created_at", models.DateTimeField(default=auditorium.clock.now, editable=False)),
            ],
            options={
                "verbose_name": "活动",
                "verbose_name_plural": "活动",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["hall", "-id"], name="activity_of_hall")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("places__isnull", True), ("places__gte", 1), _connector="OR"),
                        name="activity_has_places",
                        violation_error_message="名额至少是1；不限人数就不要填。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_age__isnull", True), ("from_age__lte", 100), _connector="OR"),
                        name="activity_age",
                        violation_error_message="年龄填100以下。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivityDate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dates",
                        to="auditorium.activity",
                        verbose_name="活动",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dates",
                        to="auditorium.room",
                        verbose_name="场地",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                (
                    "state",
                    models.CharField(
                        choices=[("scheduled", "照常"), ("cancelled", "取消了")],
                        default="scheduled",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("ended_reason", models.CharField(blank=True, max_length=120, verbose_name="为什么取消")),
            ],
            options={
                "verbose_name": "活动时间",
                "verbose_name_plural": "活动时间",
                "ordering": ["starts_at", "pk"],
                "indexes": [
                    models.Index(fields=["hall", "starts_at"], name="activity_date_of_hall"),
                    models.Index(
                        condition=models.Q(("state", "scheduled")),
                        fields=["room", "ends_at"],
                        name="activity_date_in_room",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "scheduled")),
                        fields=("activity", "starts_at"),
                        name="activity_date_once",
                        violation_error_message="这个活动在这个时间已经有一次了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="activity_date_in_order",
                        violation_error_message="结束时间要晚于开始时间。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resources",
                        to="auditorium.channel",
                        verbose_name="频道",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="resources",
                        to="auditorium.topic",
                        verbose_name="主题",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("book", "图书"),
                            ("audio", "听书"),
                            ("video", "视频"),
                            ("article", "文章"),
                            ("opera", "戏曲"),
                            ("lesson", "方言课"),
                            ("course", "课程"),
                            ("link", "网站"),
                            ("printed_book", "纸质书"),
                        ],
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("creator", models.CharField(blank=True, max_length=120, verbose_name="作者")),
                ("contributor", models.CharField(blank=True, max_length=120, verbose_name="演播、编者")),
                ("publisher", models.CharField(blank=True, max_length=120, verbose_name="出版者")),
                ("issued", models.CharField(blank=True, max_length=20, verbose_name="出版时间")),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="用顿号隔开，例如：启蒙、诵读", max_length=120, verbose_name="主题词"
                    ),
                ),
                ("description", models.TextField(blank=True, max_length=1000, verbose_name="内容介绍")),
                ("language", models.CharField(default="zh-Hans", max_length=20, verbose_name="语种")),
                (
                    "identifier",
                    models.CharField(blank=True, help_text="书号等，没有就不填。", max_length=60, verbose_name="编号"),
                ),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="来源")),
                ("rights_holder", models.CharField(blank=True, max_length=120, verbose_name="权利人")),
                (
                    "licence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("public_domain", "公有领域"),
                            ("cc_by", "CC BY 4.0"),
                            ("cc_by_sa", "CC BY-SA 4.0"),
                            ("cc_by_nc", "CC BY-NC 4.0"),
                            ("own", "本单位自制"),
                            ("permitted", "权利人授权"),
                        ],
                        max_length=16,
                        verbose_name="使用许可",
                    ),
                ),
                ("licence_note", models.CharField(blank=True, max_length=200, verbose_name="许可说明")),
                ("url", models.URLField(blank=True, verbose_name="网址")),
                (
                    "seconds",
                    models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name="时长（秒）"),
                ),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="顺序")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("reviewed", "已审核"),
                            ("published", "已上架"),
                            ("withdrawn", "已下架"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(default=auditorium.clock.now, editable=False)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="上架时间")),
            ],
            options={
                "verbose_name": "资源",
                "verbose_name_plural": "资源",
                "ordering": ["order", "title", "pk"],
                "indexes": [
                    models.Index(fields=["channel", "topic", "order", "title", "id"], name="resource_in_channel"),
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["-published_at", "-id"],
                        name="resource_newest",
                    ),
                    models.Index(fields=["state", "-id"], name="resource_by_state"),
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["kind", "order", "title", "id"],
                        name="resource_of_kind",
                    ),
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["order", "title", "id"],
                        name="resource_on_shelf",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                models.Q(("rights_holder", ""), _negated=True), models.Q(("licence", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="resource_published_with_rights",
                        violation_error_message="没有权利人和使用许可，不能上架。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(("kind", "link"), _negated=True),
                            models.Q(("url", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="resource_link_has_address",
                        violation_error_message="网站要填网址。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="auditorium.resource",
                        verbose_name="课程",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_courses",
                        to="auditorium.resource",
                        verbose_name="内容",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
            ],
            options={
                "verbose_name": "课程内容",
                "verbose_name_plural": "课程内容",
                "ordering": ["order", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course", "resource"),
                        name="course_item_once",
                        violation_error_message="这一项已经在课程里了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("course", models.F("resource")), _negated=True),
                        name="course_not_in_itself",
                        violation_error_message="课程不能放进自己里面。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handouts",
                        to="auditorium.activity",
                        verbose_name="活动",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.resource",
                        verbose_name="资源",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
            ],
            options={
                "verbose_name": "讲义",
                "verbose_name_plural": "讲义",
                "ordering": ["order", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("activity", "resource"), name="handout_once", violation_error_message="这一份已经有了。"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivitySkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="skills",
                        to="auditorium.activity",
                        verbose_name="活动",
                    ),
                ),
                ("name", models.CharField(max_length=12, verbose_name="学什么")),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
            ],
            options={
                "verbose_name": "要学会的",
                "verbose_name_plural": "要学会的",
                "ordering": ["order", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("activity", "name"),
                        name="activity_skill_once",
                        violation_error_message="这一样已经有了。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                ("words", models.CharField(max_length=60, verbose_name="写什么")),
                ("first_day", models.DateField(verbose_name="从")),
                ("last_day", models.DateField(verbose_name="到")),
                (
                    "written_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("written_at", models.DateTimeField(default=auditorium.clock.now, editable=False)),
            ],
            options={
                "verbose_name": "通知",
                "verbose_name_plural": "通知",
                "ordering": ["first_day", "pk"],
                "indexes": [models.Index(fields=["hall", "last_day"], name="notice_of_hall")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="notice_in_order",
                        violation_error_message="结束日期不能早于开始日期。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                ("action", models.CharField(max_length=40, verbose_name="做了什么")),
                ("object_kind", models.CharField(max_length=40, verbose_name="对象")),
                ("object_id", models.BigIntegerField(null=True, verbose_name="编号")),
                ("villager_id", models.BigIntegerField(null=True, verbose_name="村民编号")),
                ("fields", models.JSONField(default=list, verbose_name="改了哪些项")),
                ("why", models.CharField(blank=True, max_length=200, verbose_name="原因")),
            ],
            options={
                "verbose_name": "操作记录",
                "verbose_name_plural": "操作记录",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["object_kind", "object_id", "-at"], name="audit_of_object"),
                    models.Index(fields=["villager_id", "-at"], name="audit_of_villager"),
                    models.Index(fields=["at"], name="audit_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="auditorium.resource",
                        verbose_name="资源",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="auditorium.storedfile",
                        verbose_name="文件",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("content", "正文"),
                            ("captions", "字幕"),
                            ("transcript", "文字稿"),
                            ("cover", "封面"),
                        ],
                        default="content",
                        max_length=12,
                        verbose_name="用途",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="名称")),
                ("language", models.CharField(blank=True, max_length=20, verbose_name="语种")),
                (
                    "seconds",
                    models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name="时长（秒）"),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
                ("looked_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "资源文件",
                "verbose_name_plural": "资源文件",
                "ordering": ["role", "order", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("looked_at__isnull", True)), fields=["id"], name="resource_file_unseen"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("role", "cover")), fields=("resource",), name="resource_has_one_cover"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Speaker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="speakers",
                        to="auditorium.channel",
                        verbose_name="频道",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="就是放给大家看的称呼，例如：阿根伯", max_length=40, verbose_name="怎么称呼"
                    ),
                ),
                (
                    "village",
                    models.CharField(blank=True, help_text="例如：后仓村", max_length=40, verbose_name="哪个村"),
                ),
                ("is_synthetic", models.BooleanField(default=False, verbose_name="合成的声音，不是真人")),
                ("consent_given_on", models.DateField(blank=True, null=True, verbose_name="同意日期")),
                (
                    "consent_giver",
                    models.CharField(
                        choices=[("villager", "本人"), ("guardian", "监护人")],
                        default="villager",
                        max_length=10,
                        verbose_name="谁同意的",
                    ),
                ),
                (
                    "consent_evidence",
                    models.CharField(
                        blank=True,
                        choices=[("spoken", "当面口头同意"), ("signed", "签字"), ("phone", "电话里同意")],
                        max_length=10,
                        verbose_name="凭据",
                    ),
                ),
                (
                    "consent_recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                ("consent_withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="撤回时间")),
            ],
            options={
                "verbose_name": "录音的人",
                "verbose_name_plural": "录音的人",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "name", "village"),
                        name="speaker_once_in_channel",
                        violation_error_message="这个人已经有了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("consent_evidence", ""), ("consent_given_on__isnull", True)),
                            models.Q(
                                ("consent_given_on__isnull", False), models.Q(("consent_evidence", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="speaker_consent_has_evidence",
                        violation_error_message="同意日期和凭据要一起填。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consent_withdrawn_at__isnull", True), ("consent_given_on__isnull", False), _connector="OR"
                        ),
                        name="speaker_consent_withdrawn_once_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_synthetic", False), ("consent_given_on__isnull", True), _connector="OR"
                        ),
                        name="speaker_synthetic_agrees_to_nothing",
                        violation_error_message="合成的声音不用填同意。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Phrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phrases",
                        to="auditorium.resource",
                        verbose_name="方言课",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
                ("words", models.CharField(max_length=120, verbose_name="方言怎么写")),
                ("gloss", models.CharField(max_length=200, verbose_name="普通话意思")),
                ("romanisation", models.CharField(blank=True, max_length=200, verbose_name="注音")),
                (
                    "audio",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="phrases",
                        to="auditorium.storedfile",
                        verbose_name="录音",
                    ),
                ),
                (
                    "speaker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="phrases",
                        to="auditorium.speaker",
                        verbose_name="录音的人",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
            ],
            options={
                "verbose_name": "句子",
                "verbose_name_plural": "句子",
                "ordering": ["order", "pk"],
                "indexes": [models.Index(fields=["resource", "order", "id"], name="phrase_in_lesson")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("audio__isnull", True), ("speaker__isnull", False), _connector="OR"),
                        name="phrase_sound_has_speaker",
                        violation_error_message="有录音就要写是谁录的。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HallResource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="auditorium.hall",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="auditorium.resource"
                    ),
                ),
                ("times", models.PositiveIntegerField(default=0)),
                ("last_used_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["hall", "-last_used_at"], name="hall_resource_lately"),
                    models.Index(fields=["hall", "-times"], name="hall_resource_liked"),
                ],
                "constraints": [models.UniqueConstraint(fields=("hall", "resource"), name="hall_resource_once")],
            },
        ),
        migrations.CreateModel(
            name="BookCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="auditorium.resource",
                        verbose_name="纸质书",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="book_copies",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="贴在书上的号码或条码，本礼堂里不重复。", max_length=24, verbose_name="册号"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("on_shelf", "在架"), ("lent", "借出"), ("lost", "丢了"), ("withdrawn", "不再外借")],
                        default="on_shelf",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "added_at",
                    models.DateTimeField(default=auditorium.clock.now, editable=False, verbose_name="登记时间"),
                ),
            ],
            options={
                "verbose_name": "册",
                "verbose_name_plural": "册",
                "ordering": ["number", "pk"],
                "indexes": [models.Index(fields=["resource", "hall", "number"], name="book_copy_of_resource")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hall", "number"),
                        name="book_copy_number_once",
                        violation_error_message="本礼堂已经有这个册号了。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("import", "导入"), ("export", "导出")], max_length=8, verbose_name="做什么"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "排着队"),
                            ("running", "正在办"),
                            ("done", "办好了"),
                            ("refused", "没办成"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="package_jobs",
                        to="auditorium.channel",
                        verbose_name="频道",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("asked_at", models.DateTimeField(default=auditorium.clock.now, verbose_name="时间")),
                ("alive_at", models.DateTimeField(editable=False, null=True)),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="结束")),
                ("done", models.PositiveIntegerField(default=0, editable=False)),
                ("total", models.PositiveIntegerField(default=0, editable=False)),
                ("has_file", models.BooleanField(default=False, editable=False)),
                ("report", models.JSONField(default=dict, editable=False)),
            ],
            options={
                "verbose_name": "资源包",
                "verbose_name_plural": "资源包",
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(fields=["asked_by", "-asked_at"], name="package_job_of_user"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["asked_at"],
                        name="package_job_open",
                    ),
                    models.Index(
                        condition=models.Q(("has_file", True)), fields=["asked_at"], name="package_job_with_file"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="auditorium.resource",
                    ),
                ),
                ("part", models.PositiveSmallIntegerField(default=0)),
                ("words", auditorium.models.library.texts.SpacedWordsField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("resource", "part"), name="resource_text_part_once")],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("desk", "服务台"),
                            ("hall_manager", "礼堂负责人"),
                            ("supervisor", "区域主管"),
                            ("administrator", "系统管理员"),
                        ],
                        max_length=16,
                        verbose_name="角色",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="auditorium.region",
                        verbose_name="区域",
                    ),
                ),
            ],
            options={
                "verbose_name": "角色",
                "verbose_name_plural": "角色",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hall__isnull", True), ("region__isnull", True), ("role", "administrator")),
                            models.Q(("hall__isnull", True), ("region__isnull", False), ("role", "supervisor")),
                            models.Q(
                                ("hall__isnull", False),
                                ("region__isnull", True),
                                ("role__in", ["desk", "hall_manager"]),
                            ),
                            _connector="OR",
                        ),
                        name="role_has_its_scope",
                        violation_error_message="服务台和负责人要选礼堂，区域主管要选区域，系统管理员都不选。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("hall__isnull", False)),
                        fields=("user", "role", "hall"),
                        name="role_once_per_hall",
                        violation_error_message="这个角色已经有了。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("region__isnull", False)),
                        fields=("user", "role", "region"),
                        name="role_once_per_region",
                        violation_error_message="这个角色已经有了。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("hall__isnull", True), ("region__isnull", True)),
                        fields=("user", "role"),
                        name="role_once_everywhere",
                        violation_error_message="这个角色已经有了。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Villager",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                (
                    "also_known_as",
                    models.CharField(blank=True, help_text="例如：阿根", max_length=60, verbose_name="又名/小名"),
                ),
                (
                    "sex",
                    models.CharField(
                        choices=[("male", "男"), ("female", "女"), ("unknown", "未说明")],
                        default="unknown",
                        max_length=8,
                        verbose_name="性别",
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                (
                    "identity_kind",
                    models.CharField(
                        choices=[
                            ("resident_id_seen", "身份证已核对"),
                            ("resident_id_told", "知道号码，证没带来"),
                            ("unknown", "号码还不知道"),
                            ("other", "没有大陆身份证"),
                        ],
                        default="resident_id_seen",
                        max_length=20,
                        verbose_name="身份证",
                    ),
                ),
                ("id_number", auditorium.fields.EncryptedTextField(blank=True, default="", verbose_name="身份证号")),
                ("id_hash", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("id_hash_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "id_last4",
                    models.CharField(blank=True, default="", editable=False, max_length=4, verbose_name="身份证尾号"),
                ),
                (
                    "other_document",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("home_return_permit", "港澳居民来往内地通行证"),
                            ("taiwan_permit", "台湾居民来往大陆通行证"),
                            ("passport", "护照"),
                            ("other", "其他证件"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="证件种类",
                    ),
                ),
                (
                    "other_document_number",
                    auditorium.fields.EncryptedTextField(blank=True, default="", verbose_name="证件号码"),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.region",
                        verbose_name="所在村",
                    ),
                ),
                ("group", models.CharField(blank=True, help_text="例如：3组", max_length=20, verbose_name="村民组")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="住址")),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="members",
                        to="auditorium.household",
                        verbose_name="户",
                    ),
                ),
                ("hard_of_hearing", models.BooleanField(default=False, verbose_name="听不见")),
                ("low_vision", models.BooleanField(default=False, verbose_name="看不清")),
                ("cannot_read", models.BooleanField(default=False, verbose_name="不识字")),
                ("dialect_only", models.BooleanField(default=False, verbose_name="只讲方言")),
                ("limited_mobility", models.BooleanField(default=False, verbose_name="行动不便")),
                ("needs_companion", models.BooleanField(default=False, verbose_name="要人陪")),
                (
                    "note",
                    models.CharField(blank=True, help_text="只写办事用得着的。", max_length=200, verbose_name="备注"),
                ),
                (
                    "registered_at",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="登记的礼堂",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="去世日期")),
                ("moved_away_on", models.DateField(blank=True, null=True, verbose_name="搬走日期")),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "村民",
                "verbose_name_plural": "村民",
                "ordering": ["pk"],
                "permissions": [("view_full_identity", "可以看完整证件号和电话")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("id_hash", ""), _negated=True),
                        fields=("id_hash", "id_hash_version"),
                        name="villager_id_once",
                        violation_error_message="这个身份证号已经登记过了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("id_hash", ""), ("id_last4", "")),
                            models.Q(
                                models.Q(("id_hash", ""), _negated=True), models.Q(("id_last4", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="villager_id_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VillagerHall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hall_links",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="villager_links",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("registered", "户籍地"), ("resident", "常住地"), ("temporary", "临时")],
                        default="resident",
                        max_length=12,
                        verbose_name="服务关系",
                    ),
                ),
                ("since", models.DateField(auto_now_add=True, verbose_name="从")),
            ],
            options={
                "verbose_name": "服务关系",
                "verbose_name_plural": "服务关系",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("villager", "hall"),
                        name="villager_hall_once",
                        violation_error_message="这位村民已经在这个礼堂了。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VillagerKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="auditorium.villager"
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="auditorium.hall",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("name", "姓名"),
                            ("pinyin", "拼音"),
                            ("initials", "拼音首字母"),
                            ("phone", "手机尾号"),
                            ("id", "身份证尾号"),
                        ],
                        max_length=8,
                    ),
                ),
                ("key", models.CharField(max_length=80)),
            ],
            options={
                "indexes": [models.Index(fields=["key", "villager", "hall"], name="villager_key_anywhere")],
                "constraints": [
                    models.UniqueConstraint(fields=("hall", "key", "villager", "kind"), name="villager_key_in_hall")
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="auditorium.activity",
                        verbose_name="活动",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("enrolled", "报上名了"), ("waiting", "候补"), ("cancelled", "不来了")],
                        default="enrolled",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "joined_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("joined_at", models.DateTimeField(verbose_name="什么时候报的")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("ended_reason", models.CharField(blank=True, max_length=120, verbose_name="原因")),
            ],
            options={
                "verbose_name": "报名",
                "verbose_name_plural": "报名",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["activity", "state", "id"], name="enrolment_in_order"),
                    models.Index(fields=["villager", "-joined_at"], name="enrolment_of_villager"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("enrolled", "waiting"))),
                        fields=("activity", "villager"),
                        name="enrolment_once",
                        violation_error_message="这位村民已经报过名了。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendances",
                        to="auditorium.enrolment",
                        verbose_name="报名",
                    ),
                ),
                (
                    "date",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="auditorium.activitydate",
                        verbose_name="哪一次",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("expected", "还没点名"),
                            ("present", "来了"),
                            ("absent", "没来"),
                            ("excused", "请假"),
                        ],
                        default="expected",
                        max_length=10,
                        verbose_name="来了没有",
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁点的名",
                    ),
                ),
                ("marked_at", models.DateTimeField(blank=True, null=True, verbose_name="什么时候点的")),
            ],
            options={
                "verbose_name": "点名",
                "verbose_name_plural": "点名",
                "ordering": ["enrolment"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("date", "enrolment"),
                        name="attendance_once",
                        violation_error_message="这一次已经有这位村民了。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="auditorium.activity",
                        verbose_name="活动",
                    ),
                ),
                (
                    "date",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="auditorium.activitydate",
                        verbose_name="哪一次",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.villager",
                        verbose_name="谁说的",
                    ),
                ),
                (
                    "satisfaction",
                    models.CharField(
                        choices=[("good", "满意"), ("fair", "一般"), ("bad", "不满意")],
                        max_length=8,
                        verbose_name="满意不满意",
                    ),
                ),
                ("by_hands", models.BooleanField(default=False, verbose_name="举手数的")),
                ("people", models.PositiveSmallIntegerField(default=1, verbose_name="几个人")),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="怎么说的")),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁记的",
                    ),
                ),
                ("taken_at", models.DateTimeField(default=auditorium.clock.now, verbose_name="什么时候记的")),
            ],
            options={
                "verbose_name": "大家的意见",
                "verbose_name_plural": "大家的意见",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["activity", "-id"], name="feedback_of_activity"),
                    models.Index(
                        condition=models.Q(("words", ""), _negated=True),
                        fields=["taken_at"],
                        name="feedback_with_words",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("villager__isnull", False)),
                        fields=("date", "villager"),
                        name="feedback_once",
                        violation_error_message="这位村民已经说过了。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("by_hands", True)),
                        fields=("date", "satisfaction"),
                        name="feedback_hands_once",
                        violation_error_message="这一次已经数过了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by_hands", True), ("villager__isnull", True), ("words", "")),
                            models.Q(("by_hands", False), ("people", 1)),
                            _connector="OR",
                        ),
                        name="feedback_of_one_or_by_hands",
                        violation_error_message="举手只记人数。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SkillMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="auditorium.activityskill",
                        verbose_name="要学会的",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="auditorium.enrolment",
                        verbose_name="报名",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("able", "会"), ("helped", "帮一下就会"), ("not_yet", "还不会")],
                        max_length=8,
                        verbose_name="会不会",
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁记的",
                    ),
                ),
                ("marked_at", models.DateTimeField(default=auditorium.clock.now, verbose_name="什么时候记的")),
            ],
            options={
                "verbose_name": "学会了没有",
                "verbose_name_plural": "学会了没有",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["enrolment", "id"], name="skill_mark_of_enrolment"),
                    models.Index(fields=["villager", "id"], name="skill_mark_of_villager"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "phone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="auditorium.phone",
                        verbose_name="号码",
                    ),
                ),
                ("name", models.CharField(blank=True, help_text="例如：张丽", max_length=40, verbose_name="称呼")),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("self", "本人"),
                            ("spouse", "老伴"),
                            ("son", "儿子"),
                            ("daughter", "女儿"),
                            ("child_in_law", "儿媳/女婿"),
                            ("grandchild", "孙辈"),
                            ("parent", "父母"),
                            ("sibling", "兄弟姐妹"),
                            ("neighbour", "邻居"),
                            ("carer", "照料人"),
                            ("other", "其他"),
                        ],
                        default="self",
                        max_length=16,
                        verbose_name="是谁的电话",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="先后")),
                (
                    "reach",
                    models.CharField(
                        choices=[("text", "看短信"), ("call", "接电话"), ("in_person", "只能当面")],
                        default="text",
                        max_length=12,
                        verbose_name="怎么告诉",
                    ),
                ),
                (
                    "gets_copies",
                    models.BooleanField(default=False, help_text="要村民本人同意。", verbose_name="也发一份"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        default="zh-hans",
                        max_length=8,
                        verbose_name="看哪种文字",
                    ),
                ),
                ("may_decide", models.BooleanField(default=False, verbose_name="可以代为确认或取消")),
            ],
            options={
                "verbose_name": "联系人",
                "verbose_name_plural": "联系人",
                "ordering": ["order", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("villager", "phone"),
                        name="contact_once",
                        violation_error_message="这个号码已经在联系人里了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phone__isnull", False), ("reach", "in_person"), _connector="OR"),
                        name="contact_has_phone_or_is_in_person",
                        violation_error_message="没有号码的联系人只能当面告诉。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("service", "登记和代办"),
                            ("health", "代办看病预约"),
                            ("reminders", "短信提醒"),
                            ("relative_copies", "也告诉家人"),
                        ],
                        max_length=20,
                        verbose_name="同意什么",
                    ),
                ),
                (
                    "giver",
                    models.CharField(
                        choices=[("villager", "本人"), ("guardian", "监护人")],
                        default="villager",
                        max_length=10,
                        verbose_name="谁同意的",
                    ),
                ),
                (
                    "evidence",
                    models.CharField(
                        choices=[("spoken", "当面口头同意"), ("signed", "签字"), ("phone", "电话里同意")],
                        default="spoken",
                        max_length=10,
                        verbose_name="凭据",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                ("given_at", models.DateTimeField(verbose_name="同意时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
            ],
            options={
                "verbose_name": "同意",
                "verbose_name_plural": "同意",
                "ordering": ["-given_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("villager", "purpose"),
                        name="consent_in_force_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resource_uses",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="auditorium.resource",
                        verbose_name="资源",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resource_uses",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                ("people", models.PositiveSmallIntegerField(default=1, verbose_name="人数")),
                (
                    "place",
                    models.CharField(
                        choices=[("desk", "服务台"), ("display", "大屏"), ("taken_home", "带回家")],
                        default="desk",
                        max_length=12,
                        verbose_name="在哪里看",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="开始")),
                ("last_at", models.DateTimeField(verbose_name="最后")),
                ("seconds", models.PositiveIntegerField(default=0, verbose_name="用了几秒")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="看到哪里（千分之）")),
                ("completed_at", models.DateTimeField(blank=True, null=True, verbose_name="看完")),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
            ],
            options={
                "verbose_name": "使用记录",
                "verbose_name_plural": "使用记录",
                "ordering": ["-started_at"],
                "indexes": [
                    models.Index(fields=["hall", "-started_at"], name="resource_use_of_hall"),
                    models.Index(fields=["resource", "-started_at"], name="resource_use_of_resource"),
                    models.Index(fields=["started_at"], name="resource_use_by_time"),
                    models.Index(fields=["villager", "-started_at"], name="resource_use_of_villager"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("people__gte", 1), models.Q(("villager__isnull", True), ("people", 1), _connector="OR")
                        ),
                        name="resource_use_counts_people",
                        violation_error_message="几个人一起看，就不写是哪一位。",
                    ),
                    models.CheckConstraint(condition=models.Q(("position__lte", 1000)), name="resource_use_position"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadingPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reading_places",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="auditorium.resource",
                        verbose_name="资源",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="auditorium.resourcefile",
                    ),
                ),
                ("locator", models.JSONField(default=dict)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "看到哪里",
                "verbose_name_plural": "看到哪里",
                "constraints": [
                    models.UniqueConstraint(fields=("villager", "resource"), name="reading_place_once"),
                    models.CheckConstraint(condition=models.Q(("position__lte", 1000)), name="reading_place_position"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Display",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="displays",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=20, verbose_name="名称")),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("code", models.CharField(blank=True, editable=False, max_length=6)),
                ("made_at", models.DateTimeField(default=auditorium.clock.now, editable=False)),
                (
                    "seen_at",
                    models.DateTimeField(default=auditorium.clock.now, editable=False, verbose_name="最近连上"),
                ),
                (
                    "paired_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "use",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="auditorium.resourceuse",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="auditorium.resourcefile",
                    ),
                ),
                (
                    "phrase",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="auditorium.phrase",
                    ),
                ),
                ("chapter", models.PositiveIntegerField(default=0, editable=False)),
                ("leaf", models.PositiveIntegerField(default=0, editable=False)),
                ("is_playing", models.BooleanField(default=False, editable=False)),
                ("active_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "大屏",
                "verbose_name_plural": "大屏",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True), fields=("code",), name="display_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hall__isnull", True), ("code", ""), _connector="OR"),
                        name="display_paired_has_no_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="auditorium.resource",
                        verbose_name="资源",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resource_grants",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("hash_version", models.PositiveSmallIntegerField(editable=False)),
                (
                    "made_at",
                    models.DateTimeField(default=auditorium.clock.now, editable=False, verbose_name="给出的时间"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("ends_at", models.DateTimeField(verbose_name="到什么时候")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="收回的时间")),
                ("times", models.PositiveIntegerField(default=0, editable=False, verbose_name="打开过几次")),
            ],
            options={
                "verbose_name": "带回家的二维码",
                "verbose_name_plural": "带回家的二维码",
                "ordering": ["-made_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=["hall", "ends_at"],
                        name="grant_of_hall",
                    ),
                    models.Index(fields=["ends_at"], name="grant_over"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("made_at"))), name="grant_ends_after_it_begins"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Loan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "copy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loans",
                        to="auditorium.bookcopy",
                        verbose_name="册",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loans",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loans",
                        to="auditorium.villager",
                        verbose_name="借书人",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("out", "没还"), ("returned", "还了"), ("lost", "丢了")],
                        default="out",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("lent_at", models.DateTimeField(verbose_name="借出时间")),
                (
                    "lent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="哪天前还")),
                ("renewals", models.PositiveSmallIntegerField(default=0, verbose_name="续借次数")),
                ("ask_on", models.DateField(verbose_name="哪天去问")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="归还时间")),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁收的",
                    ),
                ),
            ],
            options={
                "verbose_name": "借阅",
                "verbose_name_plural": "借阅",
                "ordering": ["-lent_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "out")), fields=["hall", "due_on"], name="loan_out_at_hall"
                    ),
                    models.Index(condition=models.Q(("state", "out")), fields=["ask_on"], name="loan_to_ask_for"),
                    models.Index(fields=["villager", "-lent_at"], name="loan_of_villager"),
                    models.Index(fields=["copy", "-lent_at"], name="loan_of_copy"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "out")),
                        fields=("copy",),
                        name="loan_out_once",
                        violation_error_message="这一册已经借出去了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "out")),
                            models.Q(models.Q(("state", "out"), _negated=True), ("ended_at__gte", models.F("lent_at"))),
                            _connector="OR",
                        ),
                        name="loan_ends_after_it_began",
                        violation_error_message="归还时间不能早于借出时间。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                ("about_kind", models.CharField(editable=False, max_length=20)),
                ("about_id", models.BigIntegerField(editable=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("confirmation", "约好了"),
                            ("three_days", "提前几天"),
                            ("one_day", "提前一天"),
                            ("two_hours", "提前几小时"),
                            ("changed", "改了"),
                            ("cancelled", "取消了"),
                            ("suspended", "停诊了"),
                            ("offered", "候补有号了"),
                        ],
                        max_length=16,
                        verbose_name="用途",
                    ),
                ),
                (
                    "own_template",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.messagetemplate",
                    ),
                ),
                (
                    "discreet_template",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.messagetemplate",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="该发的时间")),
                ("expires_at", models.DateTimeField(verbose_name="最晚")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "等发送"),
                            ("sending", "发送中"),
                            ("relayed", "等家人回话"),
                            ("told", "已告知"),
                            ("follow_up", "转人工"),
                            ("cancelled", "不用了"),
                            ("missed", "没来得及"),
                        ],
                        default="planned",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("sure_by", models.DateTimeField(editable=False, null=True)),
                ("heard_on", models.JSONField(default=list, editable=False)),
                ("created_at", models.DateTimeField(default=auditorium.clock.now, editable=False)),
            ],
            options={
                "verbose_name": "提醒",
                "verbose_name_plural": "提醒",
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["due_at", "id"], name="reminder_due"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["planned", "sending", "relayed", "follow_up"])),
                        fields=["expires_at"],
                        name="reminder_live_until",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["sending", "relayed"]), ("sure_by__isnull", False)),
                        fields=["sure_by", "id"],
                        name="reminder_in_doubt",
                    ),
                    models.Index(fields=["about_kind", "about_id"], name="reminder_about"),
                    models.Index(fields=["villager", "-due_at"], name="reminder_of_villager"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["planned", "sending", "relayed", "follow_up"])),
                        fields=("about_kind", "about_id", "purpose"),
                        name="reminder_owed_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="还不知道姓名时，例如：一位大爷", max_length=40, verbose_name="称呼"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("walk_in", "到场"), ("phone", "电话"), ("home", "上门")],
                        default="walk_in",
                        max_length=8,
                        verbose_name="怎么来的",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等候"),
                            ("serving", "办理中"),
                            ("put_aside", "先放一放"),
                            ("done", "已办结"),
                            ("left", "已离开"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("arrived_at", models.DateTimeField(verbose_name="到的时间")),
                ("serving_since", models.DateTimeField(blank=True, null=True, verbose_name="开始办理")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束")),
                (
                    "served_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("draft", auditorium.fields.EncryptedJSONField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "到访",
                "verbose_name_plural": "到访",
                "ordering": ["-arrived_at"],
                "indexes": [
                    models.Index(fields=["hall", "arrived_at"], name="visit_of_the_day"),
                    models.Index(fields=["hall", "serving_since"], name="visit_resumed"),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["hall", "arrived_at"], name="visit_open"
                    ),
                    models.Index(fields=["villager", "-arrived_at"], name="visit_of_villager"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("villager__isnull", False), models.Q(("label", ""), _negated=True), _connector="OR"
                        ),
                        name="visit_is_of_somebody",
                        violation_error_message="请选村民，或写一个称呼。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "serving")),
                        fields=("served_by",),
                        name="visit_served_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="matters",
                        to="auditorium.visit",
                        verbose_name="到访",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("booking", "预约挂号"),
                            ("record_booking", "登记已约好的号"),
                            ("resource", "看书听戏"),
                            ("class", "报名上课"),
                            ("social_security", "社保医保"),
                            ("farm_shop", "农货上网"),
                            ("other", "其他事"),
                        ],
                        max_length=20,
                        verbose_name="办什么事",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="办好时间")),
                ("about_kind", models.CharField(blank=True, editable=False, max_length=20)),
                ("about_id", models.BigIntegerField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "事项",
                "verbose_name_plural": "事项",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="auditorium.contact",
                        verbose_name="打给谁",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "打电话"),
                            ("knock", "上门"),
                            ("rebook", "改约"),
                            ("complete", "补齐信息"),
                            ("bring_paper", "带材料"),
                            ("tell_platform", "到原平台取消"),
                            ("reply", "回复村民"),
                        ],
                        max_length=16,
                        verbose_name="做什么",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待办"),
                            ("taken", "有人在办"),
                            ("done", "办好了"),
                            ("not_reached", "没联系上"),
                            ("wrong_number", "号码不对"),
                            ("cancelled", "不用办了"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(max_length=120, verbose_name="为什么")),
                ("words", models.TextField(blank=True, verbose_name="要说的话")),
                ("about_kind", models.CharField(blank=True, editable=False, max_length=20)),
                ("about_id", models.BigIntegerField(editable=False, null=True)),
                ("due_at", models.DateTimeField(verbose_name="最晚")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "helper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="auditorium.helper",
                        verbose_name="帮手",
                    ),
                ),
                ("escalated_at", models.DateTimeField(blank=True, null=True, verbose_name="转出时间")),
                (
                    "escalated_hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="转给礼堂",
                    ),
                ),
                (
                    "escalated_region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.region",
                        verbose_name="转给乡镇",
                    ),
                ),
                ("outcome_note", models.CharField(blank=True, max_length=200, verbose_name="结果说明")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁提的",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁办的",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "next_step",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="previous_step",
                        to="auditorium.followup",
                        verbose_name="下一步",
                    ),
                ),
            ],
            options={
                "verbose_name": "待办",
                "verbose_name_plural": "待办",
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["hall", "due_at"],
                        name="follow_up_open",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["assignee", "due_at"],
                        name="follow_up_mine",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True), ("escalated_at__isnull", True)),
                        fields=["due_at"],
                        name="follow_up_to_hand_on",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True), ("escalated_hall__isnull", False)),
                        fields=["escalated_hall", "due_at"],
                        name="follow_up_at_backup_hall",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True), ("escalated_region__isnull", False)),
                        fields=["escalated_region", "due_at"],
                        name="follow_up_at_town",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False)),
                        fields=["hall", "-closed_at", "-id"],
                        name="follow_up_done",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False), ("escalated_hall__isnull", False)),
                        fields=["escalated_hall", "-closed_at", "-id"],
                        name="follow_up_done_handed",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("closed_at__isnull", False), models.Q(("outcome_note", ""), ("words", ""), _negated=True)
                        ),
                        fields=["closed_at"],
                        name="follow_up_with_words",
                    ),
                    models.Index(fields=["villager", "-created_at"], name="follow_up_of_villager"),
                    models.Index(fields=["about_kind", "about_id"], name="follow_up_about"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("about_id__isnull", False), ("state__in", ["open", "taken"])),
                        fields=("about_kind", "about_id", "kind"),
                        name="follow_up_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "phone",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="auditorium.phone",
                        verbose_name="号码",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="auditorium.contact",
                        verbose_name="联系人",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="auditorium.smsline",
                        verbose_name="线路",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("own", "本人手机"), ("discreet", "别人手机")], max_length=10, verbose_name="给谁看"
                    ),
                ),
                ("is_copy", models.BooleanField(default=False, verbose_name="抄送")),
                (
                    "template",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.messagetemplate",
                        verbose_name="短信模板",
                    ),
                ),
                ("values", models.JSONField(blank=True, default=dict, editable=False)),
                ("body", models.TextField(verbose_name="短信正文")),
                ("parts", models.PositiveSmallIntegerField(verbose_name="条数")),
                (
                    "cost",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=8, null=True, verbose_name="费用"),
                ),
                (
                    "state",
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
                        ],
                        default="pending",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="写成时间")),
                ("not_before", models.DateTimeField(verbose_name="不早于")),
                ("expires_at", models.DateTimeField(verbose_name="最晚")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("claimed_by", models.CharField(blank=True, editable=False, max_length=80)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="发出时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="回执时间")),
                ("provider_id", models.CharField(blank=True, max_length=80, verbose_name="接口编号")),
                ("error_code", models.CharField(blank=True, max_length=60, verbose_name="错误码")),
                ("error_text", models.CharField(blank=True, max_length=200, verbose_name="错误")),
                ("reminders", models.ManyToManyField(related_name="messages", to="auditorium.reminder")),
            ],
            options={
                "verbose_name": "短信",
                "verbose_name_plural": "短信",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["line", "not_before", "id"],
                        name="message_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["created_at", "id"], name="message_written"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["claimed", "sending"])),
                        fields=["lease_until"],
                        name="message_lease",
                    ),
                    models.Index(
                        condition=models.Q(("state", "unknown")), fields=["lease_until"], name="message_unknown"
                    ),
                    models.Index(
                        condition=models.Q(("provider_id", ""), _negated=True),
                        fields=["line", "provider_id"],
                        name="message_receipt",
                    ),
                    models.Index(fields=["line", "sent_at"], name="message_of_line"),
                    models.Index(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("lease_until__isnull", True), ("state", "sent")
                        ),
                        fields=["line", "sent_at"],
                        name="message_unheard",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("lease_until__isnull", False), ("state", "sent")
                        ),
                        fields=["line", "lease_until"],
                        name="message_asked_about",
                    ),
                    models.Index(
                        condition=models.Q(("body", ""), _negated=True),
                        fields=["created_at"],
                        name="message_with_words",
                    ),
                    models.Index(fields=["phone", "-created_at"], name="message_of_phone"),
                    models.Index(fields=["villager", "-created_at"], name="message_of_villager"),
                    models.Index(fields=["hall", "-created_at"], name="message_of_hall"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessagePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sent_parts", to="auditorium.message"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.smsline",
                    ),
                ),
                ("provider_id", models.CharField(max_length=80)),
                ("delivered", models.BooleanField(null=True)),
            ],
            options={
                "verbose_name": "短信分条",
                "verbose_name_plural": "短信分条",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["line", "provider_id"], name="message_part_receipt")],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="auditorium.smsline",
                        verbose_name="线路",
                    ),
                ),
                (
                    "phone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="auditorium.phone",
                        verbose_name="号码",
                    ),
                ),
                ("provider_id", models.CharField(blank=True, max_length=80, verbose_name="接口编号")),
                ("text", auditorium.fields.EncryptedTextField(blank=True, default="", verbose_name="内容")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                (
                    "meaning",
                    models.CharField(
                        choices=[
                            ("yes", "好"),
                            ("no", "不去了"),
                            ("keep", "不取消了"),
                            ("stop", "退订"),
                            ("choice", "选的是哪一个"),
                            ("unclear", "看不懂"),
                        ],
                        default="unclear",
                        max_length=10,
                        verbose_name="意思",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "刚收到"),
                            ("settled", "已处理"),
                            ("waiting", "等着取消"),
                            ("taken_back", "又不取消了"),
                            ("asked", "问了是哪一个"),
                            ("task", "转人工"),
                        ],
                        default="received",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="auditorium.message",
                        verbose_name="回的是",
                    ),
                ),
                ("about_kind", models.CharField(blank=True, editable=False, max_length=20)),
                ("about_id", models.BigIntegerField(editable=False, null=True)),
                ("own", models.BooleanField(default=False, verbose_name="本人手机")),
                ("act_at", models.DateTimeField(blank=True, null=True, verbose_name="生效时间")),
                ("choices", models.JSONField(default=list, editable=False)),
            ],
            options={
                "verbose_name": "回复",
                "verbose_name_plural": "回复",
                "ordering": ["-received_at", "-pk"],
                "indexes": [
                    models.Index(fields=["phone", "-received_at"], name="reply_of_phone"),
                    models.Index(fields=["about_kind", "about_id"], name="reply_about"),
                    models.Index(
                        condition=models.Q(("state", "received")), fields=["received_at"], name="reply_unread"
                    ),
                    models.Index(condition=models.Q(("state", "waiting")), fields=["act_at"], name="reply_waiting"),
                    models.Index(
                        condition=models.Q(("text", ""), _negated=True), fields=["received_at"], name="reply_with_words"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("provider_id", ""), _negated=True),
                        fields=("line", "provider_id"),
                        name="reply_received_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), _negated=True), ("act_at__isnull", False), _connector="OR"
                        ),
                        name="reply_waits_until",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="Villager",
            name="halls",
            field=models.ManyToManyField(
                related_name="villagers", through="auditorium.VillagerHall", to="auditorium.hall"
            ),
        ),
        migrations.AddField(
            model_name="FollowUp",
            name="reply",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tasks",
                to="auditorium.reply",
                verbose_name="来的短信",
            ),
        ),
        migrations.AddField(
            model_name="Message",
            name="reply",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="auditorium.reply",
                verbose_name="答复",
            ),
        ),
        migrations.AddIndex(
            model_name="Message",
            index=models.Index(
                condition=models.Q(("reply__isnull", False)), fields=["reply"], name="message_answering"
            ),
        ),
        # Triggers that refuse to change the audit log; only the retention job deletes, saying so first.
        migrations.RunPython(_run(AUDIT_POSTGRESQL, AUDIT_SQLITE), _run(AUDIT_POSTGRESQL_BACK, AUDIT_SQLITE_BACK)),
        # Words by which resources are found: tsvector with GIN on PostgreSQL, FTS5 kept by triggers on SQLite.
        migrations.RunPython(_run(WORDS_POSTGRESQL, WORDS_SQLITE), _run(WORDS_POSTGRESQL_BACK, WORDS_SQLITE_BACK)),
    ]
