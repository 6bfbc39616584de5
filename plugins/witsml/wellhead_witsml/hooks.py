"""The hook that this plugin offers to others: who keeps what a store says of BHA runs."""

from wellhead import sdk


@sdk.hookspec
def bha_run_importer() -> sdk.Lazy | None:
    """A module-level object with two methods, by name:

    `bring(wellbore_id, values, known) -> (id, new)` makes a BHA run of plain values (`number`,
    `objective`, `time_in`, `depth_in`, `weight_on_bit_min` …, those that the store gives, and
    `channels`: `{role, tag}` of the wellbore's followed curves), or changes the run `known`; it
    raises WellheadError or ApiError for what cannot be.
    `has(id) -> bool` says whether there still is such a run.

    Called, inside the tenant, when BHA runs of a WITSML store are imported.
    """
