-- What past mail tells of the people written to (src/correspondents). Per sender; no readable text of mails: terms,
-- subjects and Message-IDs are hashes. Times are milliseconds since 1970-01-01T00:00:00Z.

-- Numbers are never given twice: what another process has in memory would be taken for somebody else's.
CREATE TABLE sender (
    number  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    address TEXT    NOT NULL UNIQUE,        -- lower case; @domain for what a whole house knows
    mails   BIGINT  NOT NULL DEFAULT 0,
    forgot  BIGINT  NOT NULL DEFAULT 0      -- times something was forgotten
);

CREATE TABLE correspondent (
    number   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    sender   BIGINT  NOT NULL REFERENCES sender (number) ON DELETE CASCADE,
    address  TEXT    NOT NULL,              -- lower case
    name     TEXT    NOT NULL,              -- as last seen
    named_at BIGINT,                        -- in the mail of that time; in an address book where NULL
    names    TEXT    NOT NULL DEFAULT '',   -- readings and other names, a line each
    role     TEXT    NOT NULL DEFAULT '',   -- department, title
    organisation TEXT NOT NULL DEFAULT '',
    domain   TEXT    NOT NULL,
    person   BIGINT  NOT NULL DEFAULT 0,    -- the same number is the same person; 0 is nobody else
    sent     BIGINT  NOT NULL DEFAULT 0,
    received BIGINT  NOT NULL DEFAULT 0,    -- mails of it that were answered
    first_at BIGINT,
    last_at  BIGINT,
    listed   BOOLEAN NOT NULL DEFAULT FALSE, -- stands in an address book
    UNIQUE (sender, address)
);
CREATE INDEX correspondent_address ON correspondent (address);
CREATE INDEX correspondent_person ON correspondent (sender, person) WHERE person <> 0;

-- Mails to a domain.
CREATE TABLE domain (
    sender BIGINT NOT NULL REFERENCES sender (number) ON DELETE CASCADE,
    domain TEXT   NOT NULL,
    mails  BIGINT NOT NULL,
    people BIGINT NOT NULL,                 -- addresses there
    PRIMARY KEY (sender, domain)
) WITHOUT ROWID;

-- What people who are taken for one another share: most of the rows there are. An index by correspondent, which only
-- forgetting would use, would be as large again.
CREATE TABLE likeness (
    sender        BIGINT NOT NULL REFERENCES sender (number) ON DELETE CASCADE,
    key           BIGINT NOT NULL,
    correspondent BIGINT NOT NULL,
    PRIMARY KEY (sender, key, correspondent)
) WITHOUT ROWID;

-- The mails learnt from, each once.
CREATE TABLE learnt (
    sender     BIGINT NOT NULL REFERENCES sender (number) ON DELETE CASCADE,
    mail       BIGINT NOT NULL,             -- hash of its Message-ID
    at         BIGINT NOT NULL,
    subject    BIGINT,                      -- hash of the subject of the thread
    recipients BLOB   NOT NULL,             -- numbers of correspondents
    PRIMARY KEY (sender, mail)
) WITHOUT ROWID;
CREATE INDEX learnt_subject ON learnt (sender, subject, at) WHERE subject IS NOT NULL;

-- The words of the newest of them. Apart, so that what is written and soon deleted lies together.
CREATE TABLE recent (
    sender BIGINT NOT NULL REFERENCES sender (number) ON DELETE CASCADE,
    at     BIGINT NOT NULL,
    mail   BIGINT NOT NULL,
    terms  BLOB   NOT NULL,                 -- hashes with counts
    odds     REAL,                          -- worst score of its recipients when it was judged
    namesake REAL,                          -- worst score of those never written to
    PRIMARY KEY (sender, at, mail)
) WITHOUT ROWID;

-- Names a correspondent is greeted by.
CREATE TABLE greeting (
    correspondent BIGINT NOT NULL REFERENCES correspondent (number) ON DELETE CASCADE,
    name          TEXT   NOT NULL,          -- folded
    mails         BIGINT NOT NULL,
    PRIMARY KEY (correspondent, name)
) WITHOUT ROWID;

-- Files sent.
CREATE TABLE file (
    sender        BIGINT NOT NULL REFERENCES sender (number) ON DELETE CASCADE,
    hash          BIGINT NOT NULL,
    correspondent BIGINT NOT NULL REFERENCES correspondent (number) ON DELETE CASCADE,
    name          TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (sender, hash, correspondent)
) WITHOUT ROWID;
CREATE INDEX file_correspondent ON file (correspondent);
CREATE INDEX file_at ON file (sender, at);

-- How far folders of servers were read.
CREATE TABLE mark (
    source   TEXT   NOT NULL PRIMARY KEY,
    validity BIGINT NOT NULL,               -- UIDVALIDITY (RFC 3501 section 2.3.1.1)
    last     BIGINT NOT NULL                -- UID
);
