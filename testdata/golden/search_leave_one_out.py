#!/usr/bin/env python3
"""Reference of package search, in numpy and float64: all pairs, no shortcuts.

python3 testdata/golden/search_leave_one_out.py > testdata/golden/search_leave_one_out.json
"""
import json
import numpy as np


def integers(rng, n, dim, classes):
    """Small integers: dot products are exact and many pairs are equally near."""
    v = rng.integers(-2, 3, (n, dim))
    v[~v.any(axis=1), 0] = 1
    return v.astype(np.float32), rng.integers(0, classes, n)


def clusters(rng, n, dim, classes, noise):
    centre, c = rng.standard_normal((classes, dim)), rng.integers(0, classes, n)
    return (centre[c] + noise * rng.standard_normal((n, dim))).astype(np.float32), c


def neighbours(v):
    """Indices by falling cosine, equal ones by index, each row without itself."""
    v = v.astype(np.float64)
    norm = np.sqrt((v * v).sum(axis=1))
    s = np.stack([(v * q).sum(axis=1) / (norm * m) for q, m in zip(v, norm)])
    order = np.argsort(-s, axis=1, kind="stable")
    order = np.stack([row[row != i] for i, row in enumerate(order)])
    return s, order


def scores(v, c):
    s, order = neighbours(v)
    n, near = len(v), np.minimum([1, 5, 10, 20], len(v) - 1)
    same = c[order] == c[:, None]
    right = 0
    for i in range(n):
        votes = {}
        for j in order[i, : near[3]]:
            votes[c[j]] = votes.get(c[j], 0.0) + np.exp(s[i, j] / 0.07)
        right += min(votes, key=lambda k: (-votes[k], k)) == c[i]
    return {
        "images": n,
        "classes": len(set(c.tolist())),
        "top1": same[:, :1].sum() / n,
        "top5": same[:, : near[1]].any(axis=1).sum() / n,
        "p10": same[:, : near[2]].sum() / (n * near[2]),
        "knn20": right / n,
    }


def case(name, v, c):
    _, order = neighbours(v)
    return {
        "name": name,
        "vectors": [[float(np.format_float_positional(x)) for x in row] for row in v],
        "classes": c.tolist(),
        "order": order[:3, :12].tolist(),
        "scores": {k: float(x) if isinstance(x, np.floating) else int(x) if k in ("images", "classes") else float(x)
                   for k, x in scores(v, c).items()},
    }


rng = np.random.default_rng(7)
repeated, classes = clusters(rng, 12, 6, 3, 0.3)
cases = [
    case("clusters apart", *clusters(rng, 60, 12, 4, 0.5)),
    case("clusters mixed", *clusters(rng, 80, 9, 5, 2.0)),
    case("many ties", *integers(rng, 70, 3, 4)),
    case("ties and one dimension", *integers(rng, 30, 1, 3)),
    # Votes of equal weight for two classes.
    case("every vector thrice", np.tile(repeated, (3, 1)), np.concatenate([classes, classes + 1, classes])),
    case("scaled copies", np.concatenate([repeated, 2 * repeated, 0.25 * repeated]), np.tile(classes, 3)),
    case("fewer than ten others", *clusters(rng, 6, 4, 2, 0.5)),
    case("two", *clusters(rng, 2, 3, 1, 0.5)),
    case("every class once", rng.standard_normal((25, 5)).astype(np.float32), np.arange(25)),
]
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
