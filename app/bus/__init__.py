"""The doorbell between server processes: who else serves a Space is told that something happened in it."""
