"""What every audit works on."""

from tests.audit.programme import names

__all__ = ["names"]
