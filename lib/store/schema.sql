-- The store, version 1. Times are UTC epoch milliseconds; flags are 0 or 1;
-- phone numbers are the digits of their E.164 form; call ids are the 16 bytes
-- of a UUIDv7 (v_call shows them as text). Only lib/store reads or writes this.
-- In a check or an index SQLite builds a table for `x IN (a, b, c)` at each row written (of three and
-- more): tables with many rows say it by comparisons.

-- The file that this store lives in, so that a copy knows that it is one.
CREATE TABLE home (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	store TEXT NOT NULL,		-- UUID given by init
	machine TEXT NOT NULL,		-- /etc/machine-id
	device INTEGER NOT NULL,
	inode INTEGER NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;

-- Made with the store, for the marks of forgotten numbers (store/mark.h).
CREATE TABLE secret (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;

-- The tables that numbers were read with: with others a number may be another one (store/renumber.h).
CREATE TABLE numbers (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	tables TEXT NOT NULL		-- the release of libphonenumber that they were made from
) STRICT;

-- ---- the journal -----------------------------------------------------------

-- One row for whatever happened. fact is the small, impersonal part from which
-- the projections are made; what is personal or long is in body and can be
-- erased: digest stays, so the chain still verifies.
CREATE TABLE journal (
	seq INTEGER PRIMARY KEY,
	txn INTEGER NOT NULL,
	at INTEGER NOT NULL,
	kind TEXT NOT NULL,
	call BLOB,
	campaign INTEGER,
	contact INTEGER,
	actor TEXT NOT NULL,
	source TEXT NOT NULL,
	fact TEXT,
	digest BLOB
) STRICT;
CREATE INDEX journal_call ON journal (call) WHERE call IS NOT NULL; -- with seq: a call's rows in order
-- For who is forgotten: what is theirs and of no call (a context may be of a claim that became none).
-- Events pay nothing for it.
CREATE INDEX journal_contact ON journal (contact) WHERE contact IS NOT NULL
	AND (call IS NULL OR (kind >= 'context.' AND kind < 'context/'));

CREATE TABLE body (
	seq INTEGER PRIMARY KEY,
	salt BLOB NOT NULL,
	json TEXT NOT NULL
) STRICT;

-- One row a transaction: hash = SHA-256(prev, txn, the rows first..last).
CREATE TABLE txn (
	txn INTEGER PRIMARY KEY,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,
	prev BLOB NOT NULL,
	hash BLOB NOT NULL
) STRICT;

-- ---- people (a base table: imports are journalled per file) ------------------

CREATE TABLE contact (
	id INTEGER PRIMARY KEY,
	source TEXT NOT NULL,
	key TEXT NOT NULL,		-- identity inside the source
	name TEXT,
	timezone TEXT,
	language TEXT,
	priority INTEGER,
	attributes TEXT,		-- JSON object of the columns that we do not know
	digest INTEGER NOT NULL,	-- hash64 of all of it: unchanged or not
	UNIQUE (key, source)		-- so that comparing a key mostly ends with it
) STRICT;

CREATE TABLE contact_phone (
	contact INTEGER NOT NULL,
	ord INTEGER NOT NULL,		-- 1 is the first
	e164 INTEGER NOT NULL,
	PRIMARY KEY (contact, ord)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_phone_e164 ON contact_phone (e164); -- not unique: siblings share a phone

-- Contacts first..last are being imported, or their import was cut short: some
-- may still lack their numbers, and are not there for anybody until then.
CREATE TABLE unfinished (
	first INTEGER PRIMARY KEY,
	last INTEGER NOT NULL
) STRICT;

-- Imported do-not-call lists, one row an import, kept for good: which list was in
-- force when. An import is loading until it takes over from the one before.
CREATE TABLE dnc_list (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('loading', 'in_force', 'over', 'emptied')),
	as_of INTEGER NOT NULL,		-- the date of what is in it
	max_age INTEGER,		-- ms; null: it does not age
	numbers INTEGER NOT NULL,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX dnc_list_in_force ON dnc_list (name) WHERE state = 'in_force';

-- Their numbers, some hundred a row: the first, then the distances (base/numset.h).
CREATE TABLE dnc_block (
	list INTEGER NOT NULL,
	first INTEGER NOT NULL,
	rest BLOB NOT NULL,
	PRIMARY KEY (list, first)
) STRICT, WITHOUT ROWID;

-- ---- projections of the journal ----------------------------------------------

CREATE TABLE campaign (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL CHECK (state = 'draft' OR state = 'active' OR state = 'paused' OR state = 'cancelled'),
	revision INTEGER NOT NULL,	-- counts applies and additions: activation checks it
	plan TEXT NOT NULL,		-- the campaign file as JSON
	plan_revision INTEGER NOT NULL,	-- counts applies: contexts carry it
	intents INTEGER NOT NULL,	-- calls ever intended
	real_calls INTEGER NOT NULL,	-- of them on an exchange that did not prove to be the simulator
	confirmed INTEGER NOT NULL,	-- a person said resume after the first run
	applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE target (
	id INTEGER PRIMARY KEY,
	campaign INTEGER NOT NULL,
	contact INTEGER NOT NULL,
	priority INTEGER NOT NULL,
	held TEXT,			-- why a person or a filter held it; null: not held
	UNIQUE (campaign, contact)
) STRICT;
CREATE INDEX target_contact ON target (contact);
CREATE INDEX target_campaign ON target (campaign, id); -- a campaign's targets by pages

-- A call is a join over its events (domain/call.h).
CREATE TABLE call (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	campaign INTEGER,		-- null: an orphan, known by an alias only
	target INTEGER,
	contact INTEGER,
	phone INTEGER,			-- negative: the mark of a forgotten one
	exchange TEXT,
	owner TEXT,			-- names the lock file of the process that sends it
	attempt INTEGER,
	fenced INTEGER,
	context INTEGER,		-- the row of the journal that has what the AI is told; null: none was stored
	rank INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 7),
	intent_at INTEGER,
	placing_at INTEGER,
	placed_at INTEGER,
	ringing_at INTEGER,
	answered_at INTEGER,
	unknown_at INTEGER,
	ended_at INTEGER,
	disposition TEXT,
	cause INTEGER,
	tech_cause INTEGER,
	talk_ms INTEGER,
	ring_ms INTEGER,
	end_source INTEGER,
	end_key INTEGER,
	watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)), -- the exchange tells when its line closes
	line_closed INTEGER NOT NULL CHECK (line_closed IN (0, 1)),
	line_open INTEGER NOT NULL CHECK (line_open IN (0, 1)), -- a channel may live
	hangup_at INTEGER		-- somebody asked for the hangup
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX call_line ON call (phone) WHERE line_open = 1 AND phone IS NOT NULL; -- one open line a number
CREATE INDEX call_open ON call (campaign, exchange) WHERE line_open = 1 AND campaign IS NOT NULL; -- not of orphans
CREATE INDEX call_hangup ON call (id) WHERE line_open = 1 AND hangup_at IS NOT NULL; -- nearly always none
CREATE INDEX call_unknown ON call (campaign) WHERE rank = 6;
CREATE INDEX call_phone ON call (phone, intent_at) WHERE phone IS NOT NULL; -- not of orphans
CREATE INDEX call_target ON call (target, intent_at) WHERE target IS NOT NULL;

-- How many calls of campaigns have which disposition, so that nobody counts them all.
CREATE TABLE tally (
	disposition TEXT PRIMARY KEY,
	n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who else a call is about (siblings: merge): settled by its outcome, as its own target is.
CREATE TABLE call_sibling (
	call BLOB NOT NULL,
	target INTEGER NOT NULL,
	PRIMARY KEY (call, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_sibling_target ON call_sibling (target);

-- Every event of a call once, by the hash of what it says; ends marks evidence of its end.
CREATE TABLE seen (
	call BLOB NOT NULL,
	key INTEGER NOT NULL,
	ends INTEGER NOT NULL,
	PRIMARY KEY (call, key)
) STRICT, WITHOUT ROWID;

-- Foreign ids, mapped once.
CREATE TABLE alias (
	uuid TEXT PRIMARY KEY,
	call BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_call ON alias (call);

-- Which context was given to the AI in a call: SHA-256 of what it was told.
CREATE TABLE receipt (
	call BLOB NOT NULL,
	digest BLOB NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (call, digest)
) STRICT, WITHOUT ROWID;

-- What the person who was called said (how 1) or pressed (2), or what is told of it (3, 4 a summary, 5 a callback): the
-- body of seq has it.
-- For wishes that come in two pieces, or before the call is known.
CREATE TABLE heard (
	call BLOB NOT NULL,
	at INTEGER NOT NULL,
	key INTEGER NOT NULL,		-- of the event
	how INTEGER NOT NULL CHECK (how BETWEEN 1 AND 5),
	seq INTEGER NOT NULL,
	PRIMARY KEY (call, at, key)
) STRICT, WITHOUT ROWID;

-- One trigger for both rules, and FAIL: see update_call in project.c for what that saves.
CREATE TRIGGER call_rank_rises BEFORE UPDATE OF rank ON call
WHEN new.rank < old.rank OR (old.rank = 6 AND new.rank <> 6)
BEGIN
	SELECT raise(FAIL, 'a call cannot go back to an earlier rank') WHERE new.rank < old.rank;
	SELECT raise(FAIL, 'an unknown call is moved by evidence only')
	WHERE NOT EXISTS (SELECT 1 FROM seen WHERE seen.call = old.id AND seen.ends = 1);
END;

CREATE TRIGGER call_is_fixed BEFORE UPDATE OF campaign, target, contact, attempt, context ON call
WHEN old.campaign IS NOT NULL AND (new.campaign IS NOT old.campaign OR new.target IS NOT old.target
	OR new.contact IS NOT old.contact OR new.attempt IS NOT old.attempt
	OR new.context IS NOT old.context)
BEGIN
	SELECT raise(ABORT, 'a call keeps its campaign, target, contact, attempt and context');
END;

CREATE TRIGGER call_stays BEFORE DELETE ON call
WHEN old.campaign IS NOT NULL
BEGIN
	SELECT raise(ABORT, 'a call is never deleted');
END;

CREATE TRIGGER journal_stays BEFORE DELETE ON journal
BEGIN
	SELECT raise(ABORT, 'the journal only grows');
END;

CREATE TRIGGER journal_is_fixed BEFORE UPDATE ON journal
BEGIN
	SELECT raise(ABORT, 'the journal only grows');
END;

-- Wishes, one rule a row (store/dnc.h). value: 1 the digits of a number, 2 the
-- first digits of many, 3 the id of a contact, with every number it has; 5 the digits
-- of a number from which somebody opted out in a call (optout says when).
CREATE TABLE dnc (
	kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3, 5)),
	value INTEGER NOT NULL,
	campaign INTEGER NOT NULL,	-- 0: in all
	at INTEGER NOT NULL,
	source TEXT NOT NULL,
	reason TEXT,
	actor TEXT NOT NULL,
	PRIMARY KEY (kind, value, campaign)
) STRICT, WITHOUT ROWID;

-- A refused row asked that its person is not called, and nobody was stored under its identity: who comes
-- under it has the rule before a number (store/awaited.h). who: the mark of source and key.
CREATE TABLE awaited (
	who INTEGER PRIMARY KEY,
	seq INTEGER NOT NULL UNIQUE,	-- the row of the journal that says so
	at INTEGER NOT NULL,
	source TEXT NOT NULL,
	reason TEXT NOT NULL
) STRICT;

-- In a call somebody said or pressed that it is to be the last: seq is the row that
-- says so. A person may find that it was meant otherwise (verdict 2), or not (1).
CREATE TABLE optout (
	call BLOB NOT NULL,
	key INTEGER NOT NULL,		-- of the event, the later one of two
	at INTEGER NOT NULL,
	phone INTEGER,			-- null: it was erased
	contact INTEGER,		-- whom the call was to; null: forgotten
	how INTEGER NOT NULL CHECK (how BETWEEN 1 AND 4),
	seq INTEGER NOT NULL UNIQUE,
	actor TEXT NOT NULL,
	verdict INTEGER NOT NULL CHECK (verdict BETWEEN 0 AND 2),
	PRIMARY KEY (call, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX optout_phone ON optout (phone) WHERE phone IS NOT NULL;
CREATE INDEX optout_contact ON optout (contact) WHERE contact IS NOT NULL;

-- The latest summary of a call (body of seq), and what it says that came of it.
CREATE TABLE summary (
	call BLOB PRIMARY KEY,
	at INTEGER NOT NULL,
	key INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	outcome TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Somebody said in a call to it that a number is not this person's: it is nobody else's rule. A person may
-- find otherwise (verdict 2), as with an opt-out.
CREATE TABLE wrong_number (
	contact INTEGER NOT NULL,
	phone INTEGER NOT NULL,
	call BLOB NOT NULL,
	seq INTEGER NOT NULL UNIQUE,
	verdict INTEGER NOT NULL CHECK (verdict BETWEEN 0 AND 2),
	PRIMARY KEY (contact, phone, call)
) STRICT, WITHOUT ROWID;

-- Another call is asked for: those until `since` are settled. due_at: not before, 0 any time; why: a person
-- must say when. said_at and key are of the summary of the call in which it was asked; 0: a person said so.
-- dropped: a person said that there is to be none; no summary of a call until `since` asks for one after that.
-- (The key comes first: integrity_check of SQLite 3.40 reads other columns behind one that does not.)
CREATE TABLE again (
	target INTEGER NOT NULL,
	since INTEGER NOT NULL,
	dropped INTEGER NOT NULL CHECK (dropped IN (0, 1)),
	due_at INTEGER NOT NULL,
	why TEXT,
	said_at INTEGER NOT NULL,
	key INTEGER NOT NULL,
	PRIMARY KEY (target, since, dropped)
) STRICT, WITHOUT ROWID;

-- Consents, and revocations (kind 0) of all that was given until then, by the journal
-- row that says so. subject: 1 value is the digits of a number, 3 the id of a contact.
CREATE TABLE consent (
	id INTEGER PRIMARY KEY,
	subject INTEGER NOT NULL CHECK (subject IN (1, 3)),
	value INTEGER,			-- null: it was erased
	kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
	given_at INTEGER NOT NULL,
	until INTEGER NOT NULL,
	UNIQUE (subject, value, kind, given_at)
) STRICT;

-- Where the text of a target's context is (body of seq), and what it was made from: of
-- another plan_revision than its campaign's it is stale, and stays until a new one comes.
CREATE TABLE context (
	target INTEGER PRIMARY KEY,
	campaign INTEGER NOT NULL,
	plan_revision INTEGER NOT NULL,
	contact_digest INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	digest BLOB NOT NULL,		-- SHA-256 of the text
	origin TEXT NOT NULL CHECK (origin = 'template' OR origin = 'model' OR origin = 'fallback'
		OR origin = 'person' OR origin = 'pipe'),
	review TEXT NOT NULL CHECK (review = 'made' OR review = 'approved' OR review = 'rejected'),
	reviewed_at INTEGER,		-- when a person said so, and who
	reviewer TEXT
) STRICT;

-- Whom a row of the journal is about beside the contact that it names: a wish, which names none, about a
-- contact or a number (by its mark, negative); a text about several people. Of who is forgotten, its body goes.
CREATE TABLE about (
	who INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (who, seq)
) STRICT, WITHOUT ROWID;

-- What a model wrote (body of seq), by the SHA-256 of the question.
CREATE TABLE written (
	input BLOB PRIMARY KEY CHECK (length(input) = 32),
	seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a campaign's questions to a model cost; cost in billionths of its currency's unit.
CREATE TABLE spent (
	campaign INTEGER PRIMARY KEY,
	questions INTEGER NOT NULL,
	tokens_in INTEGER NOT NULL,
	tokens_out INTEGER NOT NULL,
	cost INTEGER NOT NULL
) STRICT;

-- Knowledge notes.
CREATE TABLE note (
	name TEXT PRIMARY KEY,
	title TEXT NOT NULL,
	tags TEXT NOT NULL,		-- each with a space before and behind it
	priority INTEGER NOT NULL,
	active INTEGER NOT NULL CHECK (active IN (0, 1)),
	text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may use the HTTP face; hash is the SHA-256 of the token's text.
CREATE TABLE token (
	name TEXT PRIMARY KEY,
	role TEXT NOT NULL CHECK (role IN ('viewer', 'operator')),
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- outreach stop: a row while everything is stopped.
CREATE TABLE stop (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT,
	hangup INTEGER NOT NULL
) STRICT;

-- ---- outside replay: recomputed from projections and policy ------------------

-- Sets of zones that a person may be in; 0 is the campaign's assumed zone.
CREATE TABLE zoneset (
	id INTEGER PRIMARY KEY,
	zones TEXT NOT NULL UNIQUE
) STRICT;

-- What those sets were made from: a hash of the table of prefixes, the operator's
-- file and the release of the tz database; and when, to some minutes, people were
-- last decided about. When it is another hash, or a later time than now, all is rebuilt.
CREATE TABLE zones (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	digest INTEGER NOT NULL,
	at INTEGER NOT NULL
) STRICT;

CREATE TABLE schedule (
	campaign INTEGER NOT NULL,
	zoneset INTEGER NOT NULL,
	priority INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	target INTEGER NOT NULL,
	PRIMARY KEY (campaign, zoneset, priority DESC, due_at, target)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX schedule_target ON schedule (target); -- nobody waits twice

-- Targets that wait for nothing: why, as policy said when it was last asked.
CREATE TABLE standing (
	target INTEGER PRIMARY KEY,
	campaign INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state = 'unknown' OR state = 'held' OR state = 'done' OR state = 'closed'),
	reason TEXT NOT NULL		-- the code of the one that decided
) STRICT;
CREATE INDEX standing_campaign ON standing (campaign, state, reason);

-- Campaigns whose schedule is being rebuilt: targets below next are done. With a
-- reason: only of those who stand for it. released: its file is another now, so that
-- nobody is held any more for a context that could not be made from the old one.
CREATE TABLE rebuild (
	campaign INTEGER PRIMARY KEY,
	next INTEGER NOT NULL,
	reason TEXT,
	released INTEGER NOT NULL DEFAULT 0 CHECK (released IN (0, 1))
) STRICT;

-- The row is the fence, expires_at only a hint.
CREATE TABLE claim (
	n INTEGER PRIMARY KEY,
	call BLOB NOT NULL UNIQUE,
	target INTEGER NOT NULL UNIQUE,
	campaign INTEGER NOT NULL,
	phone INTEGER NOT NULL UNIQUE,
	attempt INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX claim_campaign ON claim (campaign, expires_at);

-- Who else a claim is about; gone with it. A target follows one claim at most.
CREATE TABLE claim_sibling (
	target INTEGER PRIMARY KEY,
	call BLOB NOT NULL
) STRICT;
CREATE INDEX claim_sibling_call ON claim_sibling (call);

-- ---- for people with a SQLite shell ------------------------------------------

CREATE VIEW v_call AS
SELECT lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4)
	|| '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS call,
	(SELECT name FROM campaign WHERE campaign.id = call.campaign) AS campaign,
	contact, CASE WHEN phone > 0 THEN '+' || phone END AS phone, attempt, disposition, cause, tech_cause,
	intent_at, ringing_at, answered_at, ended_at, talk_ms, line_open
FROM call;
