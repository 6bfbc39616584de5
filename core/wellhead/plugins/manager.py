"""The registered plugins: asking each of them alone, and switching off the one that fails."""

from collections.abc import Iterator, Sequence
from typing import Any

import pluggy
import structlog

from wellhead.plugins import hookspecs
from wellhead.plugins.info import PluginRecord, Status
from wellhead.settings.checking import did_you_mean

log = structlog.get_logger(__name__)


FAILURES_IN_A_ROW = 10
"""Of a hook that is told something again and again, from which its plugin is off."""


class HookFailed(RuntimeError):
    """A plugin's hook broke its contract while serving; the text names plugin and hook."""


class WrongResult(TypeError):
    """A hook returned something else than its specification says."""


class PluginManager:
    """All plugins found, and the hooks of the enabled ones.

    records: every plugin found, by name
    """

    def __init__(self, records: dict[str, PluginRecord], order: Sequence[str]) -> None:
        self.records = records
        self._order = list(order)
        self._failures: dict[tuple[str, str], int] = {}
        self._pluggy = pluggy.PluginManager(hookspecs.PROJECT)
        self._pluggy.add_hookspecs(hookspecs)

    def enabled(self) -> list[PluginRecord]:
        """The enabled plugins, dependencies first."""
        return [
            self.records[name]
            for name in self._order
            if self.records[name].status is Status.ENABLED
        ]

    def register_all(self) -> None:
        """Let plugins add hooks, then register them, then refuse hooks that nobody specified.

        Specifications come first, so that a wrong signature is found at the plugin that wrote it,
        whichever of the two is registered first.
        """
        self._require()
        for record in self.enabled():
            self._add_hooks(record)
        for record in self.enabled():
            if record.status is not Status.ENABLED:
                continue  # switched off with a plugin registered before it
            try:
                self._refuse_wrappers(record)
                self._pluggy.register(record.module, record.name)
            except pluggy.PluginValidationError as error:
                lines = str(error).splitlines()
                reason = " ".join(lines[1:] or lines)  # pluggy's first line is the plugin's name
                self.switch_off(record.name, Status.LOAD_ERROR, f"hook signature: {reason}")
        self._refuse_unknown_hooks()

    def switch_off(self, name: str, status: Status, reason: str) -> None:
        """Take one plugin, and all that require it, out; the others go on."""
        record = self.records[name]
        record.status = status
        record.reason = reason
        log.error("plugin is off", plugin=name, status=status, reason=reason)
        self._drop(name)
        self._require()

    def implementations(self, hook: str) -> Iterator[tuple[str, Any, list[str]]]:
        """(plugin, function, argument names) of a hook, dependencies first."""
        caller = getattr(self._pluggy.hook, hook)
        found = {impl.plugin_name: impl for impl in caller.get_hookimpls()}
        for record in self.enabled():
            if record.name in found:
                impl = found[record.name]
                yield record.name, impl.function, list(impl.argnames)

    def specified(self) -> set[str]:
        """The names of all hooks there are: the core's, and those that enabled plugins add."""
        known = {name for name in vars(self._pluggy.hook) if not name.startswith("_")}
        return {name for name in known if getattr(self._pluggy.hook, name).has_spec()}

    def implemented(self, plugin: str) -> set[str]:
        """The names of the hooks that an enabled plugin implements, specified or not."""
        module = self.records[plugin].module
        return {caller.name for caller in self._pluggy.get_hookcallers(module) or ()}

    def collect(self, hook: str, **arguments: Any) -> list[tuple[str, Any]]:
        """Ask each plugin; (plugin, result) for those that answered.

        A plugin that raises or answers with something of the wrong type is switched off.
        """
        asked = [name for name, _, _ in self.implementations(hook)]
        return [answer for name in asked for answer in self.collect_one(name, hook, **arguments)]

    def collect_one(self, plugin: str, hook: str, **arguments: Any) -> list[tuple[str, Any]]:
        """As `collect`, of one plugin: its answer, or nothing when it has none or is off."""
        for name, function, wanted in self.implementations(hook):
            if name != plugin:
                continue
            try:
                result = function(**{key: arguments[key] for key in wanted})
                self._check(hook, result)
            except (Exception, SystemExit) as error:  # isolates: a hook runs foreign code
                log.error("hook failed", plugin=name, hook=hook, exc_info=True)
                self.switch_off(name, Status.FAILED, f"hook {hook}: {_named(error)}")
            else:
                return [(name, result)]
        return []

    def notify(self, hook: str, **arguments: Any) -> None:
        """Tell each plugin that something happened. One that raises is logged and told again the
        next time; after FAILURES_IN_A_ROW it is off in this process."""
        for name, function, wanted in self.implementations(hook):
            try:
                function(**{key: arguments[key] for key in wanted})
            except (Exception, SystemExit) as error:  # isolates: a hook runs foreign code
                self._failed(name, hook, error)
            else:
                self._failures.pop((name, hook), None)

    def ask(self, hook: str, **arguments: Any) -> Iterator[tuple[str, Any]]:
        """Ask each plugin while serving: like `collect`, but one that fails stays on; its failure
        is logged and its answer is missing."""
        for name, result, error in self.attempt(hook, **arguments):
            if error is None:
                yield name, result
            else:
                log.error("hook failed", plugin=name, hook=hook, exc_info=error)

    def attempt(self, hook: str, **arguments: Any) -> Iterator[tuple[str, Any, Exception | None]]:
        """(plugin, result, what it raised) of each, for who can do without one plugin's answer."""
        for name, function, wanted in self.implementations(hook):
            result: Any = None
            problem: Exception | None = None
            try:
                result = function(**{key: arguments[key] for key in wanted})
                self._check(hook, result)
            except (SystemExit, WrongResult) as error:
                problem = HookFailed(f"plugin {name}, hook {hook}: {_named(error)}")
                problem.__cause__ = error
            except Exception as error:  # isolates: a hook runs foreign code
                problem = error
            yield name, None if problem else result, problem

    def _failed(self, name: str, hook: str, error: BaseException) -> None:
        times = self._failures[name, hook] = self._failures.get((name, hook), 0) + 1
        if times >= FAILURES_IN_A_ROW:
            reason = f"hook {hook} failed {times} times in a row, at last: {_named(error)}"
            self.switch_off(name, Status.FAILED, reason)
        else:
            log.error("hook failed", plugin=name, hook=hook, times=times, exc_info=error)

    @staticmethod
    def _check(hook: str, result: Any) -> None:
        types = hookspecs.SINGLE_RESULT_TYPES.get(hook)
        if types and not isinstance(result, types):
            raise WrongResult(f"must return {types[0].__name__}, not {type(result).__name__}")
        item_type = hookspecs.RESULT_TYPES.get(hook)
        if item_type is None:
            return
        if not isinstance(result, Sequence):
            raise WrongResult(f"must return a list, not {type(result).__name__}")
        for item in result:
            if not isinstance(item, item_type):
                raise WrongResult(f"must return {item_type.__name__} items, not {item!r}")

    def _add_hooks(self, record: PluginRecord) -> None:
        if self._pluggy.parse_hookimpl_opts(record.module, "addhooks") is None:
            return
        try:
            for namespace in record.module.addhooks() if record.module else ():
                self._pluggy.add_hookspecs(namespace)
        except (Exception, SystemExit) as error:  # isolates: a hook runs foreign code
            log.error("hook failed", plugin=record.name, hook="addhooks", exc_info=True)
            reason = f"hook addhooks: {_named(error)}"
            self.switch_off(record.name, Status.FAILED, reason)

    def _refuse_wrappers(self, record: PluginRecord) -> None:
        """pluggy's wrappers go around a call of all plugins, but each is asked by itself."""
        for name in dir(record.module):
            options = self._pluggy.parse_hookimpl_opts(record.module, name)
            if options and (options.get("wrapper") or options.get("hookwrapper")):
                raise pluggy.PluginValidationError(
                    record.module, f"{name} is a wrapper; write a plain function"
                )

    def _require(self) -> None:
        """Switch off every enabled plugin that requires one that is not."""
        changed = True
        while changed:
            changed = False
            for record in self.enabled():
                problem = self._unmet(record)
                if problem:
                    record.status = Status.DEPENDENCY_ERROR
                    record.reason = problem
                    log.error(
                        "plugin is off", plugin=record.name, status=record.status, reason=problem
                    )
                    self._drop(record.name)
                    changed = True

    def _unmet(self, record: PluginRecord) -> str | None:
        for needed in record.info.requires if record.info else ():
            other = self.records.get(needed)
            if other is None:
                return f"requires {needed}, which is not installed; install its package"
            if other.status is Status.DISABLED:
                return (
                    f"requires {needed}, which is disabled; set [plugins.{needed}] enabled = true"
                )
            if other.status is not Status.ENABLED:
                return f"requires {needed}, which is off: {other.status}; see its reason"
        return None

    def _drop(self, name: str) -> None:
        if self._pluggy.has_plugin(name):
            self._pluggy.unregister(name=name)

    def _refuse_unknown_hooks(self) -> None:
        while True:
            try:
                self._pluggy.check_pending()
            except pluggy.PluginValidationError as error:
                name = self._pluggy.get_name(error.plugin)
                if name is None:
                    raise
                self.switch_off(name, Status.LOAD_ERROR, self._unknown_hook(error))
            else:
                return

    def _unknown_hook(self, error: pluggy.PluginValidationError) -> str:
        callers = self._pluggy.get_hookcallers(error.plugin) or []
        unknown = sorted(
            caller.name
            for caller in callers
            if not caller.has_spec()
            and any(
                impl.plugin is error.plugin and not impl.optionalhook
                for impl in caller.get_hookimpls()
            )
        )
        return "; ".join(
            f"unknown hook {name!r}. {did_you_mean(name, self.specified())}" for name in unknown
        )


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
