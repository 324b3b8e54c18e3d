-- What letting it go says of its findings (JSON): noted when it goes, so that taking it back says nothing.
ALTER TABLE mail ADD COLUMN notes TEXT;
