SELECT a, count(*) AS c, sum(n) FILTER (WHERE b > 0) AS s, avg(d) AS v, min(s) AS m, count(DISTINCT b) AS k
FROM t WHERE a IS NOT NULL AND s LIKE 'a%' OR f GROUP BY a HAVING count(*) > 1 ORDER BY 1 DESC NULLS FIRST;
