SELECT CASE WHEN a BETWEEN 1 AND 5 THEN coalesce(s, 'x') WHEN b IN (1, 2, NULL) THEN upper(v) END AS x, a / b AS q,
  n::numeric(10,2) AS n, cast(d AS integer) AS i, ts + interval '1 day' AS t2, date_trunc('month', ts) AS m,
  extract(year FROM dt) AS y, s || v AS st, length(s) AS l, -a % 3 AS r, NOT f AS nf, nullif(a, 1) AS z FROM t;
