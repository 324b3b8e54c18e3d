-- Times are milliseconds since 1970-01-01T00:00:00Z. States and transitions: docs/guarantees.md.

CREATE TABLE mail (
    number       INTEGER NOT NULL PRIMARY KEY, -- what other tables refer to: counts up, so that rows of one mail
                                            -- and of one moment lie together; ids are random
    id           TEXT    NOT NULL UNIQUE,   -- what people type
    state        TEXT    NOT NULL CHECK (state IN ('held', 'ready', 'sending', 'sent', 'failed', 'dropped')),
    sender       TEXT,                      -- NULL is the null path <>
    recipients   TEXT    NOT NULL,          -- JSON array of addresses, Bcc included
    eight_bit    BOOLEAN NOT NULL,
    utf8         BOOLEAN NOT NULL,
    login        TEXT,                      -- the name the client logged in with; never a password
    account      TEXT,                      -- the configured account to send through
    subject      TEXT    NOT NULL,
    findings     TEXT    NOT NULL,          -- JSON as the caller gave it
    size         BIGINT  NOT NULL,          -- octets of the mail, kept when its text is gone
    received_at  BIGINT  NOT NULL,
    changed_at   BIGINT  NOT NULL,          -- when it came into its present state
    queued_at    BIGINT,                    -- when it was first to be sent: the clock of expiry
    due_at       BIGINT,                    -- ready: not before; sending: end of the lease
    attempts     BIGINT  NOT NULL DEFAULT 0,
    uncertain    BOOLEAN NOT NULL DEFAULT FALSE, -- an attempt ended without an answer: it may have arrived
    failure      TEXT    CHECK (failure IN ('refused', 'expired')),
    answer       TEXT,                      -- the next server's last answer
    claim_token  TEXT,
    claim_owner  TEXT,
    CHECK ((due_at IS NOT NULL) = (state IN ('ready', 'sending'))),
    CHECK ((claim_token IS NOT NULL) = (state = 'sending'))
);
CREATE INDEX mail_due ON mail (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX mail_received ON mail (received_at);

-- The mail's octets in pieces, so that neither writing nor reading needs a second copy of a large mail.
CREATE TABLE piece (
    mail   BIGINT NOT NULL REFERENCES mail (number) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    octets BLOB   NOT NULL,
    PRIMARY KEY (mail, number)
);

-- Every transition, in order: the audit log.
CREATE TABLE event (
    number     INTEGER NOT NULL PRIMARY KEY,
    mail       BIGINT  NOT NULL REFERENCES mail (number) ON DELETE CASCADE,
    at         BIGINT  NOT NULL,
    from_state TEXT,                        -- NULL: it came in
    to_state   TEXT    NOT NULL,
    note       TEXT
);
CREATE INDEX event_mail ON event (mail);

-- What was handed back and passes when it comes again.
CREATE TABLE returned (
    key TEXT   NOT NULL PRIMARY KEY,
    at  BIGINT NOT NULL
);

-- One row, rewritten to see whether the disk takes writes.
CREATE TABLE probe (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    at BIGINT  NOT NULL
);
