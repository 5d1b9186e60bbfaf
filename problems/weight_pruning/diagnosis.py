"""How a wrong answer to this problem is explained."""

from judge.diagnosis.weights import assertion, exchange, outline, right_answers, telling

__all__ = ["assertion", "exchange", "outline", "right_answers", "telling"]
