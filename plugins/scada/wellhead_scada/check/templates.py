"""The rule about a plugin's device templates."""

from collections.abc import Sequence

from wellhead.sdk import CheckRule, CheckSubject
from wellhead_scada.drivers import Drivers
from wellhead_scada.templates.document import misfit
from wellhead_scada.templates.library import of_package


def template_rules(subject: CheckSubject) -> Sequence[CheckRule]:
    """One rule for a plugin that has templates."""
    packages = subject.offers("device_templates")
    drivers = Drivers({driver.name: driver for driver in subject.offers("drivers")})

    def check() -> Sequence[str]:
        problems = []
        for package in packages:
            templates = list(of_package(package, subject.name))
            if not templates:
                problems.append(f"{package} has no *.toml; add it to the package data")
            for template in templates:
                error = template.error
                if error is None and template.driver in drivers.lazies:
                    error = misfit(template, drivers)
                if error is not None:
                    problems.append(f"{template.file}: {error}")
        return problems

    if not packages:
        return []
    return [CheckRule("device-templates", "Its device templates can be used", check)]
