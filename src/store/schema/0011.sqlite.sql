-- How far each way of telling people has come: the last event it told, or passed over.
CREATE TABLE told (
    way   TEXT    NOT NULL PRIMARY KEY,
    event INTEGER NOT NULL
);
