"""One plugin before all rules about it: the loader's, the core's about modules, then those of the
plugins it adds to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from wellhead.check import code, database, files, http
from wellhead.check.module import Module
from wellhead.check.server import Server
from wellhead.check.target import entry_points_of
from wellhead.plugins.contributions import CheckRule, CheckSubject, Unproven
from wellhead.plugins.info import PluginRecord, Status
from wellhead.plugins.loader import GROUP, load_plugins
from wellhead.plugins.manager import PluginManager
from wellhead.settings import Settings


@dataclass(frozen=True, slots=True)
class Verdict:
    """texts: of `fail` the problems, of `unproven` the reason"""

    plugin: str
    rule: str
    title: str
    outcome: Literal["ok", "fail", "unproven"]
    texts: tuple[str, ...]
    docs: str


def judge(target: str, settings: Settings, server: Server) -> Iterator[Verdict]:
    """A verdict a rule, as each is known. Raises WellheadError when `target` is no plugin."""
    meant, folder = entry_points_of(target)
    names = {point.name for point in meant}
    points = [point for point in entry_points(group=GROUP) if point.name not in names] + meant
    manager = load_plugins(settings, points)
    for name in sorted(names):
        yield _verdict(name, _loads(manager.records[name]))
        if manager.records[name].status is not Status.ENABLED:
            continue
        subject = subject_of(manager, name, folder)
        module = Module(subject, points, manager, settings, server)
        for rule in chain(module_rules(module), rules_about(subject, manager)):
            yield _verdict(name, rule)


def module_rules(module: Module) -> Iterator[CheckRule]:
    """What is asked of every plugin."""
    for rules in (code.RULES, files.RULES):
        for name, (title, check) in rules.items():
            yield CheckRule(name, title, partial(check, module))
    yield from http.rules_of(module)
    yield from database.rules_of(module)


def rules_about(subject: CheckSubject, manager: PluginManager) -> Iterator[CheckRule]:
    """What the enabled plugins ask of the subject; one whose hook fails is a rule broken."""
    for name, rules, error in manager.attempt("check_rules", subject=subject):
        if error is None:
            yield from rules
        else:
            text = f"hook check_rules of {name}: {type(error).__name__}: {error}"
            yield CheckRule("rules", "Its rules can be asked for", partial(list, [text]))


def subject_of(manager: PluginManager, name: str, folder: Path | None) -> CheckSubject:
    """An enabled plugin, as rules see it."""

    def offers(hook: str) -> Sequence[Any]:
        return [item for _, items in manager.collect_one(name, hook) for item in items]

    return CheckSubject(name, folder, offers)


def _loads(record: PluginRecord) -> CheckRule:
    def check() -> Sequence[str]:
        on = record.status is Status.ENABLED
        return [] if on else [f"it is {record.status}: {record.reason}"]

    return CheckRule("loads", "The plugin loads and is enabled", check)


def _verdict(plugin: str, rule: CheckRule) -> Verdict:
    docs = f"{rule.docs}#{rule.name}"
    try:
        problems = tuple(rule.check())
    except Unproven as reason:
        return Verdict(plugin, rule.name, rule.title, "unproven", (str(reason),), docs)
    except SyntaxError as error:
        problems = (f"{error.filename}:{error.lineno} is no Python: {error.msg}",)
    except (Exception, SystemExit) as error:  # isolates: a rule is, or runs, a plugin's code
        problems = (f"the rule itself failed: {type(error).__name__}: {error}",)
    outcome: Literal["ok", "fail"] = "fail" if problems else "ok"
    return Verdict(plugin, rule.name, rule.title, outcome, problems, docs)
