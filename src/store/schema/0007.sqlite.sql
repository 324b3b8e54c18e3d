-- The recipients of the newest mails once more, beside their words: what is read together lies together, and rows of
-- `learnt` lie all over.
ALTER TABLE recent ADD COLUMN recipients BLOB NOT NULL DEFAULT x'';
UPDATE recent SET recipients =
    coalesce((SELECT recipients FROM learnt WHERE learnt.sender = recent.sender AND learnt.mail = recent.mail), x'');
DELETE FROM recent WHERE length(recipients) = 0;
