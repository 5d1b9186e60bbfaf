"""How a wrong answer to this problem is explained."""

from judge.diagnosis.channels import assertion, exchange, outline, raises, right_answers, telling, unfit

__all__ = ["assertion", "exchange", "outline", "raises", "right_answers", "telling", "unfit"]
