"""Pure rules: decide what happens, apply what happened; no I/O, clock or chance."""
