-- The first book. Append-only: this file never changes after a release; the next change is 0002.sql.
--
-- Ids are UUIDv7 (16 bytes), times are milliseconds UTC (NULL: never), words of an enum stand as words. Those are compared one by one, with OR:
-- for an IN of more than two SQLite makes a table, and it would make one for every row that is written.
-- Rows that other nodes will meet carry owner_node and rev; jobs, cards, profiles and answers are this node's own work.
-- Texts that are looked up through a secret or a name have their own index; every index here is needed by a named statement.

CREATE TABLE meta (
	name TEXT NOT NULL PRIMARY KEY CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 64),
	value ANY NOT NULL CHECK (length(CAST(value AS BLOB)) <= 400)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstone (
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	tab TEXT NOT NULL,
	id BLOB NOT NULL CHECK (length(id) = 16),
	part TEXT NOT NULL DEFAULT '' CHECK (length(CAST(part AS BLOB)) <= 64),
	at_ms INTEGER NOT NULL,
	PRIMARY KEY (owner_node, rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
	id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	user TEXT NOT NULL UNIQUE CHECK (length(CAST(user AS BLOB)) BETWEEN 1 AND 64),
	uid INTEGER NOT NULL,
	seen_ms INTEGER NOT NULL,
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE host (
	id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	uid TEXT NOT NULL UNIQUE CHECK (length(CAST(uid AS BLOB)) BETWEEN 1 AND 254),
	name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 200),
	mail TEXT NOT NULL CHECK (length(CAST(mail AS BLOB)) <= 254),
	department TEXT NOT NULL CHECK (length(CAST(department AS BLOB)) <= 200),
	phone TEXT NOT NULL CHECK (length(CAST(phone AS BLOB)) <= 40),
	lang TEXT NOT NULL CHECK (length(CAST(lang AS BLOB)) <= 8),
	deputy BLOB REFERENCES host (id),
	away_from_ms INTEGER,
	away_until_ms INTEGER,
	left_ms INTEGER,
	search TEXT NOT NULL CHECK (length(CAST(search AS BLOB)) <= 600),
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX host_mail ON host (mail COLLATE NOCASE) WHERE mail <> '';
CREATE INDEX host_deputy ON host (deputy) WHERE deputy IS NOT NULL;
CREATE INDEX host_left ON host (left_ms) WHERE left_ms IS NOT NULL;

CREATE TABLE host_word (
	word TEXT NOT NULL,
	host BLOB NOT NULL REFERENCES host (id),
	PRIMARY KEY (word, host)
) STRICT, WITHOUT ROWID;
CREATE INDEX host_word_host ON host_word (host);

CREATE TABLE visitor (
	id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) <= 200 AND (name <> '' OR erased_ms IS NOT NULL)),
	company TEXT NOT NULL CHECK (length(CAST(company AS BLOB)) <= 200),
	mail TEXT NOT NULL CHECK (length(CAST(mail AS BLOB)) <= 254),
	lang TEXT NOT NULL CHECK (length(CAST(lang AS BLOB)) <= 8),
	erased_ms INTEGER,
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX visitor_erased ON visitor (erased_ms, id) WHERE erased_ms IS NOT NULL;

CREATE TABLE visit (
	number INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	visitor BLOB NOT NULL REFERENCES visitor (id),
	host BLOB REFERENCES host (id),
	type TEXT NOT NULL CHECK (length(CAST(type AS BLOB)) BETWEEN 1 AND 64),
	conf_hash TEXT NOT NULL CHECK (length(CAST(conf_hash AS BLOB)) <= 64),
	state TEXT NOT NULL CHECK (state = 'expected' OR state = 'waiting' OR state = 'inside' OR state = 'out' OR state = 'ended' OR state = 'cancelled' OR state = 'refused'),
	from_ms INTEGER NOT NULL,
	until_ms INTEGER NOT NULL, -- before from_ms: taken back while the visitor was inside early
	authorised_kind TEXT NOT NULL CHECK (authorised_kind = 'none' OR authorised_kind = 'inviter' OR authorised_kind = 'approver' OR authorised_kind = 'rule'),
	authorised_ref TEXT NOT NULL CHECK (length(CAST(authorised_ref AS BLOB)) <= 80 AND (authorised_ref <> '') = (authorised_kind <> 'none')),
	with_visit BLOB REFERENCES visit (id),
	kiosk TEXT NOT NULL CHECK (length(CAST(kiosk AS BLOB)) <= 64),
	lang TEXT NOT NULL CHECK (length(CAST(lang AS BLOB)) <= 8),
	escort INTEGER NOT NULL CHECK (escort IN (0, 1)),
	late INTEGER NOT NULL CHECK (late IN (0, 1)),
	host_told_ms INTEGER,
	created_ms INTEGER NOT NULL,
	closed_ms INTEGER CHECK ((closed_ms IS NOT NULL) = (state = 'ended' OR state = 'cancelled' OR state = 'refused')),
	stays INTEGER NOT NULL DEFAULT 0,
	copies INTEGER NOT NULL DEFAULT 0,
	card INTEGER, -- the card_number that it holds
	search TEXT CHECK (length(CAST(search AS BLOB)) <= 600), -- the folded words in visit_word; NULL: erased
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_visitor ON visit (visitor);
CREATE INDEX visit_host ON visit (host, from_ms) WHERE host IS NOT NULL;
CREATE INDEX visit_state ON visit (state, from_ms);
CREATE INDEX visit_from ON visit (from_ms);
CREATE INDEX visit_open ON visit (until_ms) WHERE closed_ms IS NULL;
CREATE INDEX visit_closed ON visit (closed_ms) WHERE closed_ms IS NOT NULL;
CREATE INDEX visit_person ON visit (stays > 0, closed_ms) WHERE closed_ms IS NOT NULL AND search IS NOT NULL;
CREATE INDEX visit_with ON visit (with_visit) WHERE with_visit IS NOT NULL;

-- Look-up by name, newest first: head is the shortest whole-character beginning of at least three bytes, so that a search walks one range of the
-- key in the order in which it answers, however many names begin like that.
CREATE TABLE visit_word (
	head TEXT NOT NULL,
	from_ms INTEGER NOT NULL,
	number INTEGER NOT NULL,
	rest TEXT NOT NULL,
	PRIMARY KEY (head, from_ms DESC, number DESC, rest)
) STRICT, WITHOUT ROWID;

CREATE TABLE visit_field (
	visit BLOB NOT NULL REFERENCES visit (id),
	name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 64),
	value TEXT NOT NULL CHECK (length(CAST(value AS BLOB)) BETWEEN 1 AND 400),
	keep_ms INTEGER NOT NULL CHECK (keep_ms >= 0),
	purge_ms INTEGER, -- set when the visit is closed
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	PRIMARY KEY (visit, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_field_purge ON visit_field (purge_ms) WHERE purge_ms IS NOT NULL;

CREATE TABLE stay (
	visit BLOB NOT NULL REFERENCES visit (id),
	n INTEGER NOT NULL,
	in_ms INTEGER NOT NULL,
	in_how TEXT NOT NULL CHECK (in_how = 'pass' OR in_how = 'badge' OR in_how = 'code' OR in_how = 'kiosk' OR in_how = 'desk' OR in_how = 'door' OR in_how = 'assumed'),
	in_kiosk TEXT NOT NULL CHECK (length(CAST(in_kiosk AS BLOB)) <= 64),
	out_ms INTEGER CHECK (out_ms >= in_ms),
	out_how TEXT NOT NULL DEFAULT '' CHECK (out_how = '' OR out_how = 'pass' OR out_how = 'badge' OR out_how = 'code' OR out_how = 'kiosk' OR out_how = 'desk' OR out_how = 'door' OR out_how = 'assumed'),
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	PRIMARY KEY (visit, n) -- only the last one may be open: db_stay_open sees to it
) STRICT, WITHOUT ROWID;

-- Looks at an identity document, in their order. number_hash is keyed: it tells the same document again, and no number.
CREATE TABLE document_check (
	visit BLOB NOT NULL REFERENCES visit (id),
	n INTEGER NOT NULL CHECK (n > 0),
	how TEXT NOT NULL CHECK (how = 'kiosk' OR how = 'desk' OR how = 'vouched'),
	verdict TEXT NOT NULL CHECK (length(CAST(verdict AS BLOB)) BETWEEN 1 AND 64),
	kind TEXT NOT NULL CHECK (length(CAST(kind AS BLOB)) <= 64),
	state TEXT NOT NULL CHECK (length(CAST(state AS BLOB)) <= 3),
	expiry TEXT NOT NULL CHECK (length(CAST(expiry AS BLOB)) <= 10), -- 2034-12-10
	matched INTEGER CHECK (matched IN (0, 1)), -- NULL: nobody said, as the next
	least_age_ok INTEGER CHECK (least_age_ok IN (0, 1)),
	checked_ms INTEGER NOT NULL,
	checked_by TEXT NOT NULL CHECK (length(CAST(checked_by AS BLOB)) BETWEEN 1 AND 80),
	reason TEXT NOT NULL DEFAULT '' CHECK (length(CAST(reason AS BLOB)) <= 400), -- what staff said
	number_hash BLOB CHECK (length(number_hash) = 32),
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	PRIMARY KEY (visit, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_check_number ON document_check (number_hash) WHERE number_hash IS NOT NULL;

-- What the configuration keeps of a document, sealed for a key that is not here.
CREATE TABLE document_sealed (
	visit BLOB NOT NULL,
	n INTEGER NOT NULL,
	part TEXT NOT NULL CHECK (length(CAST(part AS BLOB)) BETWEEN 1 AND 64),
	sealed BLOB NOT NULL CHECK (length(sealed) <= 1072),
	keep_ms INTEGER NOT NULL CHECK (keep_ms >= 0),
	purge_ms INTEGER NOT NULL, -- counted from the check: it stays no longer because its visit does
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	PRIMARY KEY (visit, n, part),
	FOREIGN KEY (visit, n) REFERENCES document_check (visit, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_sealed_purge ON document_sealed (purge_ms);

CREATE TABLE invitation (
	id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	visit BLOB NOT NULL UNIQUE REFERENCES visit (id),
	pass_id BLOB NOT NULL UNIQUE CHECK (length(pass_id) = 8), -- and the code, which is its first five bytes
	inviter TEXT NOT NULL CHECK (length(CAST(inviter AS BLOB)) BETWEEN 1 AND 80),
	sequence INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL,
	expiry_ms INTEGER NOT NULL,
	cancelled_ms INTEGER,
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE badge_issue (
	visit BLOB NOT NULL REFERENCES visit (id),
	copy INTEGER NOT NULL CHECK (copy > 0),
	pass_id BLOB NOT NULL UNIQUE CHECK (length(pass_id) = 8), -- and the code, which is its first five bytes
	printer TEXT NOT NULL CHECK (length(CAST(printer AS BLOB)) <= 64),
	daymark TEXT NOT NULL CHECK (length(daymark) <= 10),
	escort INTEGER NOT NULL CHECK (escort IN (0, 1)),
	issued_ms INTEGER NOT NULL,
	printed_ms INTEGER,
	withdrawn_ms INTEGER,
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	PRIMARY KEY (visit, copy)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement_version (
	name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 64),
	hash TEXT NOT NULL CHECK (length(CAST(hash AS BLOB)) BETWEEN 1 AND 64),
	lang TEXT NOT NULL CHECK (length(CAST(lang AS BLOB)) BETWEEN 1 AND 8),
	text TEXT NOT NULL CHECK (length(CAST(text AS BLOB)) <= 131072),
	first_seen_ms INTEGER NOT NULL,
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	PRIMARY KEY (name, hash, lang)
) STRICT;

-- visitor signed; signed_for is whom it binds where that is somebody else (a guardian signs for a child), NULL: themself.
-- A signature may outlive its visit (signature_ms), so visit is no foreign key.
CREATE TABLE signature (
	id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	visitor BLOB NOT NULL REFERENCES visitor (id),
	signed_for BLOB REFERENCES visitor (id),
	visit BLOB NOT NULL CHECK (length(visit) = 16),
	agreement TEXT NOT NULL,
	hash TEXT NOT NULL,
	lang TEXT NOT NULL,
	name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 200),
	signed_ms INTEGER NOT NULL,
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	FOREIGN KEY (agreement, hash, lang) REFERENCES agreement_version (name, hash, lang)
) STRICT, WITHOUT ROWID;
CREATE INDEX signature_visitor ON signature (visitor);
CREATE INDEX signature_signed_for ON signature (signed_for) WHERE signed_for IS NOT NULL;

CREATE TABLE card_number (
	number INTEGER PRIMARY KEY,
	-- NULL: free. visit.card says the same the other way round, so that neither needs an index; hence no foreign key, which would want one.
	visit BLOB CHECK (length(visit) = 16),
	taken_ms INTEGER NOT NULL,
	freed_ms INTEGER CHECK ((freed_ms IS NULL) = (visit IS NOT NULL)),
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL
) STRICT;

CREATE TABLE time_profile (
	controller TEXT NOT NULL CHECK (length(CAST(controller AS BLOB)) BETWEEN 1 AND 64),
	id INTEGER NOT NULL CHECK (id BETWEEN 2 AND 254),
	linked INTEGER NOT NULL,
	key TEXT NOT NULL CHECK (length(CAST(key AS BLOB)) BETWEEN 1 AND 400),
	until_ms INTEGER NOT NULL,
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	PRIMARY KEY (controller, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
	visit BLOB NOT NULL REFERENCES visit (id),
	id BLOB NOT NULL CHECK (length(id) = 16), -- found through its visit
	controller TEXT NOT NULL CHECK (length(CAST(controller AS BLOB)) BETWEEN 1 AND 64),
	card INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'pending' OR state = 'granted' OR state = 'revoking' OR state = 'revoked' OR state = 'acknowledged'),
	right_until_ms INTEGER NOT NULL,
	profile INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL,
	granted_ms INTEGER,
	read_back_ms INTEGER,
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	PRIMARY KEY (visit, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX credential_live ON credential (controller, card) WHERE state <> 'revoked';
CREATE INDEX credential_due ON credential (right_until_ms) WHERE state IN ('pending', 'granted');

CREATE TABLE waiting (
	id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	visit BLOB REFERENCES visit (id),
	kiosk TEXT NOT NULL CHECK (length(CAST(kiosk AS BLOB)) <= 64),
	reason TEXT NOT NULL CHECK (length(CAST(reason AS BLOB)) BETWEEN 1 AND 64),
	screen TEXT NOT NULL CHECK (length(CAST(screen AS BLOB)) <= 64),
	since_ms INTEGER NOT NULL,
	taken_ms INTEGER,
	taken_by TEXT NOT NULL DEFAULT '' CHECK (length(CAST(taken_by AS BLOB)) <= 80),
	resolved_ms INTEGER,
	resolution TEXT NOT NULL DEFAULT '' CHECK (length(CAST(resolution AS BLOB)) <= 400),
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_open ON waiting (id) WHERE resolved_ms IS NULL;
CREATE INDEX waiting_visit ON waiting (visit) WHERE visit IS NOT NULL;

CREATE TABLE job (
	id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
	kind TEXT NOT NULL CHECK (length(CAST(kind AS BLOB)) BETWEEN 1 AND 64),
	destination TEXT NOT NULL CHECK (length(CAST(destination AS BLOB)) BETWEEN 1 AND 80),
	visit BLOB REFERENCES visit (id),
	credential BLOB CHECK (credential IS NULL OR visit IS NOT NULL),
	copy INTEGER NOT NULL DEFAULT 0,
	facts TEXT NOT NULL CHECK (length(CAST(facts AS BLOB)) <= 2048),
	state TEXT NOT NULL CHECK (state = 'ready' OR state = 'leased' OR state = 'waiting' OR state = 'held' OR state = 'done' OR state = 'failed' OR state = 'dropped' OR state = 'acknowledged'),
	attempts INTEGER NOT NULL DEFAULT 0,
	kills INTEGER NOT NULL DEFAULT 0,
	class TEXT NOT NULL DEFAULT '' CHECK (length(CAST(class AS BLOB)) <= 64),
	reason TEXT NOT NULL DEFAULT '' CHECK (length(CAST(reason AS BLOB)) <= 400),
	remedy TEXT NOT NULL DEFAULT '' CHECK (length(CAST(remedy AS BLOB)) <= 400),
	mark TEXT NOT NULL DEFAULT '' CHECK (length(CAST(mark AS BLOB)) <= 64),
	created_ms INTEGER NOT NULL,
	since_ms INTEGER NOT NULL,
	not_before_ms INTEGER NOT NULL DEFAULT 0,
	superseded INTEGER NOT NULL DEFAULT 0 CHECK (superseded IN (0, 1)),
	owner_node INTEGER NOT NULL,
	rev INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX job_open ON job (destination, id, state, not_before_ms) WHERE state = 'ready' OR state = 'leased' OR state = 'waiting' OR state = 'held';
CREATE INDEX job_failed ON job (id) WHERE state = 'failed';
-- What a list of visits marks; empty on a good day.
CREATE INDEX job_trouble ON job (visit)
	WHERE (state = 'held' OR state = 'failed' OR (state = 'ready' OR state = 'leased' OR state = 'waiting') AND class <> '' AND class <> 'pending');
CREATE INDEX job_visit ON job (visit) WHERE visit IS NOT NULL;

CREATE TABLE idempotency (
	n INTEGER PRIMARY KEY,
	key BLOB NOT NULL CHECK (length(key) = 16),
	actor TEXT NOT NULL CHECK (length(CAST(actor AS BLOB)) BETWEEN 1 AND 80),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	status INTEGER NOT NULL,
	answer TEXT NOT NULL CHECK (length(CAST(answer AS BLOB)) <= 262144),
	at_ms INTEGER NOT NULL,
	UNIQUE (key, actor)
) STRICT;

-- One chain a node. commits: for each field one length byte, the name, 32 bytes of commitment.
CREATE TABLE journal (
	seq INTEGER PRIMARY KEY,
	node INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	actor TEXT NOT NULL CHECK (length(CAST(actor AS BLOB)) BETWEEN 1 AND 80),
	what TEXT NOT NULL CHECK (length(CAST(what AS BLOB)) BETWEEN 1 AND 64),
	subject BLOB NOT NULL CHECK (length(subject) = 16),
	commits BLOB NOT NULL,
	hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE journal_detail (
	subject BLOB NOT NULL,
	seq INTEGER NOT NULL,
	n INTEGER NOT NULL,
	value TEXT NOT NULL CHECK (length(CAST(value AS BLOB)) <= 400),
	salt BLOB NOT NULL CHECK (length(salt) = 32),
	PRIMARY KEY (subject, seq, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_head (
	seq INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	sig BLOB NOT NULL CHECK (length(sig) = 64)
) STRICT;

CREATE TABLE tally (
	day INTEGER NOT NULL,
	type TEXT NOT NULL,
	visits INTEGER NOT NULL,
	came INTEGER NOT NULL,
	PRIMARY KEY (day, type)
) STRICT, WITHOUT ROWID;
