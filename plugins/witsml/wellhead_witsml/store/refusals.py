"""Negative results of the store, and their texts for GetBaseMsg."""

TEXTS = {
    1: "Function completed successfully",
    2: "Partial success: some data nodes of growing objects were not returned",
    -402: "maxReturnNodes must be greater than zero",
    -403: "The document must declare the WITSML namespace as its default",
    -405: "An object of this type with these unique identifiers exists already",
    -406: "The uids of the objects above must be given",
    -407: "WMLtypeIn must not be empty",
    -408: "The document must not be empty",
    -409: "The document must conform to its schema",
    -411: "OptionsIn must be keyword=value pairs separated by semicolons",
    -413: "The store does not support this object type",
    -415: "The unique identifiers of one object must be given",
    -423: "The store does not support this data version",
    -424: "dataVersion must be given",
    -425: "returnElements must not be header-only or data-only for an object that does not grow",
    -429: "logData must not recur in a query",
    -432: "Objects below this one must be deleted first",
    -433: "No object of this type has these unique identifiers",
    -440: "OptionsIn has an unknown keyword",
    -441: "OptionsIn has an unknown value",
    -449: "The mnemonicList must contain the index curve",
    -450: "A mnemonic must occur only once in the mnemonicList",
    -456: "More data than the store takes at once",
    -468: "The document must have a version",
    -472: "The HTTP User-Agent must name the client's product and version",
    -475: "A subset of one growing object must be asked for",
    -476: "latest-change-only is for changeLogs alone",
    -479: "The document cannot be decompressed",
    -481: "The object above does not exist",
    -482: "A mnemonic must occur only once in a query",
    -485: "The client is polling too fast",
    -486: "WMLtypeIn must be the type of the document",
}


class Refusal(Exception):
    """The result of a function that is not done. detail: for SuppMsgOut"""

    def __init__(self, number: int, detail: str = "") -> None:
        super().__init__(number, detail)
        self.number = number
        self.detail = detail
