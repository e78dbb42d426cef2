-- Since when a check is active, paused or stopped.
ALTER TABLE checks ADD COLUMN lifecycle_since INTEGER NOT NULL DEFAULT 0;
UPDATE checks SET lifecycle_since = created_at;

-- How far the stream of an agent is stored: what makes a result that is sent again stored once.
CREATE TABLE cursors (
  agent         TEXT NOT NULL,
  epoch         TEXT NOT NULL,
  committed_seq INTEGER NOT NULL,
  PRIMARY KEY (agent, epoch)
) STRICT, WITHOUT ROWID;

-- How a check stands on an agent.
CREATE TABLE standings (
  check_key    INTEGER NOT NULL REFERENCES checks (key) ON DELETE CASCADE,
  agent        TEXT NOT NULL,
  status       INTEGER NOT NULL,
  since        INTEGER,
  reason       TEXT,
  message      TEXT,
  failed_runs  INTEGER NOT NULL,
  good_runs    INTEGER NOT NULL,
  unknown_runs INTEGER NOT NULL,
  PRIMARY KEY (check_key, agent)
) STRICT, WITHOUT ROWID;

-- What changed: statuses, life cycles, results that will never come.
CREATE TABLE events (
  id        INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL,
  check_key INTEGER,
  agent     TEXT,
  kind      TEXT NOT NULL,
  detail    TEXT NOT NULL
) STRICT;

CREATE INDEX events_at ON events (at);
CREATE INDEX events_check ON events (check_key);

-- Batches as they came, see docs/decisions/0002. Numbers of blocks grow with their arrival; last_at is their latest slot.
CREATE TABLE history (
  block   INTEGER PRIMARY KEY,
  agent   TEXT NOT NULL,
  epoch   TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  batch   BLOB NOT NULL
) STRICT;

CREATE INDEX history_last_at ON history (last_at);

-- Which of them hold results of a check: from last_at - span to last_at.
CREATE TABLE history_checks (
  check_key INTEGER NOT NULL,
  last_at   INTEGER NOT NULL,
  block     INTEGER NOT NULL,
  span      INTEGER NOT NULL,
  PRIMARY KEY (check_key, last_at, block)
) STRICT, WITHOUT ROWID;

-- How far everything that follows from history has got.
CREATE TABLE projections (
  name  TEXT PRIMARY KEY,
  block INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
