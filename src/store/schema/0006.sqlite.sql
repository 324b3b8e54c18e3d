ALTER TABLE correspondent ADD COLUMN blind BIGINT NOT NULL DEFAULT 0; -- of the mails sent to it, those it got as Bcc
