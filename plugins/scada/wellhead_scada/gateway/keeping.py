"""What of the engine's batches goes into the spool: what the exception rules let pass."""

from collections.abc import Callable

from wellhead.sdk import Batch
from wellhead_scada.engine.around import Kept
from wellhead_scada.engine.config import FieldConfig
from wellhead_scada.exception.filter import ExceptionFilter


class Keeping:
    """append: keeps a batch; what it gives is done once that is on disk"""

    def __init__(self, append: Callable[[Batch], Kept]) -> None:
        self.filter = ExceptionFilter()
        self._append = append

    def scanned(self, batch: Batch) -> Kept | None:
        """A row whose sender waits for nothing. None: nothing of it is to be stored now."""
        return self._put(self.filter.kept(batch))

    def delivered(self, batch: Batch) -> Kept | None:
        """A row whose sender forgets it once that is done: nothing of it is held back. None:
        nothing of it is to be stored."""
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
        return kept
