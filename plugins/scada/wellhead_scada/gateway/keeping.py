"""What of the engine's batches goes into the spool: what the exception rules let pass."""

from collections import deque
from collections.abc import Callable
from functools import partial

from wellhead.sdk import Batch
from wellhead_scada.engine.around import Kept
from wellhead_scada.engine.config import FieldConfig
from wellhead_scada.exception.filter import ExceptionFilter


class Keeping:
    """append: keeps a batch; what it gives is done once that is on disk"""

    def __init__(self, append: Callable[[Batch], Kept]) -> None:
        self.filter = ExceptionFilter()
        self._refused: deque[int] = deque()  # sources, by whichever thread hears of it
        self._append = append

    def scanned(self, batch: Batch) -> Kept | None:
        """A row whose sender waits for nothing. None: nothing of it is to be stored now."""
        self._forget_refused()
        return self._put(self.filter.kept(batch))

    def delivered(self, batch: Batch) -> Kept | None:
        """A row whose sender forgets it once that is done: nothing of it is held back. None:
        nothing of it is to be stored."""
        self._forget_refused()
        return self._put(self.filter.kept(batch, waits=True))

    def configure(self, config: FieldConfig) -> None:
        """Work by the rules of `config` from now on."""
        self._put(self.filter.configure(config))

    def release(self) -> None:
        """Keep what is held, at the end."""
        self._put(self.filter.release())

    def _put(self, batches: list[Batch]) -> Kept | None:
        kept = None
        for batch in batches:
            kept = self._append(batch)
            if self.filter.tests(batch.source):
                kept.add_done_callback(partial(self._look, batch.source))
        return kept

    def _look(self, source: int, what: Kept) -> None:
        if what.exception() is not None:
            self._refused.append(source)

    def _forget_refused(self) -> None:
        """What a full spool refused is nothing to compare what comes next with."""
        while self._refused:
            self._put(self.filter.again(self._refused.popleft()))
