"""The API's document: complete, true, and written once a process."""

from wellhead.testing import ApiClient

PATH = "/api/v1/openapi.json"


def test_openapi_is_complete(api: ApiClient) -> None:
    spec = api.anonymous().get(PATH).body
    seen: set[str] = set()
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            where = f"{method} {path}"
            assert operation.get("operationId"), where
            assert operation["operationId"] not in seen, where
            seen.add(operation["operationId"])
            assert operation.get("summary"), where
            assert any(code.startswith("2") for code in operation["responses"]), where
            assert "default" in operation["responses"], where
    listing = spec["paths"]["/api/v1/assets"]["get"]
    assert {p["name"] for p in listing["parameters"]} >= {"page", "per_page", "sort", "kind"}
    schema = listing["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    envelope = spec["components"]["schemas"][schema.rsplit("/", 1)[1]]
    assert set(envelope["properties"]) == {"success", "data", "meta"}


def test_it_is_sent_again_only_when_it_changed(api: ApiClient) -> None:
    anybody = api.anonymous()
    first = anybody.get(PATH)
    again = anybody.request("GET", PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, None)
    other = anybody.request("GET", PATH, headers={"If-None-Match": '"other"'})
    assert (other.status, other.text) == (200, first.text)
    assert first.headers["Cache-Control"] == "no-cache"
