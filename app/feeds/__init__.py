"""Live fan-out inside a process: resume, heartbeats, batches of reactions, and what is done about gaps."""

from app.feeds.channel import Bus
from app.feeds.feeds import LiveFeeds

__all__ = ["Bus", "LiveFeeds"]
