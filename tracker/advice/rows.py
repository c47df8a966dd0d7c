"""Problems and known issues as their lists on the pages take them."""

from __future__ import annotations

from typing import Any

from tracker.advice.rule import Problem
from tracker.proposals.glimpses import Known
from tracker.releases.words import behind_tag
from tracker.reports.tables import SEVERE
from tracker.reports.words import SEVERITIES


def problem_row(problem: Problem) -> dict[str, Any]:
    return {
        "text": problem.text,
        "path": problem.path,
        "severity": SEVERITIES[problem.severity],
        "severe": problem.severity in SEVERE,
        "module_name": problem.module_name,
        "testers": problem.testers,
        "state": problem.state,
        "expected_on": problem.expected_on,
    }


def known_row(issue: Known) -> dict[str, Any]:
    return {
        "id": issue.id,
        "text": behind_tag(issue.kind, issue.line),
        "module": issue.module,
        "state": issue.state,
        "reports": issue.reports,
        "expected_on": issue.expected_on,
    }
