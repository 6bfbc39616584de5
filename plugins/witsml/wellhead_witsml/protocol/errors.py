"""What can go wrong with a store, each with what to do about it."""

from wellhead import sdk


class WitsmlError(sdk.WellheadError):
    """Any problem with a WITSML store or with what it says."""


class StoreUnreachable(WitsmlError):
    """No answer: refused, reset, timed out, or the server is in trouble itself. Try again later."""


class StoreRefused(WitsmlError):
    """The way to the store is closed until somebody changes the configuration: its address is not
    allowed, its certificate not trusted, the user not known."""


class ReplyError(WitsmlError):
    """An answer came, but not one that WITSML allows, or one beyond the limits."""


class ReturnError(WitsmlError):
    """The store answered with a negative result.

    number: the result, −401 and below
    text: what the store says of it: its supplementary message, else its base message
    """

    def __init__(self, number: int, text: str, remedy: str | None) -> None:
        super().__init__(
            f"the store answers {number}: {text}", field="Result", value=number, remedy=remedy
        )
        self.number = number
        self.text = text


class PollingTooFast(ReturnError):
    """−485: asked again before the store's changeDetectionPeriod was over. Wait longer."""


class ObjectMissing(ReturnError):
    """−433: the object to update or delete is not in the store."""


class ObjectExists(ReturnError):
    """−405: an object of this type with these identifiers is in the store already."""
