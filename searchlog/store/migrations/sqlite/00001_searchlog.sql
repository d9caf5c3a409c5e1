-- Times are UTC. There are no foreign keys: an event may come before its search.

-- +goose Up
CREATE TABLE search (
    id            TEXT      NOT NULL PRIMARY KEY,
    at            TIMESTAMP NOT NULL,
    surface       TEXT      NOT NULL,
    channel       TEXT      NOT NULL,
    query         TEXT      NOT NULL,
    rescued       TEXT      NOT NULL,
    rescue_reason TEXT      NOT NULL,
    decision      TEXT      NOT NULL,
    confidence    REAL      NOT NULL,
    generation    TEXT      NOT NULL,
    shown         TEXT      NOT NULL, -- JSON: [{"a": article, "p": passage}, …], best first
    key_id        TEXT      NOT NULL,
    session       TEXT      NOT NULL,
    took_us       INTEGER   NOT NULL
);
CREATE INDEX search_at ON search (at);

CREATE TABLE event (
    search_id  TEXT      NOT NULL,
    article_id TEXT      NOT NULL,
    subject    TEXT      NOT NULL, -- the type, "opinion" for helpful and unhelpful, of which one counts
    type       TEXT      NOT NULL,
    reason     TEXT      NOT NULL,
    comment    TEXT      NOT NULL,
    at         TIMESTAMP NOT NULL,
    PRIMARY KEY (search_id, article_id, subject)
);
CREATE INDEX event_at ON event (at);

CREATE TABLE question (
    text      TEXT      NOT NULL,
    contact   TEXT      NOT NULL,
    search_id TEXT      NOT NULL,
    at        TIMESTAMP NOT NULL,
    PRIMARY KEY (text, contact, search_id)
);
CREATE INDEX question_at ON question (at);

CREATE TABLE contact (
    session   TEXT      NOT NULL PRIMARY KEY,
    search_id TEXT      NOT NULL,
    outcome   TEXT      NOT NULL,
    at        TIMESTAMP NOT NULL
);
CREATE INDEX contact_at ON contact (at);

-- +goose Down
DROP TABLE contact;
DROP TABLE question;
DROP TABLE event;
DROP TABLE search;
