"""Topic filters (MQTT 5.0, section 4.7): what one may look like."""


def problem_of(text: str) -> str | None:
    """What is wrong with `text` as a topic filter, None when nothing is."""
    levels = text.split("/")
    if "\0" in text:
        return "has a NUL in it"
    if any("#" in level for level in levels[:-1]) or (levels[-1] != "#" and "#" in levels[-1]):
        return "# stands alone, as the last level"
    if any("+" in level and level != "+" for level in levels):
        return "+ stands alone in its level"
    if levels[0] == "$share":
        return "a shared subscription is the device's share_group"
    return None
