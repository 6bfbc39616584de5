"""What live clients may subscribe to: the topics of all plugins, and ids turned into tags."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead.auth.identity import asset_limit
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import LiveTopic
from wellhead.settings.checking import did_you_mean

TAGS = "tags"
MAX_IDS = 50_000


class SubscriptionError(WellheadError):
    """A subscription that cannot be; `code` is what the client is told beside the message."""

    def __init__(self, code: str, message: str, **where: Any) -> None:
        super().__init__(message, **where)
        self.code = code


class Topics:
    """The topics by name. `tags` promises more than the others: each id is a tag's."""

    def __init__(self) -> None:
        self._topics: dict[str, LiveTopic] = {}
        self._owners: dict[str, str] = {}

    def add(self, plugin: str, topics: Iterable[LiveTopic]) -> None:
        """Take a plugin's topics. Raises WellheadError when another plugin has one of them."""
        for topic in topics:
            if topic.name in self._topics:
                raise WellheadError(
                    f"the live topic is {self._owners[topic.name]}'s already",
                    field="live_topics",
                    value=topic.name,
                    remedy="Give the topic another name",
                )
            self._topics[topic.name] = topic
            self._owners[topic.name] = plugin

    def resolve(self, wanted: Mapping[str, Any]) -> npt.NDArray[np.int32]:
        """The tags of all ids in {topic: [ids]}: int32[n], sorted, each once.

        Runs inside the client's tenant and as the client. Raises SubscriptionError naming the topic
        or id at fault.
        """
        for name, ids in wanted.items():
            if name not in self._topics:
                raise SubscriptionError(
                    "unknown_topic",
                    "there is no live topic of this name",
                    field=name,
                    remedy=did_you_mean(name, self._topics),
                )
            if asset_limit() is not None and not self._topics[name].within_assets:
                raise SubscriptionError(
                    "asset_limited",
                    "this topic is not for users who are limited to assets",
                    field=name,
                    remedy="Subscribe to tags or assets",
                )
            if not isinstance(ids, list) or len(ids) > MAX_IDS:
                raise SubscriptionError(
                    "malformed", f"must be a list of at most {MAX_IDS} ids", field=name
                )
        found = [self._resolve(self._topics[name], ids) for name, ids in wanted.items() if ids]
        return reduce(np.union1d, found, np.empty(0, np.int32)).astype(np.int32)

    def still_seen(self, tags: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Those of these tags (int32[n]) that the user may see now, sorted. Runs like `resolve`."""
        topic = self._topics.get(TAGS)
        if topic is None or not topic.within_assets:
            return np.empty(0, np.int32)
        return topic.resolve(tags.tolist())

    @staticmethod
    def _resolve(topic: LiveTopic, ids: Sequence[Any]) -> npt.NDArray[np.int32]:
        try:
            tags = topic.resolve(ids)
        except ValueError as error:
            raise SubscriptionError("unknown_id", str(error), field=topic.name) from error
        if topic.name == TAGS:
            known = set(tags.tolist())
            unknown = [given for given in ids if given not in known]
        else:
            unknown = [] if len(tags) else list(ids)
        if unknown:
            raise SubscriptionError(
                "unknown_id",
                "nothing to subscribe to",
                field=topic.name,
                value=unknown[0] if len(unknown) == 1 else unknown[:10],
                remedy="Name ids of this tenant",
            )
        return tags
