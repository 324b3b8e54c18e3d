ALTER TABLE mail ADD COLUMN reports TEXT;     -- JSON: the delivery reports the client asked for (RFC 3461); NULL is none
ALTER TABLE mail ADD COLUMN notice BOOLEAN NOT NULL DEFAULT FALSE; -- written by atena: what became of another mail
