"""statements, returns, handovers, files kept by hash, views

Revision ID: 0003
Revises: 0002

Policy: a migration never loses a row. Columns are added with a value for old rows; a table that goes
is first copied to where its rows live on; evidence and entries keep their bytes. Each migration has a
test that upgrades a file with data. Triggers are made anew by store.schema after every upgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHORT = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
LINE = sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql")


KEPT = sa.text("stopped + frozen > 0")
LAPSE_WAITS = sa.text("lapsed > 0 AND acknowledged_at IS NULL")
ON_A_HOLD = sa.text("hold_id IS NOT NULL")
OF_A_VICTIM = sa.text("victim_id IS NOT NULL")


def upgrade() -> None:
    # The queue at a million: what each list asks for stands in an index of its own.
    op.drop_index("ix_leg_institution_code_state", "leg")
    op.drop_index("ix_leg_case_id", "leg")
    op.create_index("ix_leg_state_recorded_at", "leg", ["state", "recorded_at"])
    op.create_index(
        "ix_leg_institution_code_state_recorded_at", "leg", ["institution_code", "state", "recorded_at"]
    )
    op.create_index("ix_leg_case_id_institution_code", "leg", ["case_id", "institution_code"])
    op.create_index("ix_leg_hold_id", "leg", ["hold_id"], sqlite_where=ON_A_HOLD, postgresql_where=ON_A_HOLD)
    op.create_index("ix_hold_kept_ends_at", "hold", ["ends_at"], sqlite_where=KEPT, postgresql_where=KEPT)
    op.create_index(
        "ix_hold_lapse_waits", "hold", ["ends_at"], sqlite_where=LAPSE_WAITS, postgresql_where=LAPSE_WAITS
    )
    op.create_index(
        "ix_ledger_entry_victim_id",
        "ledger_entry",
        ["victim_id"],
        sqlite_where=OF_A_VICTIM,
        postgresql_where=OF_A_VICTIM,
    )
    # The unique constraint begins with the same two columns.
    op.drop_index("ix_search_word_word_owner", "search_word")
    op.drop_index("ix_search_word_case_id", "search_word")
    op.create_index("ix_search_word_case_id_word", "search_word", ["case_id", "word"])
    op.create_table(
        "content",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content")),
        sa.UniqueConstraint("sha256", name=op.f("uq_content_sha256")),
    )
    op.create_table(
        "statement_batch",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("seat_id", SHORT, nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_batch")),
    )
    op.create_table(
        "statement_link",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", LINE, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_link")),
    )
    with op.batch_alter_table("statement_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_link_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_link_row_id"), ["row_id"], unique=False)

    op.create_table(
        "statement_remark",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", LINE, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_remark")),
    )
    with op.batch_alter_table("statement_remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_remark_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "statement_row",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", LINE, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account", SHORT, nullable=False),
        sa.Column("holder", LINE, nullable=False),
        sa.Column("holder_id", SHORT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("precision", SHORT, nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("incoming", sa.Boolean(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("counterparty", SHORT, nullable=False),
        sa.Column("counterparty_name", LINE, nullable=False),
        sa.Column("counterparty_id", SHORT, nullable=False),
        sa.Column("counterparty_bank", LINE, nullable=False),
        sa.Column("currency", SHORT, nullable=False),
        sa.Column("channel", SHORT, nullable=False),
        sa.Column("serial", SHORT, nullable=False),
        sa.Column("remark", LINE, nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("more", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_row")),
    )
    with op.batch_alter_table("statement_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_row_account_at"), ["account", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_row_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_statement_row_counterparty_at"), ["counterparty", "at"], unique=False
        )

    op.create_table(
        "chunk",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_chunk_content_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunk")),
        sa.UniqueConstraint("content_id", "position", name=op.f("uq_chunk_content_id_position")),
    )
    op.create_table(
        "presence",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("seat_id", SHORT, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("typing", sa.Boolean(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
        sa.UniqueConstraint("seat_id", name=op.f("uq_presence_seat_id")),
    )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_kind_subject_id"), ["kind", "subject_id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("place", SHORT, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("uid", name=op.f("uq_saved_view_uid")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_saved_view_place_person_id"), ["place", "person_id"], unique=False
        )

    op.create_table(
        "statement_layout",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("institution_code", SHORT, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_statement_layout_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_layout")),
        sa.UniqueConstraint("uid", name=op.f("uq_statement_layout_uid")),
    )
    op.create_table(
        "log_note",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("shift_id", KEY, nullable=True),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("institution_code", SHORT, nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", LINE, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_log_note_author_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_log_note_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_note")),
        sa.UniqueConstraint("uid", name=op.f("uq_log_note_uid")),
    )
    with op.batch_alter_table("log_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_note_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "read_back",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("shift_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_read_back_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_read_back_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_back")),
        sa.UniqueConstraint("shift_id", "person_id", name=op.f("uq_read_back_shift_id_person_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_read_back_uid")),
    )
    with op.batch_alter_table("read_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_read_back_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "statement_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("institution_code", SHORT, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.Column("layout", LINE, nullable=False),
        sa.Column("encoding", SHORT, nullable=False),
        sa.Column("sheets", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("came_in", sa.BigInteger(), nullable=False),
        sa.Column("went_out", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=True),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["statement_batch.id"], name=op.f("fk_statement_file_batch_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_statement_file_case_id")),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_statement_file_content_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_statement_file_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_file")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_statement_file_batch_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_statement_file_uid")),
    )
    with op.batch_alter_table("statement_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_file_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "trace_run",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("rule", SHORT, nullable=False),
        sa.Column("reason", LINE, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_trace_run_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trace_run_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_run")),
        sa.UniqueConstraint("uid", name=op.f("uq_trace_run_uid")),
    )
    with op.batch_alter_table("trace_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trace_run_case_id"), ["case_id"], unique=False)

    op.create_table(
        "trace_finding",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("outcome", LINE, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_trace_finding_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_trace_finding_case_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_trace_finding_closed_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trace_finding_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_finding")),
        sa.UniqueConstraint("uid", name=op.f("uq_trace_finding_uid")),
    )
    with op.batch_alter_table("trace_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trace_finding_case_id"), ["case_id"], unique=False)

    op.create_table(
        "victim_contact",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("victim_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("channel", SHORT, nullable=False),
        sa.Column("about", SHORT, nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=True),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_victim_contact_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_victim_contact_person_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_victim_contact_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim_contact")),
        sa.UniqueConstraint("uid", name=op.f("uq_victim_contact_uid")),
    )
    with op.batch_alter_table("victim_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_victim_contact_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_victim_contact_victim_id"), ["victim_id"], unique=False)

    op.create_table(
        "return_plan",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("office", SHORT, nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("number", SHORT, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("hold_id", KEY, nullable=False),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("verdict", SHORT, nullable=False),
        sa.Column("rule", SHORT, nullable=False),
        sa.Column("reason", LINE, nullable=False),
        sa.Column("state", SHORT, nullable=False),
        sa.Column("frozen", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("planned_by", KEY, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("notice_from", sa.BigInteger(), nullable=True),
        sa.Column("notice_until", sa.BigInteger(), nullable=True),
        sa.Column("notice_where", LINE, nullable=False),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", LINE, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_return_plan_approved_by")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_return_plan_case_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_return_plan_hold_id")),
        sa.ForeignKeyConstraint(["planned_by"], ["person.id"], name=op.f("fk_return_plan_planned_by")),
        sa.ForeignKeyConstraint(["replaces_id"], ["return_plan.id"], name=op.f("fk_return_plan_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_plan")),
        sa.UniqueConstraint("number", name=op.f("uq_return_plan_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_return_plan_uid")),
    )
    with op.batch_alter_table("return_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_plan_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_plan_hold_id"), ["hold_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_plan_state"), ["state"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("leg_id", KEY, nullable=True),
        sa.Column("content_id", KEY, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("media", SHORT, nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("institution_code", SHORT, nullable=False),
        sa.Column("addressed", LINE, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", LINE, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_attachment_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_attachment_content_id")),
        sa.ForeignKeyConstraint(["leg_id"], ["leg.id"], name=op.f("fk_attachment_leg_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("uid", name=op.f("uq_attachment_uid")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_content_id"), ["content_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_leg_id"), ["leg_id"], unique=False)

    op.create_table(
        "leg_flag",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("leg_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("institution_code", SHORT, nullable=False),
        sa.Column("colour", SHORT, nullable=False),
        sa.Column("text", LINE, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.Column("cleared_by", KEY, nullable=True),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cleared_by"], ["person.id"], name=op.f("fk_leg_flag_cleared_by")),
        sa.ForeignKeyConstraint(["leg_id"], ["leg.id"], name=op.f("fk_leg_flag_leg_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leg_flag_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leg_flag")),
        sa.UniqueConstraint("uid", name=op.f("uq_leg_flag_uid")),
    )
    with op.batch_alter_table("leg_flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leg_flag_leg_id"), ["leg_id"], unique=False)

    op.create_table(
        "paper",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("number", SHORT, nullable=False),
        sa.Column("check_code", SHORT, nullable=False),
        sa.Column("title", LINE, nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("leg_id", KEY, nullable=True),
        sa.Column("institution_code", SHORT, nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_paper_case_id")),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_paper_content_id")),
        sa.ForeignKeyConstraint(["leg_id"], ["leg.id"], name=op.f("fk_paper_leg_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("uid", name=op.f("uq_paper_uid")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_kind_recorded_at"), ["kind", "recorded_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_number"), ["number"], unique=False)

    op.create_table(
        "paper_slip",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("number", SHORT, nullable=False),
        sa.Column("check_digit", SHORT, nullable=False),
        sa.Column("printed_by", KEY, nullable=False),
        sa.Column("printed_at", sa.BigInteger(), nullable=False),
        sa.Column("leg_id", KEY, nullable=True),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("used_by", KEY, nullable=True),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", LINE, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_paper_slip_case_id")),
        sa.ForeignKeyConstraint(["leg_id"], ["leg.id"], name=op.f("fk_paper_slip_leg_id")),
        sa.ForeignKeyConstraint(["printed_by"], ["person.id"], name=op.f("fk_paper_slip_printed_by")),
        sa.ForeignKeyConstraint(["used_by"], ["person.id"], name=op.f("fk_paper_slip_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_slip")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_slip_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_paper_slip_uid")),
    )
    op.create_table(
        "return_line",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("victim_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outstanding", sa.BigInteger(), nullable=False),
        sa.Column("computed", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", LINE, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <= outstanding", name=op.f("ck_return_line_not_above_loss")),
        sa.CheckConstraint(
            "amount >= 0 AND computed >= 0 AND outstanding >= 0", name=op.f("ck_return_line_not_negative")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["return_plan.id"], name=op.f("fk_return_line_plan_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_return_line_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_line")),
        sa.UniqueConstraint("uid", name=op.f("uq_return_line_uid")),
    )
    with op.batch_alter_table("return_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_line_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_line_victim_id"), ["victim_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("number", SHORT, nullable=False),
        sa.Column("shift_id", KEY, nullable=False),
        sa.Column("institution_code", SHORT, nullable=True),
        sa.Column("unscheduled", sa.Boolean(), nullable=False),
        sa.Column("state", SHORT, nullable=False),
        sa.Column("from_entry", sa.BigInteger(), nullable=False),
        sa.Column("cut_entry", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("outgoing_id", KEY, nullable=False),
        sa.Column("incoming_id", KEY, nullable=True),
        sa.Column("prepared_at", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("read_back", sa.Text(), nullable=False),
        sa.Column("acknowledged_entry", sa.BigInteger(), nullable=False),
        sa.Column("outgoing_signed_at", sa.BigInteger(), nullable=True),
        sa.Column("incoming_signed_at", sa.BigInteger(), nullable=True),
        sa.Column("paper_id", KEY, nullable=True),
        sa.Column("next_shift_id", KEY, nullable=True),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", LINE, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incoming_id"], ["person.id"], name=op.f("fk_handover_incoming_id")),
        sa.ForeignKeyConstraint(
            ["institution_code"], ["institution.code"], name=op.f("fk_handover_institution_code")
        ),
        sa.ForeignKeyConstraint(["next_shift_id"], ["shift.id"], name=op.f("fk_handover_next_shift_id")),
        sa.ForeignKeyConstraint(["outgoing_id"], ["person.id"], name=op.f("fk_handover_outgoing_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_handover_paper_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_handover_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_handover_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_handover_uid")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_shift_id"), ["shift_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_state"), ["state"], unique=False)

    op.create_table(
        "note_taken",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("note_id", KEY, nullable=False),
        sa.Column("institution_code", SHORT, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_taken_note_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_note_taken_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_taken")),
        sa.UniqueConstraint(
            "note_id", "institution_code", name=op.f("uq_note_taken_note_id_institution_code")
        ),
    )
    with op.batch_alter_table("note_taken", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_taken_note_id"), ["note_id"], unique=False)

    op.create_table(
        "return_order",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("office", SHORT, nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("number", SHORT, nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("hold_id", KEY, nullable=False),
        sa.Column("victim_id", KEY, nullable=False),
        sa.Column("institution_code", SHORT, nullable=True),
        sa.Column("leg_id", KEY, nullable=True),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("to_bank", LINE, nullable=False),
        sa.Column("to_name", LINE, nullable=False),
        sa.Column("to_number", SHORT, nullable=False),
        sa.Column("officer_id", KEY, nullable=False),
        sa.Column("officer_number", SHORT, nullable=False),
        sa.Column("co_officer", LINE, nullable=False),
        sa.Column("co_officer_number", SHORT, nullable=False),
        sa.Column("ordered_by", KEY, nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("serial", SHORT, nullable=False),
        sa.Column("paid_by", LINE, nullable=False),
        sa.Column("receipt_by", KEY, nullable=True),
        sa.Column("receipt_at", sa.BigInteger(), nullable=True),
        sa.Column("ledger_id", KEY, nullable=True),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", LINE, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fen > 0", name=op.f("ck_return_order_fen_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_return_order_case_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_return_order_hold_id")),
        sa.ForeignKeyConstraint(
            ["institution_code"], ["institution.code"], name=op.f("fk_return_order_institution_code")
        ),
        sa.ForeignKeyConstraint(["ledger_id"], ["ledger_entry.id"], name=op.f("fk_return_order_ledger_id")),
        sa.ForeignKeyConstraint(["leg_id"], ["leg.id"], name=op.f("fk_return_order_leg_id")),
        sa.ForeignKeyConstraint(["line_id"], ["return_line.id"], name=op.f("fk_return_order_line_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["person.id"], name=op.f("fk_return_order_officer_id")),
        sa.ForeignKeyConstraint(["ordered_by"], ["person.id"], name=op.f("fk_return_order_ordered_by")),
        sa.ForeignKeyConstraint(["plan_id"], ["return_plan.id"], name=op.f("fk_return_order_plan_id")),
        sa.ForeignKeyConstraint(["receipt_by"], ["person.id"], name=op.f("fk_return_order_receipt_by")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_return_order_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_order")),
        sa.UniqueConstraint("number", name=op.f("uq_return_order_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_return_order_uid")),
    )
    with op.batch_alter_table("return_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_order_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_order_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_order_hold_id"), ["hold_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_order_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_order_victim_id"), ["victim_id"], unique=False)

    op.create_table(
        "handover_check",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("handover_id", KEY, nullable=False),
        sa.Column("item", SHORT, nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("difference", LINE, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_handover_check_handover_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handover_check_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_check")),
        sa.UniqueConstraint("handover_id", "item", name=op.f("uq_handover_check_handover_id_item")),
        sa.UniqueConstraint("uid", name=op.f("uq_handover_check_uid")),
    )
    with op.batch_alter_table("handover_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_check_handover_id"), ["handover_id"], unique=False)

    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plan_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("victim_id", KEY, nullable=True))
        batch_op.create_index(batch_op.f("ix_objection_plan_id"), ["plan_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_objection_victim_id"), "victim", ["victim_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_objection_plan_id"), "return_plan", ["plan_id"], ["id"])


def downgrade() -> None:
    op.drop_index("ix_search_word_case_id_word", "search_word")
    op.create_index("ix_search_word_case_id", "search_word", ["case_id"])
    op.create_index("ix_search_word_word_owner", "search_word", ["word", "owner"])
    op.drop_index("ix_ledger_entry_victim_id", "ledger_entry")
    op.drop_index("ix_hold_lapse_waits", "hold")
    op.drop_index("ix_hold_kept_ends_at", "hold")
    op.drop_index("ix_leg_hold_id", "leg")
    op.drop_index("ix_leg_case_id_institution_code", "leg")
    op.drop_index("ix_leg_institution_code_state_recorded_at", "leg")
    op.drop_index("ix_leg_state_recorded_at", "leg")
    op.create_index("ix_leg_case_id", "leg", ["case_id"])
    op.create_index("ix_leg_institution_code_state", "leg", ["institution_code", "state"])
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_objection_plan_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_objection_victim_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_objection_plan_id"))
        batch_op.drop_column("victim_id")
        batch_op.drop_column("plan_id")

    with op.batch_alter_table("handover_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_check_handover_id"))

    op.drop_table("handover_check")
    with op.batch_alter_table("return_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_order_victim_id"))
        batch_op.drop_index(batch_op.f("ix_return_order_plan_id"))
        batch_op.drop_index(batch_op.f("ix_return_order_hold_id"))
        batch_op.drop_index(batch_op.f("ix_return_order_due_at"))
        batch_op.drop_index(batch_op.f("ix_return_order_case_id"))

    op.drop_table("return_order")
    with op.batch_alter_table("note_taken", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_note_taken_note_id"))

    op.drop_table("note_taken")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_state"))
        batch_op.drop_index(batch_op.f("ix_handover_shift_id"))

    op.drop_table("handover")
    with op.batch_alter_table("return_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_line_victim_id"))
        batch_op.drop_index(batch_op.f("ix_return_line_plan_id"))

    op.drop_table("return_line")
    op.drop_table("paper_slip")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_number"))
        batch_op.drop_index(batch_op.f("ix_paper_kind_recorded_at"))
        batch_op.drop_index(batch_op.f("ix_paper_case_id"))

    op.drop_table("paper")
    with op.batch_alter_table("leg_flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leg_flag_leg_id"))

    op.drop_table("leg_flag")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_leg_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_content_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_case_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("return_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_plan_state"))
        batch_op.drop_index(batch_op.f("ix_return_plan_hold_id"))
        batch_op.drop_index(batch_op.f("ix_return_plan_case_id"))

    op.drop_table("return_plan")
    with op.batch_alter_table("victim_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_victim_contact_victim_id"))
        batch_op.drop_index(batch_op.f("ix_victim_contact_case_id"))

    op.drop_table("victim_contact")
    with op.batch_alter_table("trace_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trace_finding_case_id"))

    op.drop_table("trace_finding")
    with op.batch_alter_table("trace_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trace_run_case_id"))

    op.drop_table("trace_run")
    with op.batch_alter_table("statement_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_file_sha256"))
        batch_op.drop_index(batch_op.f("ix_statement_file_case_id"))

    op.drop_table("statement_file")
    with op.batch_alter_table("read_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_read_back_shift_id"))

    op.drop_table("read_back")
    with op.batch_alter_table("log_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_note_shift_id"))

    op.drop_table("log_note")
    op.drop_table("statement_layout")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_view_place_person_id"))

    op.drop_table("saved_view")
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presence_kind_subject_id"))

    op.drop_table("presence")
    op.drop_table("chunk")
    with op.batch_alter_table("statement_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_row_counterparty_at"))
        batch_op.drop_index(batch_op.f("ix_statement_row_batch_id"))
        batch_op.drop_index(batch_op.f("ix_statement_row_account_at"))

    op.drop_table("statement_row")
    with op.batch_alter_table("statement_remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_remark_batch_id"))

    op.drop_table("statement_remark")
    with op.batch_alter_table("statement_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_link_row_id"))
        batch_op.drop_index(batch_op.f("ix_statement_link_batch_id"))

    op.drop_table("statement_link")
    op.drop_table("statement_batch")
    op.drop_table("content")
