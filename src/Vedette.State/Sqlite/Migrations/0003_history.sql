-- Batches wait here until their results are compacted, see docs/decisions/0002. What is read of all of them stands before what is large.
CREATE TABLE history_batches (
  number   INTEGER PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  results  INTEGER NOT NULL,
  checksum INTEGER,
  agent    TEXT NOT NULL,
  epoch    TEXT NOT NULL,
  batch    BLOB NOT NULL
) STRICT;

-- From when the results of a batch are nobody noted before.
INSERT INTO history_batches SELECT block, 0, last_at, 0, NULL, agent, epoch, batch FROM history;
CREATE INDEX history_batches_last_at ON history_batches (last_at);
DROP TABLE history_checks;
DROP TABLE history;

-- Results of one check each. A number is never given twice: a reader that finds one gone looks anew.
CREATE TABLE history_blocks (
  block     INTEGER PRIMARY KEY AUTOINCREMENT,
  check_key INTEGER NOT NULL,
  first_at  INTEGER NOT NULL,
  last_at   INTEGER NOT NULL,
  results   INTEGER NOT NULL,
  level     INTEGER NOT NULL,
  data      BLOB NOT NULL
) STRICT;

CREATE INDEX history_blocks_check ON history_blocks (check_key, last_at, first_at);
CREATE INDEX history_blocks_last_at ON history_blocks (last_at);
-- Those that are small enough to be merged with what comes.
CREATE INDEX history_blocks_small ON history_blocks (check_key, level) WHERE level < 9;

-- Long texts that many results have, each once, for as long as a block may refer to it.
CREATE TABLE history_texts (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  hash    BLOB NOT NULL UNIQUE,
  last_at INTEGER NOT NULL,
  text    TEXT NOT NULL
) STRICT;

CREATE INDEX history_texts_last_at ON history_texts (last_at);

-- How far compaction is: of batches up to up_to, the results of checks below next_key are in blocks already.
CREATE TABLE history_compaction (
  up_to    INTEGER NOT NULL,
  next_key INTEGER NOT NULL
) STRICT;

INSERT INTO history_compaction VALUES (0, 9223372036854775807);

-- Slots of a check on an agent of which there is no result, from the first to the last of them.
CREATE TABLE history_gaps (
  check_key INTEGER NOT NULL,
  last_at   INTEGER NOT NULL,
  agent     TEXT NOT NULL,
  first_at  INTEGER NOT NULL,
  slots     INTEGER NOT NULL,
  cause     TEXT NOT NULL,
  PRIMARY KEY (check_key, last_at, agent)
) STRICT, WITHOUT ROWID;

CREATE INDEX history_gaps_last_at ON history_gaps (last_at);

ALTER TABLE projections RENAME COLUMN block TO batch;
