"""Times as figures, and a row of the table."""
from dataclasses import dataclass


@dataclass
class Times:
    """Milliseconds."""
    n: int
    p50: float
    p99: float
    most: float


def of(us):
    """Of a list of microseconds. The p99 of fewer than a hundred is the greatest but none."""
    s = sorted(us)
    return Times(len(s), s[len(s) // 2] / 1e3, s[min(len(s) - 1, int(len(s) * 0.99))] / 1e3, s[-1] / 1e3)


def ms(v):
    return f"{v:.3f} ms" if v < 1 else f"{v:.2f} ms" if v < 100 else f"{v:.0f} ms"


def row(work, foyer, beside="", other=None, goal="", met=None):
    return {"work": work, "foyer": f"{ms(foyer.p50)} / {ms(foyer.p99)}", "beside": beside, "beside_is": ms(other.p50) if other else "",
            "ratio": foyer.p50 / other.p50 if other else None, "goal": goal, "met": met,
            "foyer_ms": vars(foyer), "beside_ms": vars(other) if other else None}


def plain(work, foyer, ratio=None, beside="", beside_is="", goal="", met=None):
    return {"work": work, "foyer": foyer, "beside": beside, "beside_is": beside_is, "ratio": ratio, "goal": goal, "met": met}


def counted(work, bytes_, goal, met):
    s = sorted(bytes_)
    return plain(work, f"{s[len(s) // 2]:,} / {s[-1]:,} at most", goal=goal, met=met)
