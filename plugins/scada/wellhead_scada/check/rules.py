"""The rules about a plugin's drivers, judged by one exam each."""

from collections.abc import Sequence
from functools import cache, partial

from wellhead.sdk import CheckRule, CheckSubject, Unproven
from wellhead_scada.check.findings import RULES, Findings
from wellhead_scada.check.run import examine


def rules_of(subject: CheckSubject) -> Sequence[CheckRule]:
    """One rule each of RULES, none for a plugin without drivers. The first one asked is the one
    that waits for the exams."""
    drivers = subject.offers("drivers")
    servers = {server.name: server for server in subject.offers("device_servers")}

    @cache
    def found() -> dict[str, Findings]:
        return {driver.name: examine(driver, servers.get(driver.name)) for driver in drivers}

    def check(rule: str) -> Sequence[str]:
        problems = [
            f"{driver}: {problem}"
            for driver, findings in found().items()
            for problem in findings.problems.get(rule, ())
        ]
        reasons = [
            f"{driver}: {reason}"
            for driver, findings in found().items()
            if (reason := findings.reason(rule))
        ]
        if not problems and reasons:
            raise Unproven("; ".join(reasons))
        return problems

    if not drivers:
        return []
    return [CheckRule(name, title, partial(check, name)) for name, title in RULES.items()]
