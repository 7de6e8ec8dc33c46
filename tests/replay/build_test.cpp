// Fingerprints must agree between machines and compilers, so a view must not depend on what a machine could do more.
#include "run_fixture.hpp"

namespace kappa::test {
namespace {

class Build : public RunFixture {};

TEST_F(Build, IsForTheBaselineProcessor) {
#if defined(__FMA__) || defined(__AVX__) || defined(__SSE3__) || defined(__FAST_MATH__)
  FAIL() << "built for more than baseline x86-64; leave out -march and -ffast-math";
#endif
}

TEST_F(Build, RoundsAProductBeforeItIsAdded) {
  const volatile double factor = 1.0 + 0x1p-30;
  const double product = factor * factor;
  EXPECT_EQ(factor * factor - product, 0.0);
}

TEST_F(Build, GivesTheSameFingerprintEverywhere) {
  create_topics({"t"});
  append("t", {R"({"k":1,"d":0.1,"n":1.10,"s":"é","at":"2024-02-29 23:59:59.5"})", R"({"k":1,"d":1e300,"n":2})",
               R"({"k":2,"d":-1e-300,"n":"NaN","at":"1969-12-31 00:00:00"})", R"({"k":1,"d":0.2,"n":-3.333})"});
  const std::string sql =
      "CREATE TABLE t (k integer, d double precision, n numeric, s text, at timestamp);\n"
      "CREATE MATERIALIZED VIEW v AS SELECT k, sum(d) AS s, avg(d) AS a, avg(n) AS m, max(upper(s)) AS u, "
      "min(extract(epoch FROM at)) AS e, count(DISTINCT d / 3) AS c FROM t GROUP BY k;\n";
  EXPECT_EQ(to_text(replay_of(sql, "v").fingerprint), "2:e222e3a38bd9b5d6872b58f15769d9f5");
}

}  // namespace
}  // namespace kappa::test
