"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}

Policy: a migration never loses a row. Columns are added with a value for old rows; a table that goes
is first copied to where its rows live on; evidence and entries keep their bytes. Each migration has a
test that upgrades a file with data. Triggers are made anew by store.schema after every upgrade.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
