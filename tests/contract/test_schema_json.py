"""The JSON that scripts rely on: every document against the JSON Schema that ships with the package."""

# ruff: noqa: E501 - rows of data read better long than broken

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import polars as pl
import pytest

from logsense import report, schema
from logsense.cli.main import main

NAMES = (
    "analysis",
    "templates",
    "record",
    "diff",
    "explanation",
    "evaluation",
    "truth",
    "plugins",
    "plugin",
    "plugin_check",
    "trace",
    "config",
)


def _made() -> ModuleType:
    """The hand-made analyses of the tests of reports."""
    path = Path(__file__).parents[1] / "report" / "conftest.py"
    spec = importlib.util.spec_from_file_location("analyses", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MADE = _made()


def strict(node: Any) -> Any:
    """The schema with every field that is not declared forbidden."""
    if isinstance(node, list):
        return [strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    closed = {key: strict(part) for key, part in node.items()}
    return closed | {"additionalProperties": False} if "properties" in node and "type" in node else closed


def check(document: Any, name: str) -> None:
    jsonschema.Draft202012Validator(strict(report.schema(name))).validate(document)


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_are_valid_ones(name):
    """Each schema in the package is itself valid JSON Schema and refuses an empty object."""
    jsonschema.Draft202012Validator.check_schema(report.schema(name))
    with pytest.raises(jsonschema.ValidationError):
        check({}, name)


@pytest.mark.parametrize("which", ["noisy", "calm", "nothing"])
def test_an_analysis_fits_its_schema(which):
    """The document of a run fits logsense/analysis/1 and has no field the schema does not declare."""
    document = report.document(getattr(MADE, which)())
    check(json.loads(report.dumps(document)), "analysis")


def test_the_words_of_the_contract_are_those_of_the_frames():
    """Kinds and severities in the schema are exactly those of schema.py."""
    parts = report.schema("analysis")["$defs"]
    assert parts["cause"]["properties"]["kind"]["enum"] == list(schema.FINDING_KINDS)
    assert parts["incident"]["properties"]["kind"]["enum"] == list(schema.INCIDENT_KINDS)
    assert parts["incident"]["properties"]["severity"]["enum"] == list(schema.SEVERITIES)


def test_templates_fit_their_schema_most_frequent_first():
    """The document of templates fits logsense/templates/1 and is ordered by count."""
    document = report.templates(MADE.noisy())
    check(json.loads(report.dumps(document)), "templates")
    counts = [template["count"] for template in document["templates"]]
    assert counts == sorted(counts, reverse=True)
    assert document["templates"][0]["example"]["source"] == "ledger.log"


@pytest.mark.parametrize("templates", [True, False])
def test_records_fit_their_schema(templates):
    """A line of parse fits the schema of a record, with templates and without."""
    frame = pl.DataFrame(
        {
            "source": ["a.log"], "line": [17], "lines": [3], "time": [None], "level": ["ERROR"],
            "service": ["shop"], "logger": [None], "host": [None], "message": ["order 12"],
            "template_id": ["9f1c2b7a3d5e"], "template": ["order <num>"], "params": [["12"]], "format": [None],
        },
        schema_overrides={"time": pl.Datetime("us"), "level": schema.Level, "logger": pl.String,
                          "host": pl.String, "format": pl.String},
    )  # fmt: skip
    frame = frame if templates else frame.drop("template_id", "template", "params")
    record = json.loads(report.ndjson(frame))
    check(record, "record")
    assert ("template" in record) == templates
    assert record["time"] is None


@pytest.mark.parametrize(
    "name, command",
    [
        ("plugins", ["plugins", "list"]),
        ("plugins", ["plugins", "list", "--no-plugins"]),
        ("plugin", ["plugins", "info", "logsense-aiops"]),
        ("plugin", ["plugins", "info", "detectors.rate"]),
        ("plugin_check", ["plugins", "check", "masks.bundled"]),
        ("config", ["config", "show"]),
        ("trace", ["plugins", "trace", "LOG"]),
    ],
)
def test_what_is_told_of_plugins_and_settings_fits_its_schema(name, command, tmp_path, capfd):
    """The documents of the commands of plugins and settings fit their schemas, with no field beside them."""
    log = tmp_path / "shop.log"
    log.write_text("".join(f"2026-01-02T03:{minute:02d}:00Z INFO order taken\n" for minute in range(60)))
    words = [str(log) if word == "LOG" else word for word in command]
    assert main([*words, "--format", "json"]) == 0
    document = json.loads(capfd.readouterr().out)
    check(document, name)
    parts = [part for key, part in document.items() if isinstance(part, list) and key != "faults"]
    assert parts
    assert all(parts)
