"""Live fan-out inside a process: resume, heartbeats, batches of reactions, and what is done about gaps."""
