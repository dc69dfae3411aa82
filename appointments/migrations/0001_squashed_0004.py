"""All tables in one step: what a new database begins with. A database that went through the steps before goes on."""

import uuid

import django.core.validators
import django.db.models.deletion
import phonenumber_field.modelfields
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("appointments", "0001_initial"),
        ("appointments", "0002_booking_engine"),
        ("appointments", "0003_suspension_of_picked_sessions"),
        ("appointments", "0004_states_in_plainer_words"),
    ]

    initial = True

    dependencies = [
        ("auditorium", "0001_squashed_0033"),
    ]

    operations = [
        migrations.CreateModel(
            name="Specialty",
            fields=[
                (
                    "code",
                    models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name="诊疗科目代码"),
                ),
                ("name", models.CharField(max_length=40, verbose_name="诊疗科目")),
            ],
            options={
                "verbose_name": "诊疗科目",
                "verbose_name_plural": "诊疗科目",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="EverydayWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=30, verbose_name="村民怎么说")),
                (
                    "specialty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="everyday_words",
                        to="appointments.specialty",
                        verbose_name="诊疗科目",
                    ),
                ),
            ],
            options={
                "verbose_name": "看什么",
                "verbose_name_plural": "看什么",
                "ordering": ["word"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("word", "specialty"),
                        name="everyday_word_once",
                        violation_error_message="这个说法已经有了。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalHospital",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("uid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("name", models.CharField(db_index=True, max_length=60, verbose_name="名称")),
                (
                    "short_name",
                    models.CharField(blank=True, help_text="短信里用，省字数。", max_length=20, verbose_name="简称"),
                ),
                ("initials", models.CharField(blank=True, editable=False, max_length=60, verbose_name="拼音首字母")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="电话"
                    ),
                ),
                (
                    "phone_hours",
                    models.CharField(
                        blank=True, help_text="例如：每天 8:00–17:00", max_length=60, verbose_name="电话时间"
                    ),
                ),
                ("pick_up_place", models.CharField(blank=True, max_length=60, verbose_name="在哪里取号")),
                (
                    "is_sensitive",
                    models.BooleanField(
                        default=False, help_text="发到别人手机的短信不写这家医院的名字。", verbose_name="敏感"
                    ),
                ),
                (
                    "acknowledges",
                    models.BooleanField(
                        default=False,
                        help_text="医院确认之前，页面、预约单和短信都写“待医院确认”。",
                        verbose_name="要医院确认",
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
                        verbose_name="所在地",
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
                "verbose_name": "historical 医院",
                "verbose_name_plural": "historical 医院",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Hospital",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="名称")),
                (
                    "short_name",
                    models.CharField(blank=True, help_text="短信里用，省字数。", max_length=20, verbose_name="简称"),
                ),
                ("initials", models.CharField(blank=True, editable=False, max_length=60, verbose_name="拼音首字母")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.region",
                        verbose_name="所在地",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="电话"
                    ),
                ),
                (
                    "phone_hours",
                    models.CharField(
                        blank=True, help_text="例如：每天 8:00–17:00", max_length=60, verbose_name="电话时间"
                    ),
                ),
                ("pick_up_place", models.CharField(blank=True, max_length=60, verbose_name="在哪里取号")),
                (
                    "is_sensitive",
                    models.BooleanField(
                        default=False, help_text="发到别人手机的短信不写这家医院的名字。", verbose_name="敏感"
                    ),
                ),
                (
                    "acknowledges",
                    models.BooleanField(
                        default=False,
                        help_text="医院确认之前，页面、预约单和短信都写“待医院确认”。",
                        verbose_name="要医院确认",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
            ],
            options={
                "verbose_name": "医院",
                "verbose_name_plural": "医院",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalDepartment",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="科室")),
                ("initials", models.CharField(blank=True, editable=False, max_length=40, verbose_name="拼音首字母")),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="例如：门诊楼 2 楼 203", max_length=60, verbose_name="在哪里"
                    ),
                ),
                (
                    "prepare",
                    models.CharField(
                        blank=True, help_text="例如：空腹，早上别吃饭喝水", max_length=120, verbose_name="要准备"
                    ),
                ),
                ("is_sensitive", models.BooleanField(default=False, verbose_name="敏感")),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
                (
                    "hospital",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appointments.hospital",
                        verbose_name="医院",
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
                "verbose_name": "historical 科室",
                "verbose_name_plural": "historical 科室",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="departments",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="科室")),
                ("initials", models.CharField(blank=True, editable=False, max_length=40, verbose_name="拼音首字母")),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="例如：门诊楼 2 楼 203", max_length=60, verbose_name="在哪里"
                    ),
                ),
                (
                    "prepare",
                    models.CharField(
                        blank=True, help_text="例如：空腹，早上别吃饭喝水", max_length=120, verbose_name="要准备"
                    ),
                ),
                ("is_sensitive", models.BooleanField(default=False, verbose_name="敏感")),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
                (
                    "specialties",
                    models.ManyToManyField(
                        blank=True, related_name="departments", to="appointments.specialty", verbose_name="诊疗科目"
                    ),
                ),
            ],
            options={
                "verbose_name": "科室",
                "verbose_name_plural": "科室",
                "ordering": ["hospital", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hospital", "name"),
                        name="department_once",
                        violation_error_message="这家医院已经有这个科室。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalDoctor",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("initials", models.CharField(blank=True, editable=False, max_length=40, verbose_name="拼音首字母")),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("chief", "主任医师"),
                            ("associate_chief", "副主任医师"),
                            ("attending", "主治医师"),
                            ("resident", "住院医师"),
                        ],
                        max_length=16,
                        verbose_name="职称",
                    ),
                ),
                ("good_at", models.CharField(blank=True, max_length=120, verbose_name="擅长")),
                ("is_active", models.BooleanField(default=True, verbose_name="出诊")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appointments.department",
                        verbose_name="科室",
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
                "verbose_name": "historical 医生",
                "verbose_name_plural": "historical 医生",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Doctor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="doctors",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("initials", models.CharField(blank=True, editable=False, max_length=40, verbose_name="拼音首字母")),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("chief", "主任医师"),
                            ("associate_chief", "副主任医师"),
                            ("attending", "主治医师"),
                            ("resident", "住院医师"),
                        ],
                        max_length=16,
                        verbose_name="职称",
                    ),
                ),
                ("good_at", models.CharField(blank=True, max_length=120, verbose_name="擅长")),
                ("is_active", models.BooleanField(default=True, verbose_name="出诊")),
            ],
            options={
                "verbose_name": "医生",
                "verbose_name_plural": "医生",
                "ordering": ["department", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department", "name"),
                        name="doctor_once",
                        violation_error_message="这个科室已经有这位医生。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalBookingChannel",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(help_text="例如：浙里办", max_length=40, verbose_name="渠道")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("app", "手机应用"),
                            ("phone", "电话"),
                            ("window", "医院窗口"),
                            ("wechat", "微信公众号"),
                        ],
                        default="app",
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                (
                    "steps",
                    models.CharField(
                        blank=True,
                        help_text="例如：首页 → 看病就诊 → 预约挂号",
                        max_length=160,
                        verbose_name="在哪里点",
                    ),
                ),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="电话"
                    ),
                ),
                ("hours", models.CharField(blank=True, max_length=60, verbose_name="时间")),
                ("needs", models.CharField(blank=True, max_length=120, verbose_name="要准备")),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="先后")),
                (
                    "hospital",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appointments.hospital",
                        verbose_name="医院",
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
                "verbose_name": "historical 预约渠道",
                "verbose_name_plural": "historical 预约渠道",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="BookingChannel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
                ("name", models.CharField(help_text="例如：浙里办", max_length=40, verbose_name="渠道")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("app", "手机应用"),
                            ("phone", "电话"),
                            ("window", "医院窗口"),
                            ("wechat", "微信公众号"),
                        ],
                        default="app",
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                (
                    "steps",
                    models.CharField(
                        blank=True,
                        help_text="例如：首页 → 看病就诊 → 预约挂号",
                        max_length=160,
                        verbose_name="在哪里点",
                    ),
                ),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="电话"
                    ),
                ),
                ("hours", models.CharField(blank=True, max_length=60, verbose_name="时间")),
                ("needs", models.CharField(blank=True, max_length=120, verbose_name="要准备")),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="先后")),
            ],
            options={
                "verbose_name": "预约渠道",
                "verbose_name_plural": "预约渠道",
                "ordering": ["order", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hospital", "name"),
                        name="channel_once",
                        violation_error_message="这家医院已经有这个渠道。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Route",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="routes",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="routes",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
                (
                    "bus",
                    models.CharField(
                        help_text="例如：在村口坐 803 路到中医院站下", max_length=120, verbose_name="怎么坐车"
                    ),
                ),
                ("first_bus", models.TimeField(blank=True, null=True, verbose_name="头班车")),
                ("last_bus", models.TimeField(blank=True, null=True, verbose_name="末班车")),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="要多少分钟")),
            ],
            options={
                "verbose_name": "怎么去医院",
                "verbose_name_plural": "怎么去医院",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hall", "hospital"), name="route_once", violation_error_message="这条路线已经有了。"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HospitalClerk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hospital_roles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clerks",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
            ],
            options={
                "verbose_name": "医院经办人",
                "verbose_name_plural": "医院经办人",
                "constraints": [models.UniqueConstraint(fields=("user", "hospital"), name="hospital_clerk_once")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalScheduleTemplate",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
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
                (
                    "period",
                    models.CharField(
                        choices=[("morning", "上午"), ("afternoon", "下午"), ("evening", "晚上")],
                        max_length=10,
                        verbose_name="时段",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="开始")),
                ("ends", models.TimeField(verbose_name="结束")),
                (
                    "slot_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(240),
                        ],
                        verbose_name="每段几分钟",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(500)], verbose_name="号数"
                    ),
                ),
                (
                    "clinic_class",
                    models.CharField(
                        choices=[("ordinary", "普通"), ("expert", "专家"), ("special", "特需")],
                        default="ordinary",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="挂号费（元）"
                    ),
                ),
                ("room", models.CharField(blank=True, max_length=40, verbose_name="诊室")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clinic", "门诊"),
                            ("outreach", "巡回义诊"),
                            ("village_doctor", "村医坐诊"),
                            ("family_doctor", "家庭医生"),
                        ],
                        default="clinic",
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                (
                    "queue",
                    models.CharField(
                        choices=[("numbered", "按号看"), ("walk_in", "先到先看")],
                        default="numbered",
                        max_length=10,
                        verbose_name="怎么看",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="从哪天起")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="到哪天止")),
                ("on_holidays", models.BooleanField(default=False, verbose_name="节假日也出诊")),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="不选就是普通门诊。",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appointments.doctor",
                        verbose_name="医生",
                    ),
                ),
                (
                    "held_at",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="不选就是在医院看。",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="在哪个礼堂看",
                    ),
                ),
                (
                    "allotted_hall",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="分配给礼堂",
                    ),
                ),
                (
                    "allotted_region",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="auditorium.region",
                        verbose_name="分配给区域",
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
                "verbose_name": "historical 排班",
                "verbose_name_plural": "historical 排班",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ScheduleTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="templates",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        help_text="不选就是普通门诊。",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="templates",
                        to="appointments.doctor",
                        verbose_name="医生",
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
                (
                    "period",
                    models.CharField(
                        choices=[("morning", "上午"), ("afternoon", "下午"), ("evening", "晚上")],
                        max_length=10,
                        verbose_name="时段",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="开始")),
                ("ends", models.TimeField(verbose_name="结束")),
                (
                    "slot_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(240),
                        ],
                        verbose_name="每段几分钟",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(500)], verbose_name="号数"
                    ),
                ),
                (
                    "clinic_class",
                    models.CharField(
                        choices=[("ordinary", "普通"), ("expert", "专家"), ("special", "特需")],
                        default="ordinary",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="挂号费（元）"
                    ),
                ),
                ("room", models.CharField(blank=True, max_length=40, verbose_name="诊室")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clinic", "门诊"),
                            ("outreach", "巡回义诊"),
                            ("village_doctor", "村医坐诊"),
                            ("family_doctor", "家庭医生"),
                        ],
                        default="clinic",
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                (
                    "queue",
                    models.CharField(
                        choices=[("numbered", "按号看"), ("walk_in", "先到先看")],
                        default="numbered",
                        max_length=10,
                        verbose_name="怎么看",
                    ),
                ),
                (
                    "held_at",
                    models.ForeignKey(
                        blank=True,
                        help_text="不选就是在医院看。",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="在哪个礼堂看",
                    ),
                ),
                (
                    "allotted_hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="分配给礼堂",
                    ),
                ),
                (
                    "allotted_region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.region",
                        verbose_name="分配给区域",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="从哪天起")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="到哪天止")),
                ("on_holidays", models.BooleanField(default=False, verbose_name="节假日也出诊")),
                ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
            ],
            options={
                "verbose_name": "排班",
                "verbose_name_plural": "排班",
                "ordering": ["department", "weekday", "starts", "pk"],
                "indexes": [models.Index(fields=["department", "weekday"], name="template_of_department")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("allotted_hall__isnull", False), ("allotted_region__isnull", True)),
                            models.Q(("allotted_hall__isnull", True), ("allotted_region__isnull", False)),
                            _connector="OR",
                        ),
                        name="template_allotted_to_one",
                        violation_error_message="号源要分给一个礼堂，或一个区域。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("starts"))),
                        name="template_in_order",
                        violation_error_message="结束时间要晚于开始时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="template_validity_in_order",
                        violation_error_message="截止的日子不能早于开始的日子。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("capacity__gt", 0), ("queue", "numbered")),
                            models.Q(("capacity", 0), ("queue", "walk_in")),
                            _connector="OR",
                        ),
                        name="template_places_fit_queue",
                        violation_error_message="按号看要写号数；先到先看不用写号数，填 0。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="appointments.scheduletemplate",
                        verbose_name="排班",
                    ),
                ),
                ("date", models.DateField(verbose_name="日期")),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(default=0, help_text="0 就是这天不开。", verbose_name="号数"),
                ),
                ("reason", models.CharField(blank=True, max_length=60, verbose_name="原因")),
            ],
            options={
                "verbose_name": "例外的日子",
                "verbose_name_plural": "例外的日子",
                "ordering": ["date"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "date"), name="exception_once", violation_error_message="这一天已经写过了。"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leaves",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leaves",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leaves",
                        to="appointments.doctor",
                        verbose_name="医生",
                    ),
                ),
                ("first_date", models.DateField(verbose_name="从哪天")),
                ("last_date", models.DateField(verbose_name="到哪天")),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        choices=[("morning", "上午"), ("afternoon", "下午"), ("evening", "晚上")],
                        help_text="不选就是整天。",
                        max_length=10,
                        verbose_name="时段",
                    ),
                ),
                ("reason", models.CharField(max_length=80, verbose_name="原因")),
            ],
            options={
                "verbose_name": "休诊",
                "verbose_name_plural": "休诊",
                "ordering": ["-first_date", "-pk"],
                "indexes": [models.Index(fields=["hospital", "last_date"], name="leave_of_hospital")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_date__gte", models.F("first_date"))),
                        name="leave_in_order",
                        violation_error_message="最后一天不能早于第一天。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspensions",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.doctor",
                        verbose_name="医生",
                    ),
                ),
                ("first_date", models.DateField(verbose_name="从哪天")),
                ("last_date", models.DateField(verbose_name="到哪天")),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        choices=[("morning", "上午"), ("afternoon", "下午"), ("evening", "晚上")],
                        max_length=10,
                        verbose_name="时段",
                    ),
                ),
                ("picked", models.BooleanField(default=False, verbose_name="只停选中的班次")),
                ("reason", models.CharField(max_length=80, verbose_name="原因")),
                (
                    "state",
                    models.CharField(
                        choices=[("closed", "正在通知"), ("settled", "都已通知"), ("resumed", "已恢复")],
                        default="closed",
                        max_length=10,
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
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="什么时候")),
                ("resumed_at", models.DateTimeField(blank=True, null=True, verbose_name="恢复时间")),
                ("appointments_found", models.PositiveIntegerField(default=0, verbose_name="当时的预约")),
            ],
            options={
                "verbose_name": "停诊",
                "verbose_name_plural": "停诊",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "closed")), fields=["created_at"], name="suspension_unsettled"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_date__gte", models.F("first_date"))), name="suspension_in_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClinicSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        help_text="不选就是普通门诊。",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="appointments.doctor",
                        verbose_name="医生",
                    ),
                ),
                ("date", models.DateField(verbose_name="日期")),
                (
                    "period",
                    models.CharField(
                        choices=[("morning", "上午"), ("afternoon", "下午"), ("evening", "晚上")],
                        max_length=10,
                        verbose_name="时段",
                    ),
                ),
                (
                    "clinic_class",
                    models.CharField(
                        choices=[("ordinary", "普通"), ("expert", "专家"), ("special", "特需")],
                        default="ordinary",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="挂号费（元）"
                    ),
                ),
                ("room", models.CharField(blank=True, max_length=40, verbose_name="诊室")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clinic", "门诊"),
                            ("outreach", "巡回义诊"),
                            ("village_doctor", "村医坐诊"),
                            ("family_doctor", "家庭医生"),
                        ],
                        default="clinic",
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                (
                    "queue",
                    models.CharField(
                        choices=[("numbered", "按号看"), ("walk_in", "先到先看")],
                        default="numbered",
                        max_length=10,
                        verbose_name="怎么看",
                    ),
                ),
                (
                    "held_at",
                    models.ForeignKey(
                        blank=True,
                        help_text="不选就是在医院看。",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_sessions",
                        to="auditorium.hall",
                        verbose_name="在哪个礼堂看",
                    ),
                ),
                ("starts", models.TimeField(blank=True, null=True, verbose_name="开始")),
                ("ends", models.TimeField(blank=True, null=True, verbose_name="结束")),
                ("head_count", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="来了几位")),
                (
                    "template",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sessions",
                        to="appointments.scheduletemplate",
                        verbose_name="排班",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "正常"), ("suspended", "停诊")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "suspension",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="appointments.suspension",
                        verbose_name="停诊",
                    ),
                ),
                ("suspended_reason", models.CharField(blank=True, max_length=80, verbose_name="停诊原因")),
                (
                    "allotted_hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.hall",
                        verbose_name="分配给礼堂",
                    ),
                ),
                (
                    "allotted_region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.region",
                        verbose_name="分配给区域",
                    ),
                ),
                ("last_number", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "门诊班次",
                "verbose_name_plural": "门诊班次",
                "ordering": ["date", "period", "pk"],
                "indexes": [
                    models.Index(fields=["department", "date"], name="session_of_week"),
                    models.Index(fields=["date"], name="session_of_day"),
                    models.Index(
                        condition=models.Q(("held_at__isnull", False)),
                        fields=["held_at", "date"],
                        name="session_held_at_hall",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("allotted_hall__isnull", False), ("allotted_region__isnull", True)),
                            models.Q(("allotted_hall__isnull", True), ("allotted_region__isnull", False)),
                            _connector="OR",
                        ),
                        name="session_allotted_to_one",
                        violation_error_message="号源要分给一个礼堂，或一个区域。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("template__isnull", False)),
                        fields=("template", "date"),
                        name="template_once_per_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("queue", "numbered"),
                            models.Q(("ends__isnull", False), ("starts__isnull", False)),
                            _connector="OR",
                        ),
                        name="walk_in_session_has_times",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("allotted_hall__isnull", False), ("doctor__isnull", False)),
                        fields=("doctor", "date", "period", "clinic_class", "allotted_hall"),
                        name="doctor_session_once_per_hall",
                        violation_error_message="这位医生这个时段已经有班次。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("allotted_region__isnull", False), ("doctor__isnull", False)),
                        fields=("doctor", "date", "period", "clinic_class", "allotted_region"),
                        name="doctor_session_once_per_region",
                        violation_error_message="这位医生这个时段已经有班次。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("allotted_hall__isnull", False), ("doctor__isnull", True)),
                        fields=("department", "date", "period", "clinic_class", "allotted_hall"),
                        name="ordinary_session_once_per_hall",
                        violation_error_message="这个科室这个时段已经有普通门诊。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("allotted_region__isnull", False), ("doctor__isnull", True)),
                        fields=("department", "date", "period", "clinic_class", "allotted_region"),
                        name="ordinary_session_once_per_region",
                        violation_error_message="这个科室这个时段已经有普通门诊。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="appointments.clinicsession",
                        verbose_name="班次",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("regular", "普通号"), ("extra", "加号")],
                        default="regular",
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("capacity", models.PositiveIntegerField(verbose_name="号数")),
                ("taken", models.PositiveIntegerField(default=0, editable=False, verbose_name="已约")),
                ("numbers", models.JSONField(default=list, editable=False)),
                ("is_open", models.BooleanField(default=True, verbose_name="开放")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed_slots",
                        to="appointments.suspension",
                    ),
                ),
            ],
            options={
                "verbose_name": "时段",
                "verbose_name_plural": "时段",
                "ordering": ["starts_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("taken__gte", 0), ("taken__lte", models.F("capacity"))),
                        name="slot_never_oversold",
                        violation_error_message="号数不能比已约的少。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="slot_in_order",
                        violation_error_message="结束时间要晚于开始时间。",
                    ),
                    models.UniqueConstraint(
                        fields=("session", "starts_at", "kind"),
                        name="slot_once",
                        violation_error_message="这个时间已经有时段。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitlistEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waitlist_entries",
                        to="auditorium.villager",
                        verbose_name="村民",
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
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waitlist_entries",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.doctor",
                        verbose_name="医生",
                    ),
                ),
                ("first_date", models.DateField(verbose_name="从哪天")),
                ("last_date", models.DateField(verbose_name="到哪天")),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        choices=[("morning", "上午"), ("afternoon", "下午"), ("evening", "晚上")],
                        max_length=10,
                        verbose_name="时段",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "排队中"),
                            ("offered", "有号了，等答复"),
                            ("booked", "约上了"),
                            ("lapsed", "没有答复"),
                            ("left", "不排了"),
                            ("refused", "不能约"),
                            ("over", "没排到"),
                        ],
                        default="waiting",
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
                ("joined_at", models.DateTimeField(verbose_name="什么时候排的")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("ended_reason", models.CharField(blank=True, max_length=120, verbose_name="原因")),
            ],
            options={
                "verbose_name": "候补",
                "verbose_name_plural": "候补",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["department", "id"], name="waitlist_queue"
                    ),
                    models.Index(fields=["villager", "-joined_at"], name="waitlist_of_villager"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "offered"))),
                        fields=("villager", "department"),
                        name="waitlist_once_per_department",
                        violation_error_message="这位村民已经在这个科室排队了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_date__gte", models.F("first_date"))), name="waitlist_dates_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reference", models.CharField(editable=False, max_length=12, unique=True, verbose_name="预约号")),
                (
                    "source",
                    models.CharField(
                        choices=[("schedule", "礼堂号源"), ("elsewhere", "别处约的"), ("connected", "医院系统")],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "占号中"),
                            ("pending_external", "等医院回复"),
                            ("booked", "已约好"),
                            ("arrived", "已到院"),
                            ("fulfilled", "已就诊"),
                            ("no_show", "没去就诊"),
                            ("unmarked", "没人登记"),
                            ("lapsed", "没及时答复"),
                            ("cancelled_by_villager", "已取消"),
                            ("cancelled_by_clinic", "医院停诊"),
                            ("rescheduled", "已改约"),
                            ("rejected", "医院没接受"),
                        ],
                        max_length=24,
                        verbose_name="状态",
                    ),
                ),
                (
                    "hospital_knows",
                    models.CharField(
                        choices=[
                            ("not_needed", "不需要"),
                            ("unsent", "还没报给医院"),
                            ("sent", "已报给医院"),
                            ("acknowledged", "医院已确认"),
                            ("refused", "医院没接受"),
                        ],
                        default="not_needed",
                        max_length=14,
                        verbose_name="医院是否知道",
                    ),
                ),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="auditorium.hall",
                        verbose_name="礼堂",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="auditorium.visit",
                        verbose_name="到访",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="appointments.slot",
                        verbose_name="时段",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="appointments.clinicsession",
                        verbose_name="班次",
                    ),
                ),
                (
                    "hospital",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
                ("hospital_text", models.CharField(blank=True, max_length=60, verbose_name="医院")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                ("department_text", models.CharField(blank=True, max_length=40, verbose_name="科室")),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="appointments.doctor",
                        verbose_name="医生",
                    ),
                ),
                ("doctor_text", models.CharField(blank=True, max_length=40, verbose_name="医生")),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="appointments.bookingchannel",
                        verbose_name="在哪里约的",
                    ),
                ),
                ("channel_text", models.CharField(blank=True, max_length=40, verbose_name="在哪里约的")),
                ("date", models.DateField(verbose_name="就诊日期")),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        choices=[("morning", "上午"), ("afternoon", "下午"), ("evening", "晚上")],
                        max_length=10,
                        verbose_name="时段",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="就诊时间")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="到几点")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="序号")),
                ("hospital_number", models.CharField(blank=True, max_length=20, verbose_name="医院的号")),
                ("pick_up_code", models.CharField(blank=True, max_length=30, verbose_name="取号码")),
                (
                    "clinic_class",
                    models.CharField(
                        blank=True,
                        choices=[("ordinary", "普通"), ("expert", "专家"), ("special", "特需")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="挂号费（元）"
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="在哪里看")),
                ("elsewhere_key", models.CharField(blank=True, default="", editable=False, max_length=200)),
                (
                    "booked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("booked_at", models.DateTimeField(verbose_name="约号时间")),
                ("held_until", models.DateTimeField(blank=True, null=True, verbose_name="占号到")),
                (
                    "waitlist_entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="appointments.waitlistentry",
                        verbose_name="候补",
                    ),
                ),
                ("moves", models.PositiveSmallIntegerField(default=0, verbose_name="改约次数")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("ended_reason", models.CharField(blank=True, max_length=120, verbose_name="原因")),
                (
                    "successor",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessor",
                        to="appointments.appointment",
                        verbose_name="改到",
                    ),
                ),
            ],
            options={
                "verbose_name": "预约",
                "verbose_name_plural": "预约",
                "ordering": ["-date", "-pk"],
                "indexes": [
                    models.Index(fields=["villager", "-date"], name="appointment_of_villager"),
                    models.Index(fields=["hall", "date"], name="appointment_of_hall_day"),
                    models.Index(fields=["slot", "state"], name="appointment_of_slot"),
                    models.Index(condition=models.Q(("state", "held")), fields=["held_until"], name="appointment_held"),
                    models.Index(
                        condition=models.Q(("state__in", ("booked", "arrived"))),
                        fields=["date"],
                        name="appointment_unmarked_by_day",
                    ),
                    models.Index(fields=["session", "state"], name="appointment_of_session"),
                    models.Index(
                        condition=models.Q(("hospital_knows__in", ("unsent", "sent"))),
                        fields=["hospital", "date"],
                        name="appointment_awaits_hospital",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("session__isnull", False), ("state__in", ("held", "pending_external", "booked", "arrived"))
                        ),
                        fields=("villager", "session"),
                        name="villager_once_per_session",
                        violation_error_message="这位村民这个班次已经约过了。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("number__isnull", False),
                            (
                                "state__in",
                                ("held", "pending_external", "booked", "arrived", "fulfilled", "no_show", "unmarked"),
                            ),
                        ),
                        fields=("session", "number"),
                        name="number_once_per_session",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("held", "pending_external", "booked", "arrived")),
                            models.Q(("elsewhere_key", ""), _negated=True),
                        ),
                        fields=("villager", "elsewhere_key"),
                        name="elsewhere_once",
                        violation_error_message="这个号已经登记过了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("session__isnull", True), ("slot__isnull", True), ("source", "elsewhere")),
                            models.Q(
                                ("session__isnull", False),
                                ("slot__isnull", False),
                                ("source", "schedule"),
                                ("starts_at__isnull", False),
                            ),
                            ("source", "connected"),
                            _connector="OR",
                        ),
                        name="appointment_place_fits_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hospital__isnull", False), models.Q(("hospital_text", ""), _negated=True), _connector="OR"
                        ),
                        name="appointment_names_hospital",
                        violation_error_message="请写明是哪家医院。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "held"), _negated=True), ("held_until__isnull", False), _connector="OR"
                        ),
                        name="appointment_hold_expires",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("key", models.UUIDField()),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="appointments.appointment",
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="booking_request_by_time")],
                "constraints": [models.UniqueConstraint(fields=("user", "key"), name="booking_request_once")],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True, verbose_name="日期")),
                (
                    "is_workday",
                    models.BooleanField(help_text="调休上班的周末勾上，放假的日子不勾。", verbose_name="上班"),
                ),
                ("name", models.CharField(blank=True, max_length=20, verbose_name="什么日子")),
            ],
            options={
                "verbose_name": "节假日和调休",
                "verbose_name_plural": "节假日和调休",
                "ordering": ["-date"],
            },
        ),
        migrations.CreateModel(
            name="NoShowLift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="no_show_lifts",
                        to="auditorium.villager",
                        verbose_name="村民",
                    ),
                ),
                (
                    "hospital",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.hospital",
                        verbose_name="医院",
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
                    "lifted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("lifted_at", models.DateTimeField(verbose_name="什么时候")),
                ("reason", models.CharField(max_length=120, verbose_name="原因")),
            ],
            options={
                "verbose_name": "解除限制",
                "verbose_name_plural": "解除限制",
                "ordering": ["-lifted_at"],
                "indexes": [models.Index(fields=["villager", "-lifted_at"], name="no_show_lift_of_villager")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalBookingPolicy",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="提前几天可约",
                    ),
                ),
                (
                    "release_time",
                    models.TimeField(
                        blank=True, help_text="最远一天的号从这个时间起可以约。", null=True, verbose_name="几点放号"
                    ),
                ),
                ("same_day", models.BooleanField(blank=True, null=True, verbose_name="当天可约")),
                (
                    "stop_rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("previous_day", "前一天"),
                            ("previous_workday", "前一个工作日"),
                            ("same_day", "当天，按上午下午"),
                        ],
                        max_length=20,
                        verbose_name="截止在",
                    ),
                ),
                (
                    "stop_time",
                    models.TimeField(
                        blank=True,
                        help_text="前一天（或前一个工作日）到这个时间就不能约了。",
                        null=True,
                        verbose_name="截止时间",
                    ),
                ),
                ("stop_morning", models.TimeField(blank=True, null=True, verbose_name="当天上午号截止")),
                ("stop_afternoon", models.TimeField(blank=True, null=True, verbose_name="当天下午号截止")),
                ("stop_evening", models.TimeField(blank=True, null=True, verbose_name="当天晚上号截止")),
                (
                    "cancel_days_before",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="提前几天取消"),
                ),
                ("cancel_time", models.TimeField(blank=True, null=True, verbose_name="取消截止时间")),
                ("cancel_on_workdays", models.BooleanField(blank=True, null=True, verbose_name="取消按工作日算")),
                (
                    "one_per_department_and_day",
                    models.BooleanField(blank=True, null=True, verbose_name="同科室一天限约一次"),
                ),
                (
                    "one_per_department_and_period",
                    models.BooleanField(blank=True, null=True, verbose_name="同科室半天限约一次"),
                ),
                (
                    "per_day",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="一人一天最多",
                    ),
                ),
                (
                    "per_week",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="一人一周最多",
                    ),
                ),
                (
                    "per_month",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="一人一月最多",
                    ),
                ),
                (
                    "per_quarter",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="一人一季最多",
                    ),
                ),
                (
                    "minimum_age",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(120)],
                        verbose_name="满几岁可约",
                    ),
                ),
                (
                    "documents",
                    models.JSONField(blank=True, default=list, help_text="不选就是都可以。", verbose_name="可用的证件"),
                ),
                ("max_moves", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最多改约几次")),
                (
                    "no_show_threshold",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="没去几次就限制"),
                ),
                ("no_show_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="多少天内算")),
                (
                    "no_show_penalty_days",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="限制多少天"),
                ),
                (
                    "no_show_scope",
                    models.CharField(
                        blank=True,
                        choices=[("hospital", "本医院"), ("everywhere", "所有医院")],
                        max_length=12,
                        verbose_name="算哪里的",
                    ),
                ),
                ("waitlist", models.BooleanField(blank=True, null=True, verbose_name="可以候补")),
                (
                    "offer_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="只算早上8点到晚上8点。",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(10)],
                        verbose_name="候补的号留几分钟",
                    ),
                ),
                (
                    "arrive_minutes",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="提前几分钟到"),
                ),
                ("pick_up_morning", models.TimeField(blank=True, null=True, verbose_name="上午最晚取号")),
                ("pick_up_afternoon", models.TimeField(blank=True, null=True, verbose_name="下午最晚取号")),
                ("pick_up_evening", models.TimeField(blank=True, null=True, verbose_name="晚上最晚取号")),
                ("bring", models.CharField(blank=True, max_length=120, verbose_name="要带什么")),
                ("prepare", models.CharField(blank=True, max_length=120, verbose_name="要准备什么")),
                (
                    "on_site",
                    models.CharField(
                        blank=True,
                        help_text="例如：每天 7:30 起一楼窗口有 20 个现场号",
                        max_length=120,
                        verbose_name="现场号",
                    ),
                ),
                (
                    "hospital",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="appointments.department",
                        verbose_name="科室",
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
                "verbose_name": "historical 预约规则",
                "verbose_name_plural": "historical 预约规则",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="BookingPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hospital",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy",
                        to="appointments.hospital",
                        verbose_name="医院",
                    ),
                ),
                (
                    "department",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="提前几天可约",
                    ),
                ),
                (
                    "release_time",
                    models.TimeField(
                        blank=True, help_text="最远一天的号从这个时间起可以约。", null=True, verbose_name="几点放号"
                    ),
                ),
                ("same_day", models.BooleanField(blank=True, null=True, verbose_name="当天可约")),
                (
                    "stop_rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("previous_day", "前一天"),
                            ("previous_workday", "前一个工作日"),
                            ("same_day", "当天，按上午下午"),
                        ],
                        max_length=20,
                        verbose_name="截止在",
                    ),
                ),
                (
                    "stop_time",
                    models.TimeField(
                        blank=True,
                        help_text="前一天（或前一个工作日）到这个时间就不能约了。",
                        null=True,
                        verbose_name="截止时间",
                    ),
                ),
                ("stop_morning", models.TimeField(blank=True, null=True, verbose_name="当天上午号截止")),
                ("stop_afternoon", models.TimeField(blank=True, null=True, verbose_name="当天下午号截止")),
                ("stop_evening", models.TimeField(blank=True, null=True, verbose_name="当天晚上号截止")),
                (
                    "cancel_days_before",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="提前几天取消"),
                ),
                ("cancel_time", models.TimeField(blank=True, null=True, verbose_name="取消截止时间")),
                ("cancel_on_workdays", models.BooleanField(blank=True, null=True, verbose_name="取消按工作日算")),
                (
                    "one_per_department_and_day",
                    models.BooleanField(blank=True, null=True, verbose_name="同科室一天限约一次"),
                ),
                (
                    "one_per_department_and_period",
                    models.BooleanField(blank=True, null=True, verbose_name="同科室半天限约一次"),
                ),
                (
                    "per_day",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="一人一天最多",
                    ),
                ),
                (
                    "per_week",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="一人一周最多",
                    ),
                ),
                (
                    "per_month",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="一人一月最多",
                    ),
                ),
                (
                    "per_quarter",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="一人一季最多",
                    ),
                ),
                (
                    "minimum_age",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(120)],
                        verbose_name="满几岁可约",
                    ),
                ),
                (
                    "documents",
                    models.JSONField(blank=True, default=list, help_text="不选就是都可以。", verbose_name="可用的证件"),
                ),
                ("max_moves", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最多改约几次")),
                (
                    "no_show_threshold",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="没去几次就限制"),
                ),
                ("no_show_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="多少天内算")),
                (
                    "no_show_penalty_days",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="限制多少天"),
                ),
                (
                    "no_show_scope",
                    models.CharField(
                        blank=True,
                        choices=[("hospital", "本医院"), ("everywhere", "所有医院")],
                        max_length=12,
                        verbose_name="算哪里的",
                    ),
                ),
                ("waitlist", models.BooleanField(blank=True, null=True, verbose_name="可以候补")),
                (
                    "offer_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="只算早上8点到晚上8点。",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(10)],
                        verbose_name="候补的号留几分钟",
                    ),
                ),
                (
                    "arrive_minutes",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="提前几分钟到"),
                ),
                ("pick_up_morning", models.TimeField(blank=True, null=True, verbose_name="上午最晚取号")),
                ("pick_up_afternoon", models.TimeField(blank=True, null=True, verbose_name="下午最晚取号")),
                ("pick_up_evening", models.TimeField(blank=True, null=True, verbose_name="晚上最晚取号")),
                ("bring", models.CharField(blank=True, max_length=120, verbose_name="要带什么")),
                ("prepare", models.CharField(blank=True, max_length=120, verbose_name="要准备什么")),
                (
                    "on_site",
                    models.CharField(
                        blank=True,
                        help_text="例如：每天 7:30 起一楼窗口有 20 个现场号",
                        max_length=120,
                        verbose_name="现场号",
                    ),
                ),
            ],
            options={
                "verbose_name": "预约规则",
                "verbose_name_plural": "预约规则",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("department__isnull", True), ("hospital__isnull", False)),
                            models.Q(("department__isnull", False), ("hospital__isnull", True)),
                            _connector="OR",
                        ),
                        name="policy_of_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁上传的",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="上传时间")),
                ("file_name", models.CharField(max_length=120, verbose_name="文件名")),
                ("content", models.BinaryField()),
                (
                    "hospital",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.hospital",
                        verbose_name="医院",
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
                        verbose_name="分配给礼堂",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auditorium.region",
                        verbose_name="分配给区域",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("previewed", "等您决定"), ("applied", "已导入"), ("discarded", "没有导入")],
                        default="previewed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("outcome", models.JSONField(default=dict)),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="决定时间")),
            ],
            options={
                "verbose_name": "排班表",
                "verbose_name_plural": "排班表",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wishes",
                        to="auditorium.villager",
                        verbose_name="村民",
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wishes",
                        to="appointments.clinicsession",
                        verbose_name="班次",
                    ),
                ),
                ("not_before", models.TimeField(blank=True, null=True, verbose_name="最早几点")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等放号"),
                            ("booked", "约上了"),
                            ("missed", "没约上"),
                            ("cancelled", "不约了"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="什么时候登记的")),
                (
                    "appointment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wish",
                        to="appointments.appointment",
                        verbose_name="预约",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("ended_reason", models.CharField(blank=True, max_length=120, verbose_name="原因")),
            ],
            options={
                "verbose_name": "等放号",
                "verbose_name_plural": "等放号",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["session", "id"], name="wish_queue")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("villager", "session"),
                        name="wish_once_per_session",
                        violation_error_message="已经登记过了，放号就约。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Revisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "villager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisits",
                        to="auditorium.villager",
                        verbose_name="村民",
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
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.department",
                        verbose_name="科室",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.doctor",
                        verbose_name="医生",
                    ),
                ),
                (
                    "after",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisits",
                        to="appointments.appointment",
                        verbose_name="哪次看病以后",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="大约哪天复诊")),
                ("automatic", models.BooleanField(default=False, verbose_name="到时候直接约")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "还没到时候"),
                            ("due", "可以约了"),
                            ("booked", "约上了"),
                            ("cancelled", "不用了"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="什么时候登记的")),
                (
                    "wish",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisit",
                        to="appointments.wish",
                        verbose_name="等放号",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("ended_reason", models.CharField(blank=True, max_length=120, verbose_name="原因")),
            ],
            options={
                "verbose_name": "复诊",
                "verbose_name_plural": "复诊",
                "ordering": ["due_on", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due_on"], name="revisit_coming"),
                    models.Index(fields=["villager", "due_on"], name="revisit_of_villager"),
                ],
            },
        ),
    ]
