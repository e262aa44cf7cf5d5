"""Whom a network is not trusted of, and when a Space's packets carry each frame once more for it."""

from media.loss import PATIENCE_TICKS, PROVING_TICKS, WARY_TICKS, Losses, Protection


def after(ticks: int, losses: Losses) -> bool:
    """Whether losses are likely so many ticks later."""
    for _ in range(ticks):
        losses.tick()
    return losses.likely


def test_a_network_is_trusted_when_it_has_proved_itself_and_not_before() -> None:
    losses = Losses()
    assert losses.likely
    assert after(PROVING_TICKS - 1, losses)
    losses.reported(0)
    assert after(1, losses), "too early to tell"
    losses.reported(0)
    assert not losses.likely


def test_without_a_report_it_is_never_trusted() -> None:
    assert after(2 * WARY_TICKS, Losses())


def test_after_reports_have_ceased_it_is_not_trusted_any_more() -> None:
    losses = Losses()
    assert after(PROVING_TICKS, losses)
    losses.reported(0)
    assert not after(WARY_TICKS - 1, losses)
    assert after(1, losses)


def test_the_least_loss_counts_at_once_and_for_as_long_as_it_takes_to_be_forgotten() -> None:
    losses = Losses()
    after(PROVING_TICKS, losses)
    losses.reported(0)
    assert not losses.likely
    losses.reported(1 / 256)
    assert losses.likely
    after(WARY_TICKS // 2, losses)
    losses.reported(0)
    assert after(WARY_TICKS // 2, losses), "a good report does not undo it"
    losses.reported(0)
    assert not losses.likely, "but a later one does"


def test_protection_begins_at_once_and_ends_in_a_pause() -> None:
    protection = Protection()
    assert not protection.on
    protection.tick(needed=True, quiet=False)
    assert protection.on
    protection.tick(needed=True, quiet=True)
    protection.tick(needed=False, quiet=False)
    assert protection.on, "someone talks"
    protection.tick(needed=False, quiet=True)
    assert not protection.on
    protection.tick(needed=False, quiet=False)
    assert not protection.on


def test_protection_does_not_wait_for_a_pause_for_ever() -> None:
    protection = Protection()
    protection.tick(needed=True, quiet=False)
    for _ in range(PATIENCE_TICKS):
        protection.tick(needed=False, quiet=False)
    assert protection.on
    protection.tick(needed=False, quiet=False)
    assert not protection.on
