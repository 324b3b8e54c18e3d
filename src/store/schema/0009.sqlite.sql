-- Whether a second person has to let it go: 0 no, or one has; 1 waits for one; 2 one has sent it back.
ALTER TABLE mail ADD COLUMN approval BIGINT NOT NULL DEFAULT 0;
CREATE INDEX mail_approval ON mail (changed_at) WHERE approval = 1;
