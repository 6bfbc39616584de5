"""What the exam found, rule by rule."""

from dataclasses import dataclass, field

RULES: dict[str, str] = {
    "driver-server": "Each driver has a device server of the same name",
    "driver-described": "Every option and every part of an address has a description",
    "driver-points": "Points that cannot be are refused with field and remedy, all others taken",
    "driver-plan": "`plan` does no input or output",
    "driver-dialer": "Devices are reached by the dialer's addresses alone",
    "driver-reads": "Healthy devices give right values, good, at every scan",
    "driver-refused-point": "A point that the device does not have is bad alone",
    "driver-silence": "A silent device is bad in time",
    "driver-drip": "A device that answers a byte at a time is bad in time",
    "driver-garbage": "Garbage is never believed",
    "driver-wrong-answer": "Answers that begin wrong are never believed",
    "driver-old-answer": "The answer to an earlier request is never believed",
    "driver-huge-answer": "An answer without end is given up and not kept",
    "driver-hang-up": "Devices that reset, hang up or refuse are bad, and not connected",
    "driver-writes": "A write arrives once, as it was said",
    "driver-lost-write": "A write into a dead line is said to be lost, and not sent again",
    "driver-browses": "What a device says that it has can be made tags of",
    "driver-storm": "One connection a device, one attempt each time the engine asks for one",
    "driver-recovers": "When the fault ends, values are good again",
    "driver-stops": "`close` and a stop in mid-read end at once",
    "driver-leaks": "No task, thread or socket is left",
    "driver-loop": "The event loop is never blocked",
    "driver-errors": "Only DeviceError comes out of a driver, and each call ends by itself",
}
"""The rules about drivers, in the order they are reported; docs/plugin-check.md has each."""


@dataclass(slots=True)
class Findings:
    """problems: by rule, in words for the driver's author
    unproven: by rule, why it cannot be judged
    cut: why the exam ended before all was seen; what did not show by then is unproven
    """

    problems: dict[str, list[str]] = field(default_factory=dict)
    unproven: dict[str, str] = field(default_factory=dict)
    cut: str | None = None

    def add(self, rule: str, problem: str) -> None:
        """One more; what is said already is not said twice."""
        assert rule in RULES, rule
        said = self.problems.setdefault(rule, [])
        if problem not in said:
            said.append(problem)

    def confirmed_by(self, slower: "Findings") -> "Findings":
        """What a second look, at a slower pace, found too; what it did not is unproven."""
        if slower.cut:
            slower.problems = {**self.problems, **slower.problems}
            return slower
        only_here = set(self.problems) - set(slower.problems)
        slower.problems = {
            rule: texts for rule, texts in slower.problems.items() if rule in self.problems
        }
        slower.unproven |= {
            rule: f"it was broken once and kept at a slower pace ({self.problems[rule][0]}); "
            "the machine is busy, or it depends on time: run it again"
            for rule in only_here
        }
        return slower

    def reason(self, rule: str) -> str | None:
        """Why the rule is neither kept nor broken, if so."""
        if rule in self.problems:
            return None
        return self.unproven.get(rule, self.cut)
