"""Routes of casing strings and pressure tests."""

from wellhead import sdk
from wellhead_drilling.casing import (
    change_casing_string,
    change_pressure_test,
    create_casing_string,
    create_pressure_test,
)
from wellhead_drilling.models import CasingString, PressureTest
from wellhead_drilling.schemas.casing import CasingStringSchema, PressureTestSchema

READ = "drilling.read"
EDIT = "drilling.edit"

blp = sdk.Blueprint(
    "drilling_casing",
    url_prefix="/api/v1/drilling",
    description="Casing strings, their tallies, and pressure tests",
)

casing_strings = sdk.Resource(
    blp,
    path="/casing-strings",
    model=CasingString,
    schema=CasingStringSchema,
    name="casing_string",
    plural="casing_strings",
    read=READ,
    write=EDIT,
    filters=("wellbore_id", "section_id", "string_type", "grade", "connection"),
    sort=("shoe_md", "top_md", "set_at", "name", "created_at"),
    create=create_casing_string,
    update=change_casing_string,
    asset=CasingString.asset_id,
)

pressure_tests = sdk.Resource(
    blp,
    path="/pressure-tests",
    model=PressureTest,
    schema=PressureTestSchema,
    name="pressure_test",
    plural="pressure_tests",
    read=READ,
    write=EDIT,
    filters=("wellbore_id", "casing_string_id", "test_type", "passed"),
    sort=("tested_at", "md", "created_at"),
    create=create_pressure_test,
    update=change_pressure_test,
    asset=PressureTest.asset_id,
)
