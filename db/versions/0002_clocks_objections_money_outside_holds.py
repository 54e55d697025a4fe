"""clocks, objections, money outside holds

Revision ID: 0002
Revises: 0001

Policy: a migration never loses a row. Columns are added with a value for old rows; a table that goes
is first copied to where its rows live on; evidence and entries keep their bytes. Each migration has a
test that upgrades a file with data. Triggers are made anew by store.schema after every upgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "secret",
                sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
                nullable=False,
                server_default="",
            )
        )
    op.create_table(
        "clock_rule",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column(
            "law",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "reason",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_clock_rule_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_rule")),
    )
    with op.batch_alter_table("clock_rule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_clock_rule_name_valid_from"), ["name", "valid_from"], unique=False
        )

    op.create_table(
        "elsewhere",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("victim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "reason",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.CheckConstraint("fen > 0", name=op.f("ck_elsewhere_fen_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_elsewhere_case_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["elsewhere.id"], name=op.f("fk_elsewhere_reverses_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_elsewhere_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elsewhere")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_elsewhere_reverses_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_elsewhere_uid")),
    )
    with op.batch_alter_table("elsewhere", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_elsewhere_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_elsewhere_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_elsewhere_victim_id"), ["victim_id"], unique=False)

    op.create_table(
        "payback",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("victim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "reason",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.CheckConstraint("fen > 0", name=op.f("ck_payback_fen_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_payback_case_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["payback.id"], name=op.f("fk_payback_reverses_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_payback_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payback")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_payback_reverses_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_payback_uid")),
    )
    with op.batch_alter_table("payback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payback_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payback_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payback_victim_id"), ["victim_id"], unique=False)

    op.create_table(
        "objection",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hold_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "name",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "decision",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_objection_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_objection_decided_by")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_objection_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("uid", name=op.f("uq_objection_uid")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_hold_id"), ["hold_id"], unique=False)

    with op.batch_alter_table("leg", schema=None) as batch_op:
        batch_op.add_column(sa.Column("document_due_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.drop_column("secret")

    with op.batch_alter_table("leg", schema=None) as batch_op:
        batch_op.drop_column("document_due_at")

    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_hold_id"))
        batch_op.drop_index(batch_op.f("ix_objection_case_id"))

    op.drop_table("objection")
    with op.batch_alter_table("payback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payback_victim_id"))
        batch_op.drop_index(batch_op.f("ix_payback_entry_id"))
        batch_op.drop_index(batch_op.f("ix_payback_case_id"))

    op.drop_table("payback")
    with op.batch_alter_table("elsewhere", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_elsewhere_victim_id"))
        batch_op.drop_index(batch_op.f("ix_elsewhere_entry_id"))
        batch_op.drop_index(batch_op.f("ix_elsewhere_case_id"))

    op.drop_table("elsewhere")
    with op.batch_alter_table("clock_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clock_rule_name_valid_from"))

    op.drop_table("clock_rule")
