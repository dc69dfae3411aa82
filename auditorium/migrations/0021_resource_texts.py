"""Words by which resources are found: tsvector with GIN on PostgreSQL, FTS5 kept by triggers on SQLite."""

import auditorium.models.library.texts
import django.db.models.deletion
from django.db import migrations, models

POSTGRESQL = [
    """
    ALTER TABLE auditorium_resourcetext
    ADD COLUMN vector tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED
    """,
    "CREATE INDEX resource_text_words ON auditorium_resourcetext USING gin (vector)",
]
POSTGRESQL_BACK = ["ALTER TABLE auditorium_resourcetext DROP COLUMN vector"]
# The FTS5 table reads the words from the table itself. Who empties a row from it must say what stood there.
SQLITE = [
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
SQLITE_BACK = [
    "DROP TRIGGER auditorium_resourcetext_changed",
    "DROP TRIGGER auditorium_resourcetext_removed",
    "DROP TRIGGER auditorium_resourcetext_added",
    "DROP TABLE auditorium_resourcetext_fts",
]


def _run(schema_editor, postgresql, sqlite):
    for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def forwards(apps, schema_editor):
    _run(schema_editor, POSTGRESQL, SQLITE)


def backwards(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BACK, SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("auditorium", "0020_dialect_lessons")]
    operations = [
        migrations.CreateModel(
            name="ResourceText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.PositiveSmallIntegerField(default=0)),
                ("words", auditorium.models.library.texts.SpacedWordsField()),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="auditorium.resource",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="resourcetext",
            constraint=models.UniqueConstraint(fields=("resource", "part"), name="resource_text_part_once"),
        ),
        migrations.AddIndex(
            model_name="resource",
            index=models.Index(
                condition=models.Q(("state", "published")),
                fields=["kind", "order", "title", "id"],
                name="resource_of_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="resource",
            index=models.Index(
                condition=models.Q(("state", "published")), fields=["order", "title", "id"], name="resource_on_shelf"
            ),
        ),
        migrations.RunPython(forwards, backwards),
    ]
