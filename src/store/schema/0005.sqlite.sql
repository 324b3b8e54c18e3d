-- How bad what was found is, so that the worst can be listed first: 0 nothing, 1 info, 2 warning, 3 error.
ALTER TABLE mail ADD COLUMN risk INTEGER NOT NULL DEFAULT 0;
UPDATE mail SET risk = CASE
    WHEN findings LIKE '%"level":"error"%' THEN 3
    WHEN findings LIKE '%"level":"warning"%' THEN 2
    WHEN findings LIKE '%"level":"info"%' THEN 1
    ELSE 0 END;
-- Lists and counts by state without reading the mails themselves.
CREATE INDEX mail_state ON mail (state, risk, received_at, id);
