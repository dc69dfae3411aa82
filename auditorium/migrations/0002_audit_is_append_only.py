"""Triggers that refuse to change the audit log; only the retention job deletes, saying so first."""

from django.db import migrations

POSTGRESQL = [
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
POSTGRESQL_BACK = [
    "DROP TRIGGER auditorium_audit_append_only ON auditorium_auditentry",
    "DROP FUNCTION auditorium_audit_append_only()",
]
# SQLite has no session settings: its retention job drops and remakes the delete trigger in one transaction.
SQLITE = [
    """
    CREATE TRIGGER auditorium_audit_no_update BEFORE UPDATE ON auditorium_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER auditorium_audit_no_delete BEFORE DELETE ON auditorium_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
]
SQLITE_BACK = ["DROP TRIGGER auditorium_audit_no_update", "DROP TRIGGER auditorium_audit_no_delete"]


def _run(schema_editor, postgresql, sqlite):
    for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def forwards(apps, schema_editor):
    _run(schema_editor, POSTGRESQL, SQLITE)


def backwards(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BACK, SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("auditorium", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
