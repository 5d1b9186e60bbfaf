"""Where submissions and their results are kept. ``base`` says what a store must do, ``sqlite`` is the embedded one."""

from judge.store.base import ATTEMPTS, Claim, Row, Status, Store
from judge.store.sqlite import SqliteStore

__all__ = ["ATTEMPTS", "Claim", "Row", "SqliteStore", "Status", "Store"]
