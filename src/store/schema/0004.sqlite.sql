-- What people say of findings by what they do with the mail (src/correspondents/feedback.rs). Addresses in lower case;
-- times as before.

-- Recipients that are right although a rule doubted them.
CREATE TABLE said_right (
    sender  TEXT   NOT NULL,
    address TEXT   NOT NULL,
    rule    TEXT   NOT NULL,
    other   TEXT   NOT NULL,                -- whom the rule took it for; empty where nobody in particular
    at      BIGINT NOT NULL,
    PRIMARY KEY (sender, address, rule, other)
) WITHOUT ROWID;

-- Recipients that were taken out, and whom the mail went to.
CREATE TABLE confused (
    sender  TEXT    NOT NULL,
    address TEXT    NOT NULL,
    other   TEXT    NOT NULL,
    beside  BOOLEAN NOT NULL,               -- the other one was on the mail already
    at      BIGINT  NOT NULL,
    PRIMARY KEY (sender, address, other)
) WITHOUT ROWID;

-- Mails that nobody got, for an hour: the next one may be their correction.
CREATE TABLE taken_back (
    number       INTEGER NOT NULL PRIMARY KEY,
    sender       TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    trace        TEXT    NOT NULL,          -- JSON: recipients, rules, hashes
    corrected_at BIGINT                     -- by a mail to others, which its own return may belie
);
CREATE INDEX taken_back_at ON taken_back (at);

-- What became of findings, by day and rule; nobody is named.
CREATE TABLE tally (
    day       BIGINT NOT NULL,              -- days since 1970-01-01, UTC
    rule      TEXT   NOT NULL,
    told      BIGINT NOT NULL DEFAULT 0,
    held      BIGINT NOT NULL DEFAULT 0,
    returned  BIGINT NOT NULL DEFAULT 0,
    released  BIGINT NOT NULL DEFAULT 0,
    corrected BIGINT NOT NULL DEFAULT 0,
    dropped   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (day, rule)
) WITHOUT ROWID;

-- To whom mails went that a rule held up for nothing.
CREATE TABLE overridden (
    sender  TEXT   NOT NULL,
    rule    TEXT   NOT NULL,
    address TEXT   NOT NULL,
    mails   BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (sender, rule, address)
) WITHOUT ROWID;
