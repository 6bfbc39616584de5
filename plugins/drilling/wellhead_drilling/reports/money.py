"""Money: exact decimals with the currency they are in; nothing of it is ever a float.

Amounts travel as JSON strings, since a JSON number is a float to nearly every program that reads
one. There is no rate between currencies here: totals are a currency at a time.
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from marshmallow import fields

from wellhead import sdk

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR
MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_DIGITS = {0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"} | {
    3: "BHD IQD JOD KWD LYD OMR TND"
}

CURRENCIES: dict[str, int] = dict.fromkeys(_CODES.split(), 2) | {
    code: digits for digits, codes in _DIGITS.items() for code in codes.split()
}
"""Currencies of ISO 4217 (list one, circulating) and how many decimals their amounts have."""

MOST = Decimal(10) ** 15
"""What no amount reaches."""

_TEXT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


class DecimalText(fields.String):
    """An exact decimal as text, at most 12 digits before the point and 6 after: `"1250.50"`."""

    default_error_messages = {  # noqa: RUF012 (as marshmallow declares it)
        "invalid": 'Must be a decimal as text, like "1250.50".',
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _TEXT.fullmatch(text):
            raise self.make_error("invalid")
        return Decimal(text)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:f}"


def check_amount(amount: Decimal, currency: str, field: str = "amount") -> Decimal:
    """The amount with the decimals of its currency. Raises WellheadError when it has more."""
    rounded = _in_minor_units(amount, currency)
    if rounded != amount:
        raise sdk.WellheadError(
            f"amounts in {currency} have {CURRENCIES[currency]} decimals",
            field=field,
            value=f"{amount:f}",
            remedy=f"Give {rounded:f}, or quantity and unit price",
        )
    return rounded


def priced(
    quantity: Decimal, unit_price: Decimal, currency: str, field: str = "quantity"
) -> Decimal:
    """quantity · unit price in the decimals of the currency; halves go to the even neighbour.
    Raises WellheadError for a product that is no price of anything."""
    amount = _in_minor_units(_EXACT.multiply(quantity, unit_price), currency)
    if abs(amount) >= MOST:
        raise sdk.WellheadError(
            f"at {unit_price:f} {currency} it costs more than there is",
            field=field,
            value=f"{quantity:f}",
            remedy="Correct quantity or unit price",
        )
    return amount


def _in_minor_units(amount: Decimal, currency: str) -> Decimal:
    unit = Decimal(1).scaleb(-CURRENCIES[currency])
    return _EXACT.plus(amount.quantize(unit, context=_EXACT))  # plus: a zero has no sign
