-- Where the state stayed as it was: 1 something was noted; 2 a second person sent the mail back; 3 one was asked for again;
-- 4 nobody decided in time, and others may as well.
ALTER TABLE event ADD COLUMN remark INTEGER NOT NULL DEFAULT 0;
