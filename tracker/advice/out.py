"""Advice for programs, whoever sends them: what the page says, as data."""

from __future__ import annotations

from tracker.advice.forms import AdviceOut, ProblemOut
from tracker.advice.rule import Advice
from tracker.devices.forms import Words


def advice_out(advice: Advice) -> AdviceOut:
    """As programs get it."""
    return AdviceOut(
        verdict=advice.verdict.value,
        heading=Words(*advice.heading),
        why=Words(*advice.why),
        problems=[
            ProblemOut(
                severity=one.severity,
                text=Words(*one.text),
                module=one.module,
                proposal=f"P-{one.proposal}" if one.proposal else None,
                report=f"R-{one.report}" if one.report else None,
                reports=one.reports,
                testers=one.testers,
                state=one.state,
                expected_on=one.expected_on,
            )
            for one in advice.problems
        ],
    )
