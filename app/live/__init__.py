"""The sound of this node: the media process, supervised, what it tells, and what it wrote."""
