-- The configuration file a check comes from, and where each of its secrets was taken from; null for a check that was made by hand.
ALTER TABLE checks ADD COLUMN owner TEXT;
ALTER TABLE checks ADD COLUMN secrets TEXT;

-- What the last good file said that a hub was started with: as JSON, so that a bad one later does not change it.
CREATE TABLE configurations (
  owner   TEXT PRIMARY KEY,
  storage TEXT NOT NULL
) STRICT, WITHOUT ROWID;
