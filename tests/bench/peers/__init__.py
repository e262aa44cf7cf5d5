"""Peers: other servers that serve a Space of the same shape, to be measured beside ours in the same run."""
