import threading

from celery import shared_task

from notices import operations

_turn = threading.Condition()
_wanted = {"again": False, "at work": False}


@shared_task(name="notices.tasks.deliver")
def deliver() -> int:
    """Send what is due in the ledger. Beat comes by every minute; `nudge()` calls in between.

    In a worker of threads one of them sends and the others leave it their wish: so a process has one message in its
    hands at most, and when it is killed, no more than that one can be in doubt.
    """
    with _turn:
        _wanted["again"] = True
        if _wanted["at work"]:
            return 0
        _wanted["at work"] = True
    sent = 0
    try:
        while _takes_a_wish():
            sent += operations.deliver()
    except BaseException:
        _wanted["at work"] = False
        raise
    return sent


def _takes_a_wish() -> bool:
    """True as long as somebody asked since the last look; else the work is over, in the same breath."""
    with _turn:
        if not _wanted["again"]:
            _wanted["at work"] = False
            return False
        _wanted["again"] = False
        return True
