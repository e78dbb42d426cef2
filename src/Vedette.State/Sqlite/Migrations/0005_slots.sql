-- Since when a check has had the slots it has: they are others when it rested, or when its interval or its agents changed. Of earlier edits nobody noted
-- what they changed, so each counts as one that did.
ALTER TABLE checks ADD COLUMN slots_since INTEGER NOT NULL DEFAULT 0;
UPDATE checks SET slots_since = max(lifecycle_since, coalesce((SELECT max(at) FROM events WHERE check_key = checks.key AND kind = 'edited'), 0));
