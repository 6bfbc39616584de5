"""S1 for calculated tags: whatever is sent, nothing becomes an error of the server."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.plugins.calculations.conftest import CALCULATIONS, Plant

from wellhead.testing import ApiClient

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["{\x00}", "{\ud800}", "tag(0)", "tag(2147483648)", "{A}" * 9, "{A} [K]", "'"]),
    st.sampled_from(["{A} + 0", "1e308 * {A}", "{A} ** {A}", "{A} / 0", "clip({A}, 1, 0)", "A"]),
)  # fmt: skip
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "expression": TEXTS,
        "total_of": TEXTS,
        "unit": st.sampled_from(["bar", "\x00", "m3", None, 5]),
        "zone": st.sampled_from(["UTC", "../etc/passwd", "\x00", "Europe", ""]),
        "day_start": st.sampled_from(["06:00", "24:00", "\x00"]),
        "period": st.sampled_from(["day", "hour", "year"]),
        "max_age_s": st.sampled_from([1, 1e9, -1, "x", 1e-300]),
        "least_share": st.sampled_from([0, 1, 2, None]),
        "start": st.sampled_from(
            ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "8999-12-31T23:59:59Z"]
        ),
        "to": st.sampled_from(["1970-01-01T00:00:01Z", "8999-12-31T23:59:59Z", ""]),
    },
)  # fmt: skip


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES)
def test_s1_no_body_is_an_error_of_the_server(
    api: ApiClient, plant: Plant, body: dict[str, object]
) -> None:
    if not plant.ids:
        plant.tags(A=None)
    for path in (CALCULATIONS, f"{CALCULATIONS}/try"):
        answer = api.request("POST", path, json=json.loads(json.dumps(body)))
        assert answer.status < 500, (path, body, answer.body)
    plant.calculate()
