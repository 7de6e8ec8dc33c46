CREATE TABLE orders ("user" text NOT NULL, cents bigint, at timestamp) WITH (topic = 'o', event_time = 'at', watermark_delay = '4 seconds', timestamp_format = 'unix_seconds');
CREATE MATERIALIZED VIEW spent WITH (on_error = 'stop') AS SELECT "user", sum(cents) AS cents, _offset AS o FROM orders GROUP BY 1, 3 ORDER BY 1;
