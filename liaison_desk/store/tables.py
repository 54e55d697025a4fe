"""Every table of the office: whoever works with all of them at once imports this, so that none is unknown."""

from __future__ import annotations

from sqlalchemy import MetaData

from liaison_desk.store import beside, chain, content, duty, models, payouts, statements, views
from liaison_desk.store.base import Base

__all__ = ["METADATA", "beside", "chain", "content", "duty", "models", "payouts", "statements", "views"]

METADATA: MetaData = Base.metadata
