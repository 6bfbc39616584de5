"""What is wrong with an expression, and where."""

from wellhead import sdk

_AROUND = 20


class ExpressionError(sdk.WellheadError):
    """position: the character at fault, counted from 1; 0 = the expression as a whole"""

    def __init__(self, message: str, text: str, position: int = 0, remedy: str | None = None):
        where = f" at character {position}" if position else ""
        super().__init__(
            f"{message}{where}",
            field="expression",
            value=text[max(0, position - 1 - _AROUND) : position - 1 + _AROUND],
            remedy=remedy,
        )
        self.position = position
