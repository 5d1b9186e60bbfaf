"""The Markdown tables of ``figures.py``, from what it measured (or from the committed ``figures.json``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Figures = Mapping[str, Any]


def tables(figures: Figures) -> str:
    """All tables, as Markdown."""
    parts = []
    for name, curves in figures["weights"].items():
        parts.append(f"### {name}: single weights, train / test accuracy\n\n" + _weights(figures["sparsities"], curves))
    for name, curves in figures["channels"].items():
        parts.append(f"### {name}: channels, train / test accuracy\n\n" + _channels(figures["ratios"], curves))
    for labels, ways in figures["overfitting"].items():
        title = f"### overfitted on 100 images, {labels.replace('_', ' ')}: mean of ten networks"
        parts.append(f"{title}\n\n" + _overfitting(figures, ways))
    return "\n\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _pair(curve: Figures, at: int) -> str:
    spread = f" ± {curve['test_sd'][at]:.3f}" if "test_sd" in curve else ""
    return f"{curve['train'][at]:.3f} / {curve['test'][at]:.3f}{spread}"


def _weights(sparsities: Sequence[float], curves: Figures) -> str:
    ways = {"per layer": "layer", "global": "global", "random": "random", "per layer, fine-tuned": "layer_tuned"}
    return _table(
        ["sparsity", *ways],
        ([f"{share:g}", *(_pair(curves[way], at) for way in ways.values())] for at, share in enumerate(sparsities)),
    )


def _channels(ratios: Sequence[float], curves: Figures) -> str:
    return _table(
        ["ratio", "weights left", "L1", "L2", "random"],
        (
            [
                f"{share:g}",
                f"{curves['weights_left'][at]:.3f}",
                *(_pair(curves[way], at) for way in ("l1", "l2", "random")),
            ]
            for at, share in enumerate(ratios)
        ),
    )


def _overfitting(figures: Figures, ways: Figures) -> str:
    parts = []
    for way, shares in (("weights", "sparsities"), ("channels", "ratios")):
        for key, title in ((way, "one shot"), (f"{way}_tuned", "fine-tuned"), (f"{way}_retrained", "retrained")):
            rows = (_overfitted_row(f"{share:g}", ways[key], at) for at, share in enumerate(figures[shares]))
            parts.append(f"{way}, {title}\n\n" + _table(["share", *_HEAD], rows))
    others = {"decay": "weight decay 1.0", "small": "small dense 64-16-8-10"}
    parts.append(
        "without pruning\n\n"
        + _table(["way", *_HEAD], (_overfitted_row(title, ways[key], 0) for key, title in others.items()))
    )
    return "\n\n".join(parts)


_HEAD = ("train", "test ± sd", "gap ± sd", "test change ± se", "test loss", "wrong labels kept", "corrected")


def _overfitted_row(first: str, curve: Figures, at: int) -> list[str]:
    def cell(key: str, form: str = ".3f") -> str:
        return format(curve[key][at], form) if key in curve else "-"

    return [
        first,
        cell("train"),
        f"{cell('test')} ± {cell('test_sd')}",
        f"{cell('gap')} ± {cell('gap_sd')}",
        f"{cell('test_change', '+.3f')} ± {cell('test_change_se')}",
        cell("test_loss", ".2f"),
        cell("memorised", ".2f"),
        cell("corrected", ".2f"),
    ]
