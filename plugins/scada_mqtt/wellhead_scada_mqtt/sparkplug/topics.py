"""The topics of Sparkplug: `spBv1.0/group/verb/node[/device]` and `spBv1.0/STATE/host`."""

from dataclasses import dataclass

NAMESPACE = "spBv1.0"
NODE_VERBS = frozenset({"NBIRTH", "NDATA", "NDEATH", "NCMD"})
DEVICE_VERBS = frozenset({"DBIRTH", "DDATA", "DDEATH", "DCMD"})
COMMANDS = frozenset({"NCMD", "DCMD"})


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message is about; device is None where the verb is an edge node's."""

    group: str
    verb: str
    node: str
    device: str | None = None

    @property
    def is_command(self) -> bool:
        """Whether a host sent it."""
        return self.verb in COMMANDS

    def __str__(self) -> str:
        base = f"{NAMESPACE}/{self.group}/{self.verb}/{self.node}"
        return base if self.device is None else f"{base}/{self.device}"

    @classmethod
    def parse(cls, topic: str) -> "Topic | None":
        """None for what is no topic of an edge node or device."""
        match topic.split("/"):
            case [namespace, group, verb, node] if namespace == NAMESPACE and verb in NODE_VERBS:
                return cls(group, verb, node)
            case [namespace, group, verb, node, device] if (
                namespace == NAMESPACE and verb in DEVICE_VERBS
            ):
                return cls(group, verb, node, device)
        return None
