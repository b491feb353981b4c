"""The deciding parts of governing: what the policy says (`clauses.read_folder`), whether it holds together (`lint.faults`), how two
versions differ (`difference.changes`), what wants another look (`review.due`). Nothing here reads a database or a clock."""
