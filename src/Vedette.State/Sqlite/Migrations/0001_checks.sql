-- A key names one life of a check: removing it and adding the same id again makes a new one, never an old one.
CREATE TABLE checks (
  key        INTEGER PRIMARY KEY AUTOINCREMENT,
  id         TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL,
  lifecycle  TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
